# memory that is in no process and no folder
import os
try:
    os.memfd_create("x")
    print("ESCAPED: a file in memory")
except OSError as error:
    print("stopped:", error)
