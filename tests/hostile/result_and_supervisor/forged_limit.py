# outside: no, ended: signaled. The kernel's signal for too much time, from ourselves: not a limit that was reached.
import os, signal
signal.signal(signal.SIGXCPU, signal.SIG_DFL)
os.kill(os.getpid(), signal.SIGXCPU)
