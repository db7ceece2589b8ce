#!/usr/bin/env python3
"""Which host a class's own constant leads to: self.BASE is known where nothing in the source can make it another text, and in no
other case. Each case is a class whose method `get` asks for self.BASE with a path. Speaks TAP."""
import json
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
from scratch import scratch  # noqa: E402

program = os.environ["CORDON"]
folder = scratch("members")
BODY = 'BASE = "https://h.example"'
MADE = 'def __init__(self): self.BASE = "https://h.example"'
ASKS = 'def {}: return requests.get(self.BASE + "/" + p)'
EVIL = '"https://evil.example"'


def source(before="", bases="", body=BODY, behind=""):
    inside = "\n".join("    " + line for line in [*body.splitlines(), *ASKS.format("get(self, p)").splitlines()])
    return f"import requests\n{before}\nclass C{bases}:\n{inside}\n{behind}\n"


KNOWN = [
    source(), source(body=MADE), source(behind='C().get("x")'), source(body=MADE, behind='c = C()\nprint(c.get("x"))'),
    source(bases="(object)"), source(before="from abc import ABC", bases="(ABC)"), source(body='BASE: str = "https://h.example"'),
    source(before='URL = "https://h.example"', body="BASE = URL"), source(behind="def f(c: C) -> C: return c\nprint(type(C()).__name__)"),
    source(behind="print(C.BASE)"), source(body=BODY + "\n@property\n" + ASKS.format("all(self, p=1)")),
    source(body=BODY + "\n@classmethod\n" + ASKS.format("all(cls, p)").replace("self", "cls")),
]
UNKNOWN = [
    # another value, in every place where one can be given
    *(source(behind=f"c = C()\n{line}") for line in (
        f"c.BASE = {EVIL}", f"C.BASE = {EVIL}", f"for C.BASE in [{EVIL}]: pass", f"c.BASE, y = {EVIL}, 1", f"[c.BASE, y] = {EVIL}, 1",
        f"(c.BASE) = {EVIL}", f"*c.BASE, y = {EVIL}, 1", "with open('x') as C.BASE: pass", "with open('x') as (C.BASE, y): pass",
        f"[0 for C.BASE in [{EVIL}]]", "C.BASE += '.evil.example'", "del C.BASE", "del (c, C.BASE)", f"x.y.BASE = {EVIL}", f"x[0].BASE = {EVIL}",
        "with a() as b, f() as C.BASE: pass", "async def f():\n    async for C.BASE in g(): pass",
        f"setattr(C, 'BA' + 'SE', {EVIL})", f"vars(c)['BA' + 'SE'] = {EVIL}", "c.__dict__.update(x)", f"type(c).BASE = {EVIL}",
        "object.__setattr__(c, x, y)", "from unittest import mock\nmock.patch.object(C, x, y).start()")),
    *(source(body=f"{BODY}\n{line}") for line in (
        "BASE = input()", "def BASE(self): pass", f"for BASE in [{EVIL}]: pass", "def __getattribute__(self, n): return x", "(BASE := input())",
        "import os as BASE", "class BASE: pass", "try: pass\nexcept Exception as BASE: pass", "def set(self, u): self.BASE = u",
        "def set(self, u): self.__class__.BASE = u", "@classmethod\ndef set(cls, u): cls.BASE = u", "def __new__(cls, u): return u")),
    source(body=MADE + "\ndef set(self, u): self.BASE = u"), source(body='def __init__(self, base="https://h.example"): self.BASE = base'),
    source(body=f"if x: {BODY}\nelse: BASE = input()"),
    # another object
    *(source(behind=f"c = C()\n{line}") for line in (
        "t = type(c)\nt.get(other, 'x')", "type(c).get(other, 'x')", "C.get(other, 'x')", "g = C.get\ng(other, 'x')", "D = C\nD.get(other, 'x')",
        "[C][0].get(other, 'x')", "import functools\nfunctools.partial(C.get, other)('x')", "c.get.__func__(other, 'x')", "@C.get\ndef f(): pass",
        "f(C)", "from x import *", "globals()['C'].get(other, 1)")),
    # another class
    *(source(behind=line) for line in (
        f"class D(C):\n    BASE = {EVIL}", "class D(C):\n    @property\n    def BASE(self): return x", "class C:\n    pass", "C = other",
        f"D = type('D', (C,), {{'BASE': {EVIL}}})", f"D = type('D', (C,), dict(BASE={EVIL}))")),
    source(bases="(Other)"), source(bases="(metaclass=M)"), source(bases="(object, metaclass=M)"),
    source(before="from dataclasses import dataclass\n@dataclass", body='BASE: str = "https://h.example"'), source(before="@wrap"),
]
# Not the method's own object: the line that asks is the case's, and `get` stays known.
OTHERS = [
    source(body=f"{BODY}\n{line}") for line in (
        "@staticmethod\n" + ASKS.format("other(self, p)"), "@wrap\n" + ASKS.format("other(self, p)"), ASKS.format("other(this, self, p)"),
        ASKS.format("other(self, p)") + "\nother = staticmethod(other)",
        'def other(self, p):\n    self = p\n    return requests.get(self.BASE + "/" + p)',
        'def other(self, p): return [requests.get(self.BASE + "/" + p) for self in p]',
        'def other(self, p): return (lambda self: requests.get(self.BASE + "/" + p))(p)',
        'def other(self, p):\n    def f(self): return requests.get(self.BASE + "/" + p)\n    return f(p)',
        "def __getitem__(self, p): return requests.get(self.BASE + \"/\" + p)".replace("__getitem__", "__class_getitem__"))
] + [source(behind=ASKS.format("other(self, p)")), source(behind="class E:\n    " + ASKS.format("other(self, p)"))]
number = 0
failures = 0


def claim(code, holds, detail):
    global number, failures
    number += 1
    failures += not holds
    print(f"{'ok' if holds else 'not ok'} {number} - case {number}", flush=True)
    if not holds:
        print("\n".join("# " + line for line in [*code.splitlines(), str(detail)]), flush=True)


def hosts(code):
    """Of each line that asks, in order: whether its host is known to be h.example."""
    compile(code, "case", "exec")
    path = folder / "case.py"
    path.write_text(code)
    done = subprocess.run([program, "check", "--no-log", "--policy", folder / "policy.yaml", "--format", "json", path], capture_output=True, text=True, timeout=60)
    found = {}
    for finding in json.loads(done.stdout)["sources"][0]["findings"]:
        if finding.get("capability") == "net":
            found.setdefault(finding["start"]["line"], set()).add(finding["argument"])
    return [found.get(line) == {"h.example:443"} for line, text in enumerate(code.splitlines(), 1) if "requests.get(" in text]


(folder / "policy.yaml").write_text("extends: agent\nlog: {optional: true}\n")
for code in KNOWN:
    claim(code, all(hosts(code)), "known")
for code in UNKNOWN:
    claim(code, not any(hosts(code)), "not known")
for code in OTHERS:
    answers = hosts(code)
    claim(code, len(answers) == 2 and answers.count(False) == 1, f"one of two known: {answers}")
print(f"1..{number}")
sys.exit(1 if failures else 0)
