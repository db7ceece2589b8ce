# System V memory, which outlives whoever made it
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
got = libc.shmget(0, 1 << 20, 0o1600)
print("ESCAPED: a segment" if got >= 0 else "stopped: " + os.strerror(ctypes.get_errno()))
