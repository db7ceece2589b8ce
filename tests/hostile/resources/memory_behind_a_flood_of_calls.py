# outside: no, limit: memory. Calls that the recorder has to answer, from every thread that there may be.
import os, threading
def flood():
    while True:
        try:
            os.open(f"/nowhere/{os.urandom(4).hex()}", os.O_RDONLY)
        except OSError:
            pass
for _ in range(6):
    threading.Thread(target=flood, daemon=True).start()
import os, time
held = []
for _ in range(12):
    if os.fork() == 0:
        held = bytearray(60 << 20)
        time.sleep(600)
time.sleep(600)
