# packages that were installed for the host's own interpreter
import os
print("ESCAPED: there" if os.path.isdir("/usr/lib/python3/dist-packages") else "stopped: not there")
