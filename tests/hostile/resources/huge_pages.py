# memory from the host's pool of huge pages, which no sum has; outside the pool is made first, and given back
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p
pool = "/proc/sys/vm/nr_hugepages"
before = None
try:
    before = open(pool).read()
    with open(pool, "w") as file:
        file.write(str(int(before) + 2))
except OSError:
    pass
at = libc.mmap(None, ctypes.c_size_t(2 << 20), 3, 0x40022, -1, ctypes.c_long(0))
error = ctypes.get_errno()
print("ESCAPED: a huge page" if at != ctypes.c_void_p(-1).value else "stopped: " + os.strerror(error))
if at != ctypes.c_void_p(-1).value:
    libc.munmap(ctypes.c_void_p(at), ctypes.c_size_t(2 << 20))
if before:
    try:
        with open(pool, "w") as file:
            file.write(before)
    except OSError:
        pass
