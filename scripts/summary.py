#!/usr/bin/env python3
"""Adds up what meson's JUnit logs say and prints one line: N passed, N failed, N skipped.

A skipped test of the suite hostile is a failure: an escape that was not shown is not stopped."""
import sys
import xml.etree.ElementTree as tree

WORDS_MAX = 60  # lines of what a failed test said


def words_of(suite, name):
    """What the test printed of this failure: TAP's comments behind its line, or else the end of all it said."""
    said = "\n".join((suite.findtext(kind) or "") for kind in ("system-out", "system-err")).splitlines()
    at = next((i for i, line in enumerate(said) if line.startswith(f"not ok {name}")), None)
    if at is None:
        return said[-WORDS_MAX:]
    end = next((i for i in range(at + 1, len(said)) if said[i].startswith(("ok ", "not ok "))), len(said))
    return said[at + 1:end][:WORDS_MAX]


passed = failed = skipped = 0
for path in sys.argv[1:]:
    for suite in tree.parse(path).getroot().iter("testsuite"):
        for case in suite.iter("testcase"):
            if case.find("failure") is not None or case.find("error") is not None:
                failed += 1
                print(f"failed: {suite.get('name')}: {case.get('name')}")
                for line in words_of(suite, case.get("name")):
                    print("    " + line)
            elif case.find("skipped") is not None:
                skipped += 1
                print(f"skipped: {suite.get('name')}: {case.get('name')}")
                if "hostile" in (suite.get("name") or ""):
                    failed += 1
            else:
                passed += 1
print(f"{passed} passed, {failed} failed, {skipped} skipped")
sys.exit(1 if failed else 0)
