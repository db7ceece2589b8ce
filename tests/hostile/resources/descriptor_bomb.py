# outside: no, limit: files
import os
while True:
    os.dup(0)
