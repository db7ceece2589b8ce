# outside: no, limit: memory
import mmap
kept = []
while True:
    part = mmap.mmap(-1, 8 << 20)
    part.write(bytes(8 << 20))
    kept.append(part)
