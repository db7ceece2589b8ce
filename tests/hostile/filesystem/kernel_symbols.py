# addresses of the kernel
try:
    lines = [l for l in open("/proc/kallsyms") if not l.startswith("0000000000000000")]
    print("ESCAPED: addresses" if lines else "stopped: hidden")
except OSError as error:
    print("stopped:", error)
