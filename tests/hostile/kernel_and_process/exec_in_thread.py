import subprocess, sys, threading
said = []
def start():
    try:
        said.append(subprocess.run([sys.executable, "-c", "print(1)"], capture_output=True).returncode)
    except OSError as error:
        said.append(error)
t = threading.Thread(target=start)
t.start()
t.join()
print("ESCAPED: a program ran" if said == [0] else "stopped:", said)
