# outside: no, limit: files
import os
while True:
    r, w = os.pipe()
