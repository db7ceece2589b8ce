import os
import signal

# ruleid: python.signal.kill
os.kill(1, 9)
# ruleid: python.signal.kill
os.killpg(0, signal.SIGKILL)
# ok: python.signal.kill
process.kill()
# ok: python.signal.kill
signal.signal(signal.SIGINT, handler)
