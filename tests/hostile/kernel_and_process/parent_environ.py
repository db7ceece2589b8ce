# the environment of whoever started us
import os
try:
    found = open(f"/proc/{os.getppid()}/environ", "rb").read()
    print("ESCAPED:" if found else "stopped: empty", len(found))
except OSError as error:
    print("stopped:", error)
