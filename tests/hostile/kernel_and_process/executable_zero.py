import mmap
import os
# The device of zeros gives memory without asking for any.
try:
    fd = os.open("/dev/zero", os.O_RDONLY)
    mmap.mmap(fd, 4096, flags=mmap.MAP_PRIVATE, prot=mmap.PROT_READ | mmap.PROT_EXEC)
    print("ESCAPED: memory to be run")
except OSError as error:
    print("stopped:", error)
