import os, shutil
shutil.copy("/proc/self/exe", "planted")
os.chmod("planted", 0o700)
try:
    os.execv("./planted", ["python3", "-c", "print('ESCAPED: started')"])
except OSError as error:
    print("stopped:", error)
