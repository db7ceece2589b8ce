import asyncio
import os
import os as o
import pty
import subprocess
import subprocess as sp
from os import system
from os import popen as p
from subprocess import Popen, run as launch

# ruleid: python.exec.os-system
os.system("id")
# ruleid: python.exec.os-system
o.system("id")
# ruleid: python.exec.os-system
system("id")
# ruleid: python.exec.os-system
p("id").read()
s = os
# ruleid: python.exec.os-system
s.system(command)
# ruleid: python.exec.os-system
getattr(os, "sys" + "tem")("id")
# ruleid: python.exec.os-system
__import__("os").system("id")
# ruleid: python.exec.os-system
(lambda: os.system("id"))()
# ok: python.exec.os-system
platform.system()
# ok: python.exec.os-system
solver.system("x = 1")

# ruleid: python.exec.os-exec
os.execv("/bin/sh", ["sh"])
# ruleid: python.exec.os-exec
o.execlp("sh", "sh", "-c", "id")
# ok: python.exec.os-exec
cursor.execute("select 1")

# ruleid: python.exec.os-spawn
os.spawnl(os.P_WAIT, "/bin/sh", "sh")
# ruleid: python.exec.os-spawn
os.posix_spawn("/bin/sh", ["sh"], {})
# ok: python.exec.os-spawn
game.spawnl("goblin", 3)

# ruleid: python.exec.subprocess
subprocess.run(["git", "status"], check=True)
# ruleid: python.exec.subprocess
sp.check_output(["id"])
# ruleid: python.exec.subprocess
Popen(["id"], stdout=-1)
# ruleid: python.exec.subprocess
launch(["id"])
# ok: python.exec.subprocess
runner.run(["fast", "slow"])

# ok: python.exec.subprocess-other
subprocess.run("id", shell=True)
# ruleid: python.exec.subprocess-other
subprocess.run(command)
# ruleid: python.exec.subprocess-other
subprocess.getoutput("id")
# ok: python.exec.subprocess-other
print(subprocess.PIPE)


async def start():
    # ruleid: python.exec.asyncio-subprocess
    await asyncio.create_subprocess_exec("id")
    # ruleid: python.exec.asyncio-subprocess
    await asyncio.create_subprocess_shell("id")
    # ok: python.exec.asyncio-subprocess
    await asyncio.sleep(1)


# ruleid: python.exec.pty-spawn
pty.spawn("/bin/sh")
# ok: python.exec.pty-spawn
pool.spawn(worker)

# ruleid: python.exec.fork
pid = os.fork()
# ok: python.exec.fork
repository.fork()
