import socket
try:
    socket.socket(socket.AF_INET6, socket.SOCK_STREAM, 0)
    print("ESCAPED: a socket of AF_INET6")
except OSError as error:
    print("stopped:", error)
