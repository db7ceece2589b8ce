# outside: no, limit: cpu
import os
for _ in range(4):
    os.fork()
while True:
    pass
