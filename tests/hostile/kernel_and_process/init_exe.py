# the file of whoever started us: the first process of the cell
import os
try:
    print("ESCAPED:", os.readlink(f"/proc/{os.getppid()}/exe"))
except OSError as error:
    print("stopped:", error)
