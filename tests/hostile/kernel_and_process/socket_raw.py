import socket
try:
    socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)
    print("ESCAPED: a socket of AF_INET")
except OSError as error:
    print("stopped:", error)
