# a local socket with a name, and a connection to it
import os, socket, tempfile
path = os.path.join(tempfile.mkdtemp(), "s")
try:
    a, b = (socket.socket(socket.AF_UNIX) for _ in range(2))
    a.bind(path)
    a.listen()
    b.connect(path)
    print("ESCAPED: connected")
except OSError as error:
    print("stopped:", error)
