#!/usr/bin/env python3
"""Code that nobody wrote for cordon: Python's standard library and the installed npm packages.

Proves that every file ends in a decision (no crash, hang or internal error), and that the calls which the analyzer
sees in the standard library are those that CPython's own parser sees, byte for byte.

    corpus_test.py CORDON CORPUS NPM_FOLDER...
"""
import ast
import json
import os
import subprocess
import sys
import sysconfig

cordon, corpus, *npm_folders = sys.argv[1:]
stdlib = sysconfig.get_path("stdlib")
failures = 0
count = 0


def tap(what, complaints):
    global failures, count
    count += 1
    print(f"{'not ok' if complaints else 'ok'} {count} {what}")
    for complaint in complaints[:20]:
        print(f"# {complaint}")
    failures += bool(complaints)


def files_below(folder, suffixes):
    for where, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name not in ("site-packages", "dist-packages")]
        for name in names:
            path = os.path.join(where, name)
            if name.endswith(suffixes) and os.path.isfile(path) and not os.path.islink(path):
                yield path


def decisions(paths):
    """What is wrong with how these files were checked: every one needs a decision of its own."""
    complaints = []
    for start in range(0, len(paths), 500):
        part = paths[start : start + 500]
        done = subprocess.run([cordon, "check", "--format", "json", "--max-source", "8MiB", *part],
                              capture_output=True, timeout=600)
        if done.returncode not in (0, 1):
            complaints.append(f"status {done.returncode}: {done.stderr[-300:]}")
            continue
        report = json.loads(done.stdout)
        complaints += [f"error: {error}" for error in report["errors"]]
        decided = {source["path"] for source in report["sources"]}
        complaints += [f"no decision: {path}" for path in part if path not in decided]
    return complaints


def calls_of_python(text):
    """Byte offsets of every call outside of f-strings, whose places CPython 3.11 gets wrong."""
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    calls, stack = set(), [ast.parse(text)]
    while stack:
        node = stack.pop()
        if isinstance(node, ast.JoinedStr):
            continue
        if isinstance(node, ast.Call):
            calls.add((starts[node.lineno - 1] + node.col_offset, starts[node.end_lineno - 1] + node.end_col_offset))
        stack.extend(ast.iter_child_nodes(node))
    return calls


def f_strings(text):
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    return [(starts[node.lineno - 1] + node.col_offset, starts[node.end_lineno - 1] + node.end_col_offset)
            for node in ast.walk(ast.parse(text)) if isinstance(node, ast.JoinedStr)]


def calls_agree(paths):
    texts = [open(path, "rb").read() for path in paths]
    stream = b"".join(b"%d\n%s" % (len(text), text) for text in texts)
    done = subprocess.run([corpus, "stream", "python"], input=stream, capture_output=True, timeout=600)
    lines = done.stdout.decode().splitlines()
    if done.returncode != 0 or len(lines) != len(texts):
        return [f"status {done.returncode}, {len(lines)} answers for {len(texts)} sources: {done.stderr[-300:]}"], 0
    complaints, compared = [], 0
    for path, text, line in zip(paths, texts, lines):
        if line.startswith("-"):
            continue
        try:
            expected, holes = calls_of_python(text), f_strings(text)
        except (SyntaxError, ValueError):
            continue  # the interpreter refuses it: nothing that runs
        seen = {tuple(map(int, word.split("~"))) for word in line.split() if "~" in word}
        seen = {call for call in seen if not any(start <= call[0] < end for start, end in holes)}
        expected = {call for call in expected if not any(start <= call[0] < end for start, end in holes)}
        compared += len(expected)
        complaints += [f"{path}: a call at {call} that only {who} sees"
                       for who, calls in (("CPython", expected - seen), ("cordon", seen - expected))
                       for call in sorted(calls)[:3]]
    return complaints, compared


python_files = sorted(files_below(stdlib, ".py"))
script_files = sorted(path for folder in npm_folders for path in files_below(folder, (".js", ".mjs", ".cjs")))
tap(f"{len(python_files)} files of the standard library end in a decision",
    decisions(python_files) or ([] if len(python_files) > 100 else ["no standard library"]))
tap(f"{len(script_files)} files of npm packages end in a decision",
    decisions(script_files) or ([] if script_files else ["no npm packages"]))
complaints, compared = calls_agree(python_files)
tap(f"{compared} calls of the standard library are where CPython sees them",
    complaints or ([] if compared > 10000 else ["too few calls to prove anything"]))
print(f"1..{count}")
sys.exit(bool(failures))
