import os
import shutil
# ruleid: python.fs.device
disk = "/dev/sda"
# ruleid: python.fs.device
open("/dev/mem", "rb")
# ruleid: python.fs.device
camera = "/dev/video0"
# ok: python.fs.device
sink = "/dev/null"
# ok: python.fs.device
noise = "/dev/urandom"
# ok: python.fs.device
path = "/development/sda"

# ruleid: python.fs.kernel-setting
open("/proc/sys/kernel/core_pattern", "w")
# ruleid: python.fs.kernel-setting
agent = "/sys/fs/cgroup/x/release_agent"
# ok: python.fs.kernel-setting
open("/proc/cpuinfo")
# ok: python.fs.kernel-setting
path = "sys/kernel"

# ruleid: python.fs.other-process
open("/proc/self/environ").read()
# ruleid: python.fs.other-process
open("/proc/1/cmdline")
# ok: python.fs.other-process
open("/proc/cpuinfo")
# ok: python.fs.other-process
name = "process/self/environ"

# ruleid: python.fs.container-socket
socket_path = "/var/run/docker.sock"
# ruleid: python.fs.container-socket
url = "unix:///run/podman/podman.sock"
# ok: python.fs.container-socket
path = "run/docker.sock.txt"

# ruleid: python.fs.permissive-mode
os.chmod("tool", 0o777)
# ruleid: python.fs.permissive-mode
os.chmod("tool", 0o4755)
# ruleid: python.fs.permissive-mode
path.chmod(0o666)
# ok: python.fs.permissive-mode
os.chmod("tool", 0o755)
# ok: python.fs.permissive-mode
os.chmod("data", 0o600)
# ok: python.fs.permissive-mode
os.chmod("data", mode)

# ruleid: python.fs.umask
os.umask(0)
# ok: python.fs.umask
os.umask(0o077)
# ok: python.fs.umask
mask.umask(0)

import tempfile

# ruleid: python.fs.temporary-name
tempfile.mktemp()
# ok: python.fs.temporary-name
tempfile.mkdtemp()
# ok: python.fs.temporary-name
names.mktemp()

import tarfile

# ruleid: python.fs.archive-members
tarfile.open("x.tar").extractall()
# ok: python.fs.archive-members
tarfile.open("x.tar").extractall(filter="data")
# ok: python.fs.archive-members
archive.getnames()

# ruleid: python.fs.wipe
shutil.rmtree("/")
# ruleid: python.fs.wipe
shutil.rmtree(os.path.expanduser("~"))
# ruleid: python.fs.wipe
for root, dirs, files in os.walk("/"):
    for name in files:
        os.remove(os.path.join(root, name))
# ok: python.fs.wipe
shutil.rmtree("build")
# ok: python.fs.wipe
shutil.rmtree(folder)
# ok: python.fs.wipe
for root, dirs, files in os.walk("data"):
    for name in files:
        os.remove(os.path.join(root, name))
