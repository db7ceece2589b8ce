# the turn of what watches us
import os
watcher = os.getppid()
try:
    os.setpriority(os.PRIO_PROCESS, watcher, os.getpriority(os.PRIO_PROCESS, watcher))
    print("ESCAPED: the priority of", watcher)
except OSError as e:
    print("stopped:", e)
