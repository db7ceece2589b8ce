# datagrams to a local socket with a name
import os, socket, tempfile
path = os.path.join(tempfile.mkdtemp(), "s")
try:
    a, b = (socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) for _ in range(2))
    a.bind(path)
    b.sendto(b"out", path)
    print("ESCAPED: sent", a.recv(9))
except OSError as error:
    print("stopped:", error)
