import mmap
import os
import shutil
# A library that the program brought, mapped to be run.
shutil.copy(next(line.split()[-1] for line in open("/proc/self/maps") if "libc.so" in line), "brought.so")
os.chmod("brought.so", 0o755)
try:
    fd = os.open("brought.so", os.O_RDONLY)
    mmap.mmap(fd, 4096, flags=mmap.MAP_PRIVATE, prot=mmap.PROT_READ | mmap.PROT_EXEC)
    print("ESCAPED: its code is mapped")
except OSError as error:
    print("stopped:", error)
