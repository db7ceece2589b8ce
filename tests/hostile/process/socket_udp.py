import socket
try:
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM, 0)
    print("ESCAPED: a socket of AF_INET")
except OSError as error:
    print("stopped:", error)
