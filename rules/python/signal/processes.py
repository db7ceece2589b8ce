import os
import psutil
import signal
import resource
# ruleid: python.signal.psutil
psutil.process_iter(["pid", "name"])
# ruleid: python.signal.psutil
psutil.Process(1).kill()
# ok: python.signal.psutil
psutil.cpu_percent()
# ok: python.signal.psutil
psutil.Process()
# ok: python.signal.psutil
worker.kill()

# ruleid: python.signal.ignore-end
signal.signal(signal.SIGTERM, signal.SIG_IGN)
# ok: python.signal.ignore-end
signal.signal(signal.SIGINT, handler)

# ruleid: python.signal.privilege
os.setuid(0)
# ok: python.signal.privilege
os.getuid()
# ok: python.signal.privilege
user.setuid(0)

# ruleid: python.signal.limits
resource.setrlimit(resource.RLIMIT_AS, (-1, -1))
# ok: python.signal.limits
resource.getrusage(resource.RUSAGE_SELF)

# ruleid: python.signal.fork-bomb
while True:
    os.fork()
# ok: python.signal.fork-bomb
while True:
    if done:
        break
    step()
