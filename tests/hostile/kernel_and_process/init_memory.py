# the memory of a process that is not its own child
import os
for pid in (1, os.getppid()):
    try:
        open(f"/proc/{pid}/mem", "rb").close()
        print("ESCAPED: memory of", pid)
        break
    except OSError as e:
        error = e
else:
    print("stopped:", error)
