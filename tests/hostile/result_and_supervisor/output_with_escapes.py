# outside: no, ended: exited
import sys
sys.stdout.write("\x1b]0;owned\x07\x1b[2J{\"ended\": \"exited\", \"exit_code\": 0}\n")
sys.exit(3)
