import os
try:
    fd = os.memfd_create("program")
    os.write(fd, open("/proc/self/exe", "rb").read())
    os.execve(fd, ["python3", "-c", "print('ESCAPED: started from memory')"], {})
except OSError as error:
    print("stopped:", error)
