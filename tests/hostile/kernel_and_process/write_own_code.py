import os
# /proc/self/mem writes where memory itself is read-only: here the first byte of the interpreter's own code, by itself.
line = next(line for line in open("/proc/self/maps") if " r-xp " in line and "python" in line)
address = int(line.split("-")[0], 16)
try:
    fd = os.open("/proc/self/mem", os.O_RDWR)
    os.pwrite(fd, os.pread(fd, 1, address), address)
    print("ESCAPED: code was written")
except OSError as error:
    print("stopped:", error)
