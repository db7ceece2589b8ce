# the list of all libraries that the host has
try:
    open("/etc/ld.so.cache", "rb").read(1)
    print("ESCAPED: the list")
except OSError as error:
    print("stopped:", error)
