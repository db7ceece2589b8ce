# outside: no, limit: disk
import os
for n in range(8):
    if os.fork() == 0:
        while True:
            with open(f"f{os.getpid()}", "ab") as out:
                out.write(bytes(1 << 19))
            if os.path.getsize(f"f{os.getpid()}") > 12 << 20:
                os.rename(f"f{os.getpid()}", f"g{os.getpid()}")
for n in range(8):
    os.wait()
raise SystemExit(1)  # a disk that is full is a failure of the program's too
