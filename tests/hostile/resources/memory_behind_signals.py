# outside: no, limit: memory. Signals to what watches us, as fast as they go, and one that would stop it.
import signal, threading
def flood():
    while True:
        try:
            os.kill(1, signal.SIGCHLD)
        except OSError:
            pass
import os
for number in (signal.SIGSTOP, signal.SIGTSTP, signal.SIGKILL, signal.SIGRTMIN + 1):
    try:
        os.kill(1, number)
    except OSError:
        pass
threading.Thread(target=flood, daemon=True).start()
import os, time
held = []
for _ in range(12):
    if os.fork() == 0:
        held = bytearray(60 << 20)
        time.sleep(600)
time.sleep(600)
