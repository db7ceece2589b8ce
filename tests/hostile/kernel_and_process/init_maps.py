# where whoever started us has its memory
import os
try:
    found = open(f"/proc/{os.getppid()}/maps").read(1)
    print("ESCAPED: maps" if found else "stopped: empty")
except OSError as error:
    print("stopped:", error)
