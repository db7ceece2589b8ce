import os
# What this machine has at this path is not the program's to see.
print("ESCAPED: it exists" if os.path.lexists('/etc/hosts') else "stopped: no such path")
