#!/usr/bin/env python3
"""Evasions that must be rejected, each by a rule of the family that it belongs to. Speaks TAP. Nothing of them is run.

A case of `*.cases` is a line `=== NAME | FAMILY[, FAMILY]` and the program below it; an id that begins with one of the
families must reject it. The test first shows that an ordinary program passes, so that a check that rejects all fails."""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

cordon, folder = sys.argv[1], pathlib.Path(__file__).parent
ORDINARY = {".py": "print(sum(range(10)))\n", ".js": "console.log([1, 2].map((x) => x + 1));\n", ".sh": "echo done\n"}
ENDINGS = {"python": ".py", "javascript": ".js", "bash": ".sh"}


def cases_of(path):
    parts = re.split(r"(?m)^=== (.*?) \| (.*)\n", path.read_text())
    return [(parts[i], [f.strip() for f in parts[i + 1].split(",")], parts[i + 2]) for i in range(1, len(parts), 3)]


def rejecting(source):
    """The ids of what rejects: capabilities that are not granted, and findings of at least error."""
    return [f["rule_id"] for f in source["findings"] if f.get("capability") or f["severity"] in ("error", "critical")]


def main():
    cases = [(path.stem, *case) for path in sorted(folder.glob("*.cases")) for case in cases_of(path)]
    names = sorted({language for language, *_ in cases})
    print(f"1..{len(cases) + len(names)}")
    with tempfile.TemporaryDirectory() as scratch:
        programs = [(ENDINGS[language], program) for language, _, _, program in cases]
        programs += [(ENDINGS[language], ORDINARY[ENDINGS[language]]) for language in names]
        for number, (ending, program) in enumerate(programs):
            pathlib.Path(scratch, f"{number}{ending}").write_text(program)
        done = subprocess.run([cordon, "check", "--format", "json", scratch], capture_output=True, text=True)
        sources = {int(pathlib.Path(s["path"]).stem): s for s in json.loads(done.stdout)["sources"]}
    for number, (language, name, families, _) in enumerate(cases):
        source = sources[number]
        ids = rejecting(source)
        is_expected = source["decision"] == "reject" and any(i.startswith(f) for i in ids for f in families)
        print(f"{'ok' if is_expected else 'not ok'} {number + 1} - {language}: {name}")
        if not is_expected:
            print(f"# {source['decision']}, expected {families}, found {[f['rule_id'] for f in source['findings']]}")
    for number, language in enumerate(names, len(cases)):
        is_approved = sources[number]["decision"] == "approve"
        print(f"{'ok' if is_approved else 'not ok'} {number + 1} - {language}: an ordinary program passes")


main()
