"""What a test of the gateway claims, in TAP."""
import sys

_number = 0
_failures = []


def claim(name, holds, detail=""):
    """One line of TAP; what was found instead where it does not hold."""
    global _number
    _number += 1
    print(f"{'ok' if holds else 'not ok'} {_number} - {name}", flush=True)
    if not holds:
        _failures.append(name)
        print("\n".join("# " + line for line in str(detail)[:3000].splitlines()), flush=True)


def finish():
    """Behind the last claim."""
    print(f"1..{_number}")
    sys.exit(1 if _failures else 0)
