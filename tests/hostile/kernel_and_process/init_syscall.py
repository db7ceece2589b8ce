# what it does right now, with addresses of its stack
import os
try:
    print("ESCAPED:", open(f"/proc/{os.getppid()}/syscall").read())
except OSError as e:
    print("stopped:", e)
