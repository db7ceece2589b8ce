# a datagram to another socket of the internet family
import socket
try:
    a, b = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
    a.bind(("127.0.0.1", 0))
    b.sendto(b"out", a.getsockname())
    print("ESCAPED: sent", a.recv(9))
except OSError as error:
    print("stopped:", error)
