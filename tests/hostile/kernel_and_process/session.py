# a session of its own
import os
if os.fork() == 0:
    try:
        os.setsid()
        print("ESCAPED: a session", flush=True)
    except OSError as error:
        print("stopped:", error, flush=True)
    os._exit(0)
os.wait()
