# its namespaces, to enter them
import os
try:
    fd = os.open(f"/proc/{os.getppid()}/ns/uts", os.O_RDONLY)
    print("ESCAPED: a namespace of", os.getppid())
except OSError as e:
    print("stopped:", e)
