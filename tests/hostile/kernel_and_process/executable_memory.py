import ctypes
import mmap
# Machine code of the program's own: it returns 42.
try:
    code = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    code.write(b"\xb8\x2a\x00\x00\x00\xc3")
    call = ctypes.cast(ctypes.addressof(ctypes.c_char.from_buffer(code)), ctypes.CFUNCTYPE(ctypes.c_int))
    print("ESCAPED: it ran and said", call())
except (OSError, MemoryError) as error:
    print("stopped:", error)
