# the environment of whoever started us, by its thread
import os
pid = os.getppid()
try:
    found = open(f"/proc/{pid}/task/{pid}/environ", "rb").read(1)
    print("ESCAPED: the environment" if found else "stopped: empty")
except OSError as error:
    print("stopped:", error)
