import ctypes
import mmap
import numpy as np
# ruleid: python.native.executable-memory
mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_EXEC)
# ruleid: python.native.executable-memory
kernel32.VirtualAlloc(0, 10, 0x3000, 0x40)
# ok: python.native.executable-memory
mmap.mmap(f.fileno(), 0)
# ok: python.native.executable-memory
mmap.PROT_READ

# ruleid: python.native.foreign
np.ctypeslib.load_library("x", ".")
import js2py

# ruleid: python.native.foreign
js2py.eval_js("1")
# ok: python.native.foreign
np.load("x.npy")

import pyximport

# ruleid: python.native.compile
pyximport.install()
# ok: python.native.compile
re.compile("x")
# ok: python.native.compile
cython.cfunc(f)

import os

# ruleid: python.native.preload
os.environ["LD_PRELOAD"] = "./x.so"
# ok: python.native.preload
os.environ["MPLBACKEND"] = "Agg"
# ok: python.native.preload
options["PATH"] = "x"

# ruleid: python.native.preload
os.environ.update(LD_PRELOAD="./x.so")
# ruleid: python.native.preload
os.environ.update({"PYTHONPATH": "x"})
# ok: python.native.preload
os.environ.update(MODE="test")

# ruleid: python.native.executable-memory
mmap.mmap(-1, 4096, prot=7)
# ok: python.native.executable-memory
mmap.mmap(-1, 4096, prot=3)
