import ctypes, os, struct
libc = ctypes.CDLL(None, use_errno=True)
fd = libc.syscall(ctypes.c_long(41), ctypes.c_long(0x1234567800000002), ctypes.c_long(1), ctypes.c_long(0))
family = ctypes.c_int(-1)
libc.getsockopt(fd, 1, 39, ctypes.byref(family), ctypes.byref(ctypes.c_int(4)))  # what it is, not what was asked for
print("ESCAPED: a socket of the internet family" if family.value == 2 else "stopped:", os.strerror(ctypes.get_errno()))
