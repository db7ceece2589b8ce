# which descriptors it has, and where it reads
import os
try:
    print("ESCAPED:", os.listdir(f"/proc/{os.getppid()}/fdinfo"))
except OSError as e:
    print("stopped:", e)
