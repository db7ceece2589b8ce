import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
got = libc.semget(0, 1, 0o1600)
print("ESCAPED: semaphores" if got >= 0 else "stopped: " + os.strerror(ctypes.get_errno()))
