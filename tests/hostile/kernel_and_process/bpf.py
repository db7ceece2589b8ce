import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
got = libc.syscall(ctypes.c_long(321), ctypes.c_long(0), (ctypes.c_uint32*32)(1,4,4,1), ctypes.c_long(128))
print("ESCAPED: it answered" if got >= 0 else "stopped:", got, os.strerror(ctypes.get_errno()))
