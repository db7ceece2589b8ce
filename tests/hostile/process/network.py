# sockets of every family
import socket
made = []
for family in range(1, 46):
    for kind in (1, 2, 3, 5):
        try:
            socket.socket(family, kind).close()
            made.append((family, kind))
        except OSError:
            pass
print("ESCAPED:" if made else "stopped:", made[:5])
