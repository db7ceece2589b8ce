# the descriptors of process 1 or of the parent
import os
for pid in {1, os.getppid()}:
    try:
        if os.listdir(f"/proc/{pid}/fd"):
            print("ESCAPED: descriptors of", pid)
            break
    except OSError as e:
        error = e
else:
    print("stopped:", error)
