#!/usr/bin/env python3
"""A tool of the host's: a JSON object on standard input, JSON on standard output. What it says on standard error when it fails is
what the program reads."""
import json
import sys

PRICES = {"A-7": 250, "B-2": 100}
given = json.load(sys.stdin)
if given["article"] not in PRICES:
    sys.exit(f"there is no article {given['article']}")
print(json.dumps(given["month"] * 3 if "--sales" in sys.argv else PRICES[given["article"]]))
