# its pages, as if never used
import os
try:
    with open(f"/proc/{os.getppid()}/clear_refs", "w") as file:
        file.write("1")
    print("ESCAPED: its pages")
except OSError as e:
    print("stopped:", e)
