import os, sys
open("json.py", "w").write("HIJACKED = True\n")
sys.path.insert(0, "") if not sys.flags.isolated else None
import json
print("ESCAPED: hijacked" if getattr(json, "HIJACKED", False) else "stopped: the real one")
os.unlink("json.py")
