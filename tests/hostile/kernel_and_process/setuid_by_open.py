# a file that is made with the setuid bit, without chmod
import os
try:
    os.close(os.open("suid", os.O_CREAT | os.O_WRONLY, 0o4755))
    print("ESCAPED: setuid" if os.stat("suid").st_mode & 0o4000 else "stopped: the bit is gone")
except OSError as error:
    print("stopped:", error)
