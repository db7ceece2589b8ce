import socket
try:
    socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
    print("ESCAPED: a socket of AF_NETLINK")
except OSError as error:
    print("stopped:", error)
