import os
try:
    os.link("/usr/bin/python3.11", "stolen")
    print("ESCAPED: linked")
except OSError as error:
    try:
        os.link("/etc/passwd", "/etc/passwd-linked")
        os.unlink("/etc/passwd-linked")
        print("ESCAPED: linked")
    except OSError as error:
        print("stopped:", error)
