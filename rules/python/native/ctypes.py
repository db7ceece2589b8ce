import ctypes
from ctypes import CDLL, cdll
import struct

# ruleid: python.native.ctypes
ctypes.CDLL("libc.so.6")
# ruleid: python.native.ctypes
CDLL(None)
# ruleid: python.native.ctypes
cdll.LoadLibrary("libc.so.6")
# ruleid: python.native.ctypes
ctypes.string_at(id(x))
# ok: python.native.ctypes
struct.unpack("<I", data)

# ruleid: python.native.extension
importlib.machinery.ExtensionFileLoader("m", "m.so")
# ok: python.native.extension
importlib.machinery.all_suffixes()
