# a descriptor of another process
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
child = os.fork()
if child == 0:
    libc.pause()
pidfd = libc.syscall(434, child, 0)
got = libc.syscall(438, pidfd, 1, 0)
failed = ctypes.get_errno()
os.kill(child, 9)
print(f"ESCAPED: descriptor {got}" if got >= 0 else "stopped: " + os.strerror(failed))
