# who opens our file waits until we let go, up to 45 seconds: with a granted folder, the host
import fcntl, os
with open("leased", "w") as file:
    file.write("x")
try:
    fcntl.fcntl(os.open("leased", os.O_RDONLY), fcntl.F_SETLEASE, fcntl.F_RDLCK)
    print("ESCAPED: a lease")
except OSError as e:
    print("stopped:", e)
finally:
    os.unlink("leased")
