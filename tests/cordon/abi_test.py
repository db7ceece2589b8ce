#!/usr/bin/env python3
"""The library's binary interface, as abi.golden has it: every exported symbol, every struct's fields with their places.

    CORDON_GOLDEN=write ...    rewrites the golden file; look at its diff: only lines that are added are compatible."""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

root = pathlib.Path(os.environ["CORDON_SOURCE_ROOT"])
library = sys.argv[1]
golden = root / "tests/cordon/abi.golden"
header = re.sub(r"/\*.*?\*/", "", (root / "cordon/cordon.h").read_text(), flags=re.S)


def structs():
    """{name: [field]} of those that the header defines."""
    found = {}
    for name, body in re.findall(r"struct (\w+) \{(.*?)\n\};", header, flags=re.S):
        fields = []
        for line in body.split(";"):
            line = " ".join(line.split())
            if pointer := re.search(r"\(\*(\w+)\)\(", line):
                fields.append(pointer[1])
            elif line:
                fields += re.findall(r"(\w+)$", re.sub(r"\[\w+\]", "", line.split(",")[0])) + \
                    [part.strip(" *") for part in line.split(",")[1:]]
        found[name] = fields
    return found


def layout():
    lines = []
    for name, fields in structs().items():
        lines.append(f'    printf("struct {name} %zu\\n", sizeof(struct {name}));')
        lines += [f'    printf("struct {name} .{field} %zu %zu\\n", offsetof(struct {name}, {field}), '
                  f"sizeof ((struct {name} *)0)->{field});" for field in fields]
    with tempfile.TemporaryDirectory() as folder:
        source, program = pathlib.Path(folder) / "abi.c", pathlib.Path(folder) / "abi"
        source.write_text('#include "cordon/cordon.h"\n#include <stdio.h>\nint main(void)\n{\n' + "\n".join(lines) + "\n}\n")
        subprocess.run(["cc", "-std=c17", "-I", str(root), "-o", program, source], check=True)
        return subprocess.run([program], check=True, capture_output=True, text=True).stdout.splitlines()


def symbols():
    listed = subprocess.run(["nm", "-D", "--defined-only", library], check=True, capture_output=True, text=True).stdout
    return sorted(line.split()[-1] for line in listed.splitlines() if " T " in line or " D " in line or " B " in line or " R " in line)


def report(number, name, is_fine, why=""):
    print(f"{'ok' if is_fine else 'not ok'} {number} - {name}")
    for line in why.splitlines() if not is_fine else []:
        print("#", line)
    return is_fine


exported = symbols()
declared = sorted(name + "@@CORDON_0" for name in re.findall(r"^CORDON_API[^;(]*?(\w+)\(", header, flags=re.M))
now = "\n".join([f"symbol {name}" for name in exported] + layout()) + "\n"
if os.environ.get("CORDON_GOLDEN") == "write":
    golden.write_text(now)
before = golden.read_text() if golden.exists() else ""
gone = [line for line in before.splitlines() if line not in now.splitlines()]
new = [line for line in now.splitlines() if line not in before.splitlines()]
print("1..3")
passed = [
    report(1, "what the header declares is exported, and nothing else", exported == declared,
           "\n".join(sorted(set(exported) ^ set(declared)))),
    report(2, "nothing of the interface went or moved", all(re.fullmatch(r"struct \w+ \d+", line) for line in gone), "\n".join(gone)),
    report(3, "the golden file has all of it", not new and not gone,
           "\n".join(new + gone) + "\nCORDON_GOLDEN=write, then look at the difference"),
]
sys.exit(0 if all(passed) else 1)
