# first to go when memory is short
import os
path = f"/proc/{os.getppid()}/oom_score_adj"
try:
    now = open(path).read()
    with open(path, "w") as file:
        file.write(now)
    print("ESCAPED: the order of", path)
except OSError as e:
    print("stopped:", e)
