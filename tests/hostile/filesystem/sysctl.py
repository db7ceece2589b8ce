try:
    open("/proc/sys/vm/swappiness", "r+").close()
    print("ESCAPED: opened for writing")
except OSError as error:
    print("stopped:", error)
