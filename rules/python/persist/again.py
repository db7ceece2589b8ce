import os
import shutil
import sys
from setuptools import setup
from setuptools.command.install import install
import crontab

# ruleid: python.persist.schedule
crontab.CronTab(user=True)
import winreg

# ruleid: python.persist.schedule
winreg.SetValueEx(key, "x", 0, 1, path)
# ok: python.persist.schedule
schedule.every(10)

# ruleid: python.persist.schedule-text
line = "@reboot python3 /tmp/x.py"
# ruleid: python.persist.schedule-text
entry = r"Software\Microsoft\Windows\CurrentVersion\Run"
# ruleid: python.persist.schedule-text
order = "systemctl enable backdoor"
# ok: python.persist.schedule-text
text = "5 * 3 + 2 * 7"
# ok: python.persist.schedule-text
name = "crontab"

# ruleid: python.persist.python-startup
path = "site-packages/x.pth"
# ruleid: python.persist.python-startup
name = "usercustomize.py"
# ok: python.persist.python-startup
name = "model.pt"
# ok: python.persist.python-startup
path = "customize.py"
# ok: python.persist.python-startup
checkpoint = "weights.pt"

# ruleid: python.persist.install-hook
class PostInstall(install):
    def run(self):
        install.run(self)
# ruleid: python.persist.install-hook
setup(name="x", cmdclass={"install": PostInstall})
# ok: python.persist.install-hook
setup(name="x", version="1")
# ok: python.persist.install-hook
class Installer(object):
    pass

# ruleid: python.persist.self-copy
shutil.copy(__file__, "/media/usb/run.py")
# ruleid: python.persist.self-copy
os.remove(sys.argv[0])
# ok: python.persist.self-copy
folder = os.path.dirname(__file__)
# ok: python.persist.self-copy
shutil.copy(source, target)

# ruleid: python.persist.daemon
os.setsid()
# ok: python.persist.daemon
threading.Thread(target=f, daemon=True)
# ok: python.persist.daemon
os.getsid(0)
