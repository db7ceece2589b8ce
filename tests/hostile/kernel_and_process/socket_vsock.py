import socket
try:
    socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM, 0)
    print("ESCAPED: a socket of AF_VSOCK")
except OSError as error:
    print("stopped:", error)
