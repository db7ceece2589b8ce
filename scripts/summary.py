#!/usr/bin/env python3
"""Adds up what meson's JUnit logs say and prints one line: N passed, N failed, N skipped.

A skipped test of the suite hostile is a failure for root, and so in CI: an escape that was not shown is not stopped. An
ordinary user cannot show every one of them."""
import os
import sys
import xml.etree.ElementTree as tree

passed = failed = skipped = 0
for path in sys.argv[1:]:
    for suite in tree.parse(path).getroot().iter("testsuite"):
        for case in suite.iter("testcase"):
            if case.find("failure") is not None or case.find("error") is not None:
                failed += 1
                print(f"failed: {suite.get('name')}: {case.get('name')}")
            elif case.find("skipped") is not None:
                skipped += 1
                print(f"skipped: {suite.get('name')}: {case.get('name')}")
                if os.getuid() == 0 and "hostile" in (suite.get("name") or ""):
                    failed += 1
            else:
                passed += 1
print(f"{passed} passed, {failed} failed, {skipped} skipped")
sys.exit(1 if failed else 0)
