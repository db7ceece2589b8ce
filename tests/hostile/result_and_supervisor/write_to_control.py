import os
wrote = []
for fd in range(3, 64):
    try:
        os.write(fd, b"\0" * 64)
        wrote.append(fd)
    except OSError:
        pass
null = os.open("/dev/null", os.O_WRONLY)
inherited = [fd for fd in range(3, 64) if os.path.exists(f"/proc/self/fd/{fd}") and fd != null]
print("ESCAPED: descriptors" if wrote or inherited else "stopped: none", wrote, inherited)
