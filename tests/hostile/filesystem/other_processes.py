import os
# Every process that can be seen, beside this one and its process 1.
others = [p for p in os.listdir("/proc") if p.isdigit() and int(p) not in (1, os.getpid())]
print("ESCAPED: sees" if others else "stopped: sees nobody", len(others))
