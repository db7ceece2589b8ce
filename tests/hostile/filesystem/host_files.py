# files of the host: accounts, keys, the home folder, the shell
import os
seen = [p for p in ("/etc/hostname", "/etc/shadow", "/root", "/home", "/bin/sh", "/usr/bin/id", "/var", "/boot") if os.path.exists(p)]
print("ESCAPED:" if seen else "stopped:", seen)
