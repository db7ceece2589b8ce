import ctypes
import mmap
# Memory that is written first and made executable afterwards, then a library's own code that is made writable.
libc = ctypes.CDLL(None, use_errno=True)
libc.mprotect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
code = mmap.mmap(-1, 4096)
address = ctypes.addressof(ctypes.c_char.from_buffer(code))
own = ctypes.cast(libc.getpid, ctypes.c_void_p).value & ~4095
got = [name for name, at, protection in (("memory that was written", address, 5), ("code that can be written", own, 7))
       if libc.mprotect(at, 4096, protection) == 0]
print("ESCAPED: " + ", ".join(got) if got else "stopped: nothing that is run can be written")
