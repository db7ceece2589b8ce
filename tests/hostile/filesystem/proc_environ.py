# the caller's variables by way of /proc
import glob
for path in glob.glob("/proc/[0-9]*/environ") + ["/proc/self/environ"]:
    try:
        if b"CORDON_TEST_SECRET" in open(path, "rb").read():
            print("ESCAPED:", path)
            break
    except OSError:
        pass
else:
    print("stopped: no process shows it")
