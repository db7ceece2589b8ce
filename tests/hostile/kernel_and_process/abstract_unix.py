import socket
# A pair is allowed; naming one of its ends would make it reachable.
a, b = socket.socketpair()
try:
    c = socket.socket(socket.AF_UNIX)
    c.bind("\0cordon-meeting")
    print("ESCAPED: named")
except OSError as error:
    print("stopped:", error)
