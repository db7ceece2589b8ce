# a pair of datagrams by another name: the kernel takes a raw local socket for one, and it can be sent anywhere
import socket
try:
    a, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_RAW)
    print("ESCAPED: a pair of type", a.getsockopt(socket.SOL_SOCKET, socket.SO_TYPE))
except OSError as error:
    print("stopped:", error)
