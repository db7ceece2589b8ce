# outside: no, limit: inodes
import os
while True:
    os.mkdir("d")
    os.chdir("d")
    for n in range(100):
        os.symlink("x", str(n))
