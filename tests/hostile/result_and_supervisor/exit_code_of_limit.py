# outside: no ended: exited
import os
os._exit(137)
