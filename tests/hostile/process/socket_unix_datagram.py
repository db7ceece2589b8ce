import socket
try:
    socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM, 0)
    print("ESCAPED: a socket of AF_UNIX")
except OSError as error:
    print("stopped:", error)
