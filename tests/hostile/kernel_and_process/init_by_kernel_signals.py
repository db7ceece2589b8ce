# outside: no, ended: exited. Signals to what watches us that the kernel sends in our place, when a pipe has something to read.
import fcntl, os, signal, time
F_SETSIG = 10
reader, writer = os.pipe()
for number in (signal.SIGKILL, signal.SIGSTOP, signal.SIGRTMIN, signal.SIGSYS, signal.SIGQUIT):
    for end in (reader, writer):
        fcntl.fcntl(end, F_SETSIG, number)
        fcntl.fcntl(end, fcntl.F_SETOWN, os.getppid())
        fcntl.fcntl(end, fcntl.F_SETFL, fcntl.fcntl(end, fcntl.F_GETFL) | os.O_ASYNC)
    os.write(writer, b"x")
    os.read(reader, 1)
    time.sleep(0.02)
print("stopped: it is still there")
