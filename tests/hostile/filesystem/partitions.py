import os
print("ESCAPED: block devices" if os.path.isdir("/sys/block") else "stopped: none")
