import os
# What this machine has at this path is not the program's to see.
print("ESCAPED: it exists" if os.path.lexists('/home') else "stopped: no such path")
