import os, stat
try:
    os.mknod("disk", stat.S_IFBLK | 0o600, os.makedev(8, 0))
    print("ESCAPED: made a device")
except OSError as error:
    print("stopped:", error)
