import bz2
import gzip
import logging
import lzma
import os
import shutil
import numpy as np
import pandas as pd
from PIL import Image
import matplotlib.pyplot as plt
import configparser
import dbm
# ruleid: python.fs.read-library
pd.read_csv("/srv/customers.csv")
# ruleid: python.fs.read-library
np.loadtxt("../data.txt")
# ruleid: python.fs.read-library
gzip.open("/var/log/syslog.2.gz")
# ruleid: python.fs.read-library
os.chdir("/")
# ok: python.fs.read-library
pd.read_csv("data.csv")
# ok: python.fs.read-library
gzip.open("/tmp/x.gz")
# ok: python.fs.read-library
np.load(path)
# ok: python.fs.read-library
table.read_csv("/srv/x")

# ruleid: python.fs.write-library
frame.to_csv("/srv/out.csv")
# ruleid: python.fs.write-library
plt.savefig("/var/www/plot.png")
# ruleid: python.fs.write-library
shutil.move("a", "/srv/a")
# ruleid: python.fs.write-library
logging.basicConfig(filename="/var/log/app.log")
# ok: python.fs.write-library
frame.to_csv("out.csv")
# ok: python.fs.write-library
plt.savefig("/scratch/plot.png")
# ok: python.fs.write-library
logging.basicConfig(level="/x")
# ok: python.fs.write-library
frame.to_csv(path)

# ruleid: python.fs.special-file
os.chroot("/tmp/x")
# ruleid: python.fs.special-file
os.memfd_create("x")
# ok: python.fs.special-file
os.mkdir("x")
# ok: python.fs.special-file
os.makedirs("x")
