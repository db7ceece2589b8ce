#!/usr/bin/env python3
"""Every system call by number, tried in a cell, against the golden table beside this file (the grant of native: the probe
calls from memory that it has written). Speaks TAP.

CORDON_GOLDEN=1 writes the table anew; review it as a diff. A call that is "allowed" there may say EPERM or ENOSYS by itself
where it also does outside of a cell, as the same unprivileged user; nothing else is accepted."""
import json
import os
import pathlib
import platform
import re
import subprocess
import sys
import tempfile

here = pathlib.Path(__file__).parent
golden = here / "syscalls.golden"
probe = here / "syscalls_probe.py"
if platform.machine() != "x86_64":
    print("1..1\nok 1 - the table is one of x86_64")
    sys.exit(0)

folder = tempfile.TemporaryDirectory(prefix="cordon-syscalls-")
pathlib.Path(folder.name).chmod(0o755)
program = pathlib.Path(folder.name, "probe.py")
program.write_bytes(probe.read_bytes())


def table(text):
    return dict(line.split("\t") for line in text.splitlines() if line and not line.startswith("#"))


def inside():
    done = subprocess.run([os.environ["CORDON"], "run", "--gate", "warn", "--allow", "native", "--format", "json", "--log",
                           folder.name + "/log",
                           "--cpu", "60s", "--timeout", "120s", str(program)], capture_output=True, text=True,
                          stdin=subprocess.DEVNULL)
    result = json.loads(done.stdout)["result"]
    assert result["ended"] == "exited" and result["exit_code"] == 0, (result["ended"], result["limit"], result["stderr"])
    return table(result["stdout"])


def outside():
    """As somebody without rights, whose calls change nothing that is not theirs."""
    who = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"] if os.getuid() == 0 else []
    done = subprocess.run([*who, "/usr/bin/python3", "-I", str(program)], capture_output=True, text=True, cwd="/tmp",
                          stdin=subprocess.DEVNULL, start_new_session=True)
    return table(done.stdout)


got, bare = inside(), outside()
if os.environ.get("CORDON_GOLDEN"):
    header = pathlib.Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h").read_text()
    names = dict((n, name) for name, n in re.findall(r"#define __NR_(\w+) (\d+)", header))
    source = pathlib.Path(os.environ["CORDON_SOURCE_ROOT"], "runner", "syscall.def").read_text()
    refused = set(re.findall(r"^SYSCALL\((\w+),", source, re.M))
    # What says the same outside and is in no table is the kernel's own answer, not the filter's.
    own = {n for n, o in got.items() if o != "allowed" and bare.get(n) == o and n in names and names[n] not in refused}
    golden.write_text("# What the cell's filter answers, by number and name on x86_64: see syscalls_test.py.\n" +
                      "".join(f"{n}\t{names.get(n, '-')}\t{'allowed' if n in own else o}\n" for n, o in got.items()))
wanted = {n: o for n, _, o in (line.split("\t") for line in golden.read_text().splitlines() if line[0] != "#")}
print(f"1..3")
faults = [f"{n}: {got.get(n)}, not {o}" for n, o in wanted.items()
          if got.get(n) != o and not (o == "allowed" and bare.get(n) == got.get(n))]
print(("not ok" if faults or wanted.keys() != got.keys() else "ok") + f" 1 - {len(got)} calls answer as the table says")
for fault in faults:
    print("# " + fault)
# The probe would notice: outside, calls that a cell refuses come through.
noticed = [n for n, o in wanted.items() if o in ("EPERM", "ENOSYS", "killed") and bare.get(n) == "allowed"]
print(("ok" if len(noticed) > 20 else "not ok") + f" 2 - outside, {len(noticed)} of the refused calls come through")
# What must never be let through, whatever the table says.
never = {"101": "ptrace", "165": "mount", "272": "unshare", "308": "setns", "321": "bpf", "425": "io_uring_setup", "250": "keyctl",
         "323": "userfaultfd", "310": "process_vm_readv", "438": "pidfd_getfd", "435": "clone3", "452": "fchmodat2"}
open_ones = [name for number, name in never.items() if got.get(number) == "allowed"] + \
    [n for n in ("int 0x80", "x32 getpid", "x32 ptrace", "clone+newuser+high", "ioctl+tiocsti+high") if got.get(n) == "allowed"]
print(("not ok" if open_ones else "ok") + " 3 - none of the roads out is open " + " ".join(open_ones))
