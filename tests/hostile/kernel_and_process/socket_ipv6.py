import socket
try:
    s = socket.socket(socket.AF_INET6)
    family = s.getsockopt(socket.SOL_SOCKET, 39)  # SO_DOMAIN: what it is, not what was asked for
    print("ESCAPED: a socket of AF_INET6" if family == socket.AF_INET6 else "stopped: a dead end")
except OSError as error:
    print("stopped:", error)
