# outside: no, ended: exited
import os
os.symlink("/etc/shadow", "report.txt")
os.symlink("/", "root")
