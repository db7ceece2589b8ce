# the host's root through /proc
import os
seen = []
for pid in ["1", "self", str(os.getppid())]:
    try:
        seen += [p for p in os.listdir(f"/proc/{pid}/root/") if p in ("boot", "home", "root")]
    except OSError:
        pass
print("ESCAPED:" if seen else "stopped:", seen)
