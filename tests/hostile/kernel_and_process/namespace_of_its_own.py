# to enter what one is in already is allowed to who may do anything: it shows that the call is there
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
got = libc.setns(os.open("/proc/self/ns/uts", os.O_RDONLY), 0)
print("ESCAPED: setns" if got == 0 else "stopped: " + os.strerror(ctypes.get_errno()))
