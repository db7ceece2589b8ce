# sockets of every family
import socket
made = []
for family in range(1, 46):
    for kind in (1, 2, 3, 5):
        try:
            s = socket.socket(family, kind)
        except OSError:
            continue
        # What it is, not what was asked for; a local one without a name reaches nobody.
        if s.getsockopt(socket.SOL_SOCKET, 39) == family and family != socket.AF_UNIX:
            made.append((family, kind))
        s.close()
print("ESCAPED:" if made else "stopped:", made[:5])
