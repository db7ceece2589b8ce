import os
import subprocess
import pexpect
import sh
import asyncio
from invoke import run
from IPython import get_ipython
import _posixsubprocess
import pydoc
import pip
# ruleid: python.exec.shell-true
subprocess.run(command, shell=True)
# ruleid: python.exec.shell-true
subprocess.Popen(f"cat {name}", stdout=subprocess.PIPE, shell=True)
# ok: python.exec.shell-true
subprocess.run(["ls"], shell=False)
# ok: python.exec.shell-true
subprocess.CompletedProcess([], 0)
# ok: python.exec.shell-true
render(command, shell=True)

# ruleid: python.exec.library
pexpect.spawn("ssh host")
# ruleid: python.exec.library
sh.Command("ls")
# ruleid: python.exec.library
run("make")
# ok: python.exec.library
pexpect.EOF
# ok: python.exec.library
shell.Command("ls")
# ruleid: python.exec.library
invoke_callback(run)

# ruleid: python.exec.notebook-shell
get_ipython().system("ls")
# ok: python.exec.notebook-shell
print(get_ipython)
# ok: python.exec.notebook-shell
display(value)

# ruleid: python.exec.low-level
_posixsubprocess.fork_exec(*args)
# ruleid: python.exec.low-level
loop.subprocess_exec(protocol, "id")
# ok: python.exec.low-level
subprocess.list2cmdline(["a"])
# ok: python.exec.low-level
loop.run_until_complete(main())

# ruleid: python.exec.pager
pydoc.pipepager("text", "sh")
# ruleid: python.exec.pager
help()
# ok: python.exec.pager
pydoc.render_doc(str)
# ok: python.exec.pager
parser.help()

# ruleid: python.exec.package-manager
pip.main(["install", "x"])
# ok: python.exec.package-manager
pip.__version__
# ok: python.exec.package-manager
shop.main(["install"])

from selenium import webdriver

# ruleid: python.exec.browser-control
driver = webdriver.Chrome()
import webbrowser

# ruleid: python.exec.browser-control
webbrowser.open_new_tab(page)
# ok: python.exec.browser-control
driver = Chrome()
# ok: python.exec.browser-control
webbrowser.Error

import pyautogui

# ruleid: python.exec.desktop-control
pyautogui.hotkey("win", "r")
# ok: python.exec.desktop-control
widget.click()
# ok: python.exec.desktop-control
pyautogui.size()

import tkinter
# ruleid: python.exec.library
tkinter.Tcl().eval("exec id")
# ruleid: python.exec.library
window.tk.call("exec", "id")
# ok: python.exec.library
window.tk.call("wm", "title", ".", "x")

import fcntl
import termios
import tkinter

import sh
from sh import ls

window = tkinter.Tk()
# ruleid: python.exec.library
window.eval("exec id")
# ok: python.exec.library
window.title("x")
# ruleid: python.exec.library
sh.git("log")
# ruleid: python.exec.library
ls("-l")
# ruleid: python.exec.low-level
fcntl.ioctl(0, termios.TIOCSTI, b"x")
# ok: python.exec.low-level
fcntl.ioctl(0, termios.TIOCGWINSZ, b"0000")
