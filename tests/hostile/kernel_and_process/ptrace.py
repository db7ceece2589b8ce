# stopping another process by ptrace
import ctypes, os, signal, time
libc = ctypes.CDLL(None, use_errno=True)
pid = os.fork()
if pid == 0:
    time.sleep(5)
    os._exit(0)
print("ESCAPED: attached" if libc.ptrace(16, pid, 0, 0) == 0 else "stopped: " + os.strerror(ctypes.get_errno()), flush=True)
os.kill(pid, signal.SIGKILL)
os._exit(0)
