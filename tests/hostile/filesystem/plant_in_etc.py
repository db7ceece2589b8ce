import os
path = '/etc/planted'
try:
    open(path, "w").close()
    os.unlink(path)
    print("ESCAPED: wrote", path)
except OSError as error:
    print("stopped:", error)
