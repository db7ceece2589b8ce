# The command line of process 1 shows what the cell was made of, where it is not hidden.
text = open("/proc/1/cmdline", "rb").read()
print("ESCAPED:" if text and b"/cordon/cell" not in text else "stopped:", text[:80])
