# outside: no, limit: files
import socket
kept = []
while True:
    kept.append(socket.socketpair())
