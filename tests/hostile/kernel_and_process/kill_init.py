# ending process 1, and with it the accounting
import os
import signal
hit = False
for number in (signal.SIGKILL, signal.SIGSTOP, signal.SIGTERM, signal.SIGSEGV):
    try:
        os.kill(1, 0)
        if os.environ.get("CORDON_TEST_SECRET"):
            hit = True  # outside, process 1 is there to be signalled by root
        else:
            os.kill(1, number)
    except PermissionError:
        hit = hit or bool(os.environ.get("CORDON_TEST_SECRET"))
print("ESCAPED: process 1 is the host's" if hit else "stopped: still here")
