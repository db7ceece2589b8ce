import socket
try:
    socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    print("ESCAPED: a socket of AF_PACKET")
except OSError as error:
    print("stopped:", error)
