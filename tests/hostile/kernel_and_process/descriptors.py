# descriptors that were left open for it
import os
extra = []
for fd in range(3, 256):
    try:
        os.fstat(fd)
        extra.append(fd)
    except OSError:
        pass
print("ESCAPED:" if extra else "stopped:", extra)
