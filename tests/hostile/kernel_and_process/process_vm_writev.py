# memory of another process, to write
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
word = ctypes.create_string_buffer(b"before", 16)
child = os.fork()
if child == 0:
    libc.pause()
class Part(ctypes.Structure):
    _fields_ = [("at", ctypes.c_void_p), ("size", ctypes.c_size_t)]
new = ctypes.create_string_buffer(b"after", 16)
got = libc.syscall(311, child, ctypes.byref(Part(ctypes.addressof(new), 6)), 1, ctypes.byref(Part(ctypes.addressof(word), 6)), 1, 0)
failed = ctypes.get_errno()
os.kill(child, 9)
print("ESCAPED: wrote" if got == 6 else "stopped: " + os.strerror(failed))
