#!/usr/bin/env python3
"""Ordinary programs that must be approved under the default profile. Speaks TAP.

A case of `*.cases` is a line `=== NAME` and the program below it. The test first shows that a program with a call of eval is
rejected, so that a check that approves all fails."""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

cordon, folder = sys.argv[1], pathlib.Path(__file__).parent
ENDINGS = {"python": ".py", "javascript": ".mjs", "bash": ".sh"}


def ending_of(language, program):
    return ".js" if language == "javascript" and "require(" in program else ENDINGS[language]


def main():
    cases = []
    for path in sorted(folder.glob("*.cases")):
        parts = re.split(r"(?m)^=== (.*)\n", path.read_text())
        cases += [(path.stem, parts[i], parts[i + 1]) for i in range(1, len(parts), 2)]
    print(f"1..{len(cases) + 1}")
    with tempfile.TemporaryDirectory() as scratch:
        for number, (language, _, program) in enumerate(cases):
            pathlib.Path(scratch, f"{number}{ending_of(language, program)}").write_text(program)
        pathlib.Path(scratch, f"{len(cases)}.py").write_text("print(eval(input()))\n")
        done = subprocess.run([cordon, "check", "--format", "json", scratch], capture_output=True, text=True)
        sources = {int(pathlib.Path(s["path"]).stem): s for s in json.loads(done.stdout)["sources"]}
    for number, (language, name, _) in enumerate(cases):
        is_approved = number in sources and sources[number]["decision"] == "approve"
        print(f"{'ok' if is_approved else 'not ok'} {number + 1} - {language}: {name}")
        for finding in [] if is_approved else sources.get(number, {"findings": []})["findings"]:
            print(f"# line {finding['start']['line']}: {finding['rule_id']}")
    is_rejected = sources[len(cases)]["decision"] == "reject"
    print(f"{'ok' if is_rejected else 'not ok'} {len(cases) + 1} - a program that runs text is rejected")


main()
