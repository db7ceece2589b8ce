import os
import shutil
from pathlib import Path

# ruleid: python.fs.read
open("/etc/passwd")
folder = "/var/lib"
# ruleid: python.fs.read
open(folder + "/secret.txt").read()
# ruleid: python.fs.read
Path("/etc/hosts").read_text()
# ruleid: python.fs.read
os.listdir("/")
# ruleid: python.fs.read
open("../../other/secret.txt")
# ok: python.fs.read
open("data.csv")
# ok: python.fs.read
open("/tmp/data.csv")
# ok: python.fs.read
open("/scratch/data.csv")
# ok: python.fs.read
Path("results") / "out.txt"
# ok: python.fs.read
open(path)

# ruleid: python.fs.write
open("/etc/cron.hourly.txt", "w")
# ruleid: python.fs.write
open("/srv/data", mode="ab")
# ruleid: python.fs.write
shutil.rmtree("/")
# ruleid: python.fs.write
os.remove("/srv/data")
# ok: python.fs.write
open("out.txt", "w")
# ok: python.fs.write
open("/tmp/out.txt", "w")
# ok: python.fs.write
shutil.rmtree("build")

# ruleid: python.fs.credentials
name = "/home/user/.ssh/id_rsa"
# ruleid: python.fs.credentials
parts = ["~", ".aws/credentials"]
# ruleid: python.fs.credentials
shadow = "/etc/shadow"
# ok: python.fs.credentials
text = "shadow"
# ok: python.fs.credentials
url = "docs/ssh.html"

# ruleid: python.fs.home
Path.home()
# ruleid: python.fs.home
os.path.expanduser("~/x")
# ok: python.fs.home
page.home()

# ruleid: python.fs.read
os.symlink("/etc/passwd", "x")
# ok: python.fs.read
os.symlink("a", "b")

import readline

# ruleid: python.fs.home
readline.read_history_file()
# ok: python.fs.home
readline.read_history_file("history")
