# a file outside of the scratch folder
import os
made = []
for folder in ("/", "/etc", "/usr", "/dev", "/dev/shm/..", "/program", "/cordon", "/proc/self", "/usr/lib", "/var/tmp", "/run"):
    try:
        with open(os.path.join(folder, ".cordon-probe"), "w") as file:
            file.write("x")
        os.unlink(os.path.join(folder, ".cordon-probe"))
        if not os.path.realpath(folder).startswith("/scratch"):
            made.append(folder)
    except OSError:
        pass
print("ESCAPED:" if made else "stopped:", made)
