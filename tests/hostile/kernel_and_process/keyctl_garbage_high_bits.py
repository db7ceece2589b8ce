import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
got = libc.syscall(ctypes.c_long(250), ctypes.c_long(0x1234567800000000), ctypes.c_long(-3), ctypes.c_long(1))
print("ESCAPED: it answered" if got >= 0 else "stopped:", got, os.strerror(ctypes.get_errno()))
