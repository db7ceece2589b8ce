# outside: no, ended: exited
import os
for fd in range(0, 64):
    try:
        os.write(fd, b"ceLL" + bytes(64))
    except OSError:
        pass
