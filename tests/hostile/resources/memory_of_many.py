# outside: no, limit: memory
import os, time
for _ in range(8):
    if os.fork() == 0:
        x = bytearray(60 << 20)
        x[::4096] = bytes(len(x[::4096]))
        time.sleep(60)
time.sleep(60)
