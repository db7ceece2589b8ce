# outside: no, limit: memory. What watches us, first robbed of its descriptors and its turn: it has to notice all the same.
import os, resource
for steal in (lambda: resource.prlimit(1, resource.RLIMIT_NOFILE, (0, 0)), lambda: os.setpriority(os.PRIO_PROCESS, 1, 19),
              lambda: os.sched_setscheduler(1, os.SCHED_IDLE, os.sched_param(0)), lambda: os.sched_setaffinity(1, {0}),
              lambda: resource.prlimit(1, resource.RLIMIT_CPU, (1, 1))):
    try:
        steal()
    except OSError:
        pass
import os, time
held = []
for _ in range(12):
    if os.fork() == 0:
        held = bytearray(60 << 20)
        time.sleep(600)
time.sleep(600)
