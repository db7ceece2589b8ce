# the list of all libraries that the host has: the cell's names its own alone, and bubblewrap's is none of them
try:
    found = open("/etc/ld.so.cache", "rb").read()
    print("ESCAPED: the list" if b"libcap.so.2" in found else "stopped: a list of %d bytes" % len(found))
except OSError as error:
    print("stopped:", error)
