# a queue of messages in the kernel
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
got = libc.msgget(0, 0o1600)
print("ESCAPED: a queue" if got >= 0 else "stopped: " + os.strerror(ctypes.get_errno()))
