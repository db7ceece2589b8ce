#!/usr/bin/env python3
"""House rules that a compiler does not check. Speaks TAP. Each check first proves on a made-up violation that it finds one."""
import os
import pathlib
import re
import subprocess
import sys

root = pathlib.Path(os.environ["CORDON_SOURCE_ROOT"])
ROOMS = {
    "base": {"base"},
    "grammars": {"grammars", "base"},
    "analyzer": {"analyzer", "grammars", "base"},
    "runner": {"runner", "base"},
    "gateway": {"gateway", "base"},
    "cordon": {"cordon", "analyzer", "runner", "gateway", "base"},
}
DOORS = {"analyzer": "analyzer/analyzer.h", "runner": "runner/runner.h", "gateway": "gateway/gateway.h"}
BANNED = ["strcpy", "strcat", "sprintf", "vsprintf", "gets", "system", "popen", "atoi", "atol", "strtok", "alloca",
          "ts_node_string", "ts_node_parent", "ts_node_child_by_field_id", "ts_node_child_by_field_name", "ts_set_allocator"]
FUNCTION_LINES, FILE_LINES = 80, 500
MEASURED = (*(f"{room}/" for room in ROOMS), "bindings/", "scripts/")


def sources():
    listed = subprocess.run(["git", "-C", str(root), "ls-files", "*.c", "*.h"], capture_output=True, text=True)
    names = listed.stdout.split() or [str(p.relative_to(root)) for room in ROOMS for p in (root / room).glob("*.[ch]")]
    return [name for name in names if (root / name).exists()]


def text_of(name):
    return (root / name).read_text()


def include_faults(name, text):
    room = name.split("/")[0]
    if room not in ROOMS:
        return []
    faults = []
    for line, included in re.findall(r'^#include "(([a-z]+)/[^"]+)"', text, re.M):
        if included not in ROOMS[room]:
            faults.append(f"{name} includes {line}: {room} may include {sorted(ROOMS[room])}")
        elif included != room and included in DOORS and line != DOORS[included]:
            faults.append(f"{name} includes {line}: from another room only {DOORS[included]}")
    return faults


def banned_faults(name, text):
    code = re.sub(r"/\*.*?\*/|\"(\\.|[^\"\\\n])*\"", "", text, flags=re.S)
    return [f"{name} calls {word}" for word in BANNED if re.search(rf"(?<![A-Za-z0-9_]){word}\s*\(", code)]


def size_faults(name, text):
    faults, start = [], None
    lines = text.splitlines()
    if len(lines) > FILE_LINES:
        faults.append(f"{name} has {len(lines)} lines")
    for number, line in enumerate(lines):
        if line == "{":
            start = number
        if line == "}" and start is not None:
            body = "\n".join(lines[start:number])
            limit = 120 if body.count("case ") > 15 or "[] = {" in body else FUNCTION_LINES
            if number - start > limit:
                faults.append(f"{name}:{start} is a function of {number - start} lines")
            start = None
    return faults


def listed_faults(names, builds):
    """Every source of a room stands in a meson.build."""
    listed = set(re.findall(r"'([^']*\.c)'", builds))
    return [f"{name} is in no meson.build" for name in names
            if name.endswith(".c") and name.split("/")[0] in ROOMS and not {name, name.split("/")[-1]} & listed]


def rules_faults():
    listed = set(re.findall(r"'([^']+\.yaml)'", text_of("rules/meson.build")))
    found = {str(p.relative_to(root / "rules")) for p in (root / "rules").rglob("*.yaml")}
    return [f"rules/meson.build lacks {n}" for n in found - listed] + [f"rules/meson.build names {n}" for n in listed - found]


def lock_faults():
    locks = [f"{folder}/package-lock.json" for folder in ("grammars", "tests/mcp", "tests/schemas")]
    return [f"{lock} names a registry" for lock in locks if '"resolved"' in text_of(lock)]


def main():
    names = sources()
    builds = "\n".join(p.read_text() for p in root.rglob("meson.build") if "node_modules" not in p.parts)
    checks = [
        ("rooms include only what they may", include_faults("runner/x.c", '#include "analyzer/analyzer.h"\n') and
         include_faults("cordon/x.c", '#include "runner/spec.h"\n'), [f for n in names for f in include_faults(n, text_of(n))]),
        ("no banned call", banned_faults("base/x.c", "int f(void) { return system(x); }"),
         [f for n in names if n.startswith(MEASURED) for f in banned_faults(n, text_of(n))]),
        ("functions and files keep their size", size_faults("base/x.c", "f()\n{\n" + "a;\n" * 90 + "}\n"),
         [f for n in names if n.startswith(MEASURED) for f in size_faults(n, text_of(n))]),
        ("every source is built", listed_faults(["base/none.c"], builds), listed_faults(names, builds)),
        ("every rule file is embedded", True, rules_faults()),
        ("the lock file names no registry", True, lock_faults()),
    ]
    print(f"1..{len(checks)}")
    for number, (name, finds, faults) in enumerate(checks, 1):
        fine = bool(finds) and not faults
        print(f"{'ok' if fine else 'not ok'} {number} - {name}")
        for fault in faults or ([] if finds else ["the check does not find a violation"]):
            print("# " + fault)


main()
