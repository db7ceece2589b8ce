# a setuid file, for whoever finds it later
import os
open("f", "w").close()
try:
    os.chmod("f", 0o4755)
    print("ESCAPED: setuid")
except OSError as e:
    print("stopped:", e)
