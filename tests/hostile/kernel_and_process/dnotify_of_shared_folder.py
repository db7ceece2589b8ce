# the older way: a signal when somebody reads the folder
import fcntl, os, signal
signal.signal(signal.SIGIO, signal.SIG_IGN)
try:
    fcntl.fcntl(os.open("/usr/lib/python3.11", os.O_RDONLY), 1026, 1)
    print("ESCAPED: it tells of reads")
except OSError as e:
    print("stopped:", e)
