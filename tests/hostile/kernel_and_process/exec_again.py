import os, sys
if len(sys.argv) > 1:
    print("ESCAPED: started again")
else:
    try:
        os.execv(sys.executable, [sys.executable, "-c", "print('ESCAPED: started')"])
    except OSError as error:
        print("stopped:", error)
