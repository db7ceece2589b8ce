#!/usr/bin/env python3
"""How many ordinary programs of a collection are approved, and whether those that pass outside a cell pass inside it.

  measure.py CORDON humaneval HumanEval.jsonl.gz
  measure.py CORDON mbpp mbpp.jsonl
  measure.py CORDON folder DIRECTORY [GLOB]      each file is checked alone

The programs of the first two are run, outside and inside (they are well-known and small; run them where you would run any
test); those of a folder are only checked. Prints, for each rule that rejected, how many programs and
where, then the counts."""
import collections
import concurrent.futures
import gzip
import json
import os
import pathlib
import subprocess
import sys
import tempfile


def programs_of(kind, path):
    """(name, source) of a benchmark: solution and tests in one program."""
    opened = gzip.open(path, "rt") if path.endswith(".gz") else open(path)
    with opened as lines:
        for line in lines:
            task = json.loads(line)
            if kind == "humaneval":
                yield task["task_id"], "\n".join((task["prompt"] + task["canonical_solution"], task["test"],
                                                  f"check({task['entry_point']})", ""))
            else:
                yield str(task["task_id"]), "\n".join((task["code"].replace("\r", ""), task.get("test_setup_code") or "",
                                                       *task["test_list"], ""))


def check(cordon, paths, reasons):
    """The paths that are approved, each checked alone, as a program that is about to be run."""
    approved = []
    for path in paths:
        done = subprocess.run([cordon, "check", "--format", "json", str(path)], capture_output=True, text=True)
        source = json.loads(done.stdout)["sources"][0]
        if source["decision"] == "approve":
            approved.append(path)
            continue
        for finding in source["findings"]:
            if finding["severity"] in ("error", "critical") or finding.get("capability"):
                place = f"{path.name}:{finding['start']['line']}"
                reasons[finding["rule_id"]].setdefault(str(path), place)
    return approved


def passes(command):
    try:
        return subprocess.run(command, capture_output=True, timeout=60, stdin=subprocess.DEVNULL).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def main():
    cordon, kind, place, *pattern = sys.argv[1:]
    cordon, place = os.path.abspath(cordon), os.path.abspath(place)
    reasons = collections.defaultdict(dict)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_STATE_HOME"] = folder + "/state"
        os.chdir(folder)
        if kind == "folder":
            paths = sorted(p for p in pathlib.Path(place).rglob(pattern[0] if pattern else "*.py") if p.is_file())
        else:
            paths = []
            for number, (name, text) in enumerate(programs_of(kind, place)):
                paths.append(pathlib.Path(folder, f"{number:04d}_{name.replace('/', '_')}.py"))
                paths[-1].write_text(text)
        with concurrent.futures.ThreadPoolExecutor(2) as workers:
            halves = [paths[0::2], paths[1::2]]
            approved = [p for part in workers.map(lambda half: check(cordon, half, reasons), halves) for p in part]
            if kind != "folder":
                outside = list(workers.map(lambda p: passes([sys.executable, "-I", str(p)]), approved))
                inside = list(workers.map(lambda p: passes([cordon, "run", str(p)]), approved))
    for rule, places in sorted(reasons.items(), key=lambda item: -len(item[1])):
        print(f"{len(places):5} {rule}: {', '.join(list(places.values())[:8])}")
    print(f"{len(approved)} of {len(paths)} approved ({100 * len(approved) / max(len(paths), 1):.2f} %)")
    if kind != "folder":
        lost = [p.name for p, o, i in zip(approved, outside, inside) if o and not i]
        print(f"{sum(outside)} pass outside, {sum(o and i for o, i in zip(outside, inside))} of them inside; lost: {lost}")


main()
