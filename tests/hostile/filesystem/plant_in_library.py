import os
path = '/usr/lib/python3.11/json/x.py'
try:
    open(path, "w").close()
    os.unlink(path)
    print("ESCAPED: wrote", path)
except OSError as error:
    print("stopped:", error)
