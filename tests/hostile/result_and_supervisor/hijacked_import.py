# a module of its own in place of the standard library's
import os, sys, subprocess
for name in ("json.py", "sitecustomize.py", "usercustomize.py"):
    open(name, "w").write("print('ESCAPED: ' + __file__)\n")
if os.environ.get("CORDON_TEST_SECRET"):
    sys.path.insert(0, "")
import json
print("stopped:", json.__file__) if "lib/python" in json.__file__ else None
