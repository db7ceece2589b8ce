#!/usr/bin/env python3
"""Which host a request goes to, where the code tells: the beginning of a URL whose rest is not known, through names and whatever puts
texts together. Speaks TAP. Each line of a program that asks is one case."""
import json
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
from scratch import scratch  # noqa: E402

program = os.environ["CORDON"]
folder = scratch("hosts")
KNOWN = {".py": r'''
import requests
BASE = "https://h.example"
ROOT = f"{BASE}/api"
PORT = 8443
def f(x, y):
    url = f"https://h.example/{x}"
    requests.get(url)
    u2 = "https://h.example/" + x
    requests.get(u2)
    requests.get(f"{u2}/z")
    requests.get("https://h.example/%s" % x)
    requests.get("https://h.example/{}".format(x))
    u3 = "https://h.example/{0}/{1}".format(x, y)
    requests.get(u3)
    requests.get(ROOT + "/" + x)
    requests.get(f"{ROOT}/{x}")
    requests.get(BASE + "/" + x)
    requests.get(f"https://h.example?q={x}")
    requests.get(f"https://h.example#{x}")
    u4 = ("https://h.example/"
          f"{x}")
    requests.get(u4)
    requests.get(f"https://h.example:{PORT}/{x}")
    u5 = ("https://h.example/" + x)
    requests.get((u5))
''', ".js": r'''
const base = 'https://h.example', root = base + '/api';
async function f(x) {
  const url = `https://h.example/${x}`;
  await fetch(url);
  await fetch(root + '/' + x);
  await fetch(`${root}/${x}`);
  let other = 'https://h.example/' + x;
  await fetch(other);
  await fetch('https://h.example/'.concat(x));
  await fetch(`https://h.example?${x}`);
}
'''}
UNKNOWN = {".py": r'''
import requests
BASE = "https://h.example"
AT = "https://h.example@"
OPEN = "https://h.example"
def f(x, y, c):
    requests.get(f"https://h.example{x}")
    requests.get(f"https://h.example@{x}/")
    requests.get(f"https://{x}")
    requests.get(f"https://{x}/h.example/")
    requests.get(f"https://h.example:{x}/")
    requests.get(f"https://user@h.example/{x}")
    requests.get(f"https://h.example\\@evil.example/{x}")
    requests.get(f"https://h.example\t.evil.example/{x}")
    requests.get(f"https://h.example\0/{x}")
    requests.get(f" https://h.example/{x}")
    requests.get(f"{x}https://h.example/")
    requests.get("https://%s/h" % x)
    requests.get("https://h.example%s/" % x)
    requests.get("%shttps://h.example/" % x)
    requests.get("https://h.example{}/".format(x))
    requests.get("https://{}/".format(x))
    requests.get(BASE + x)
    requests.get(f"{AT}{x}/")
    requests.get(f"{BASE!r}/{x}")
    requests.get(f"{BASE:>40}/{x}")
    requests.get(f"{BASE=}/{x}")
    requests.get(b"https://h.example/" + x)
    url = f"https://h.example/{x}"
    if c: url = x
    requests.get(url)
    for _ in y:
        loop = loop + x if c else f"https://h.example/{x}"
        requests.get(loop)
    requests.get(f"https://h.example%2eevil.example/{x}")
    requests.get(f"https:/h.example/{x}")
    requests.get(f"https:\\\\h.example/{x}")
    requests.get("https://h.example/".replace("h", x))
def g(url=f"https://h.example/{BASE}{OPEN}"):
    requests.get(url)
def h(x):
    global OPEN
    OPEN = x
    requests.get(OPEN + "/a" + x)
''', ".js": r'''
const base = 'https://h.example';
let moved = 'https://h.example/';
async function f(x) {
  await fetch(base + x);
  await fetch(`https://h.example${x}/`);
  await fetch(`https://h.example@${x}/`);
  await fetch(`https://h.example\\${x}/`);
  await fetch('https://h.example\\@evil.example/' + x);
  await fetch('https://h.exam\tple/' + x);
  await fetch(`https:${x}//h.example/`);
  await fetch('https://h.example'.concat(x));
  await fetch(moved + x);
}
function g(y) { moved = y; }
'''}
number = 0
failures = []


def claim(name, holds, detail):
    global number
    number += 1
    print(f"{'ok' if holds else 'not ok'} {number} - {name}", flush=True)
    if not holds:
        failures.append(name)
        print(f"# {detail}")


def hosts(code, suffix):
    """{line: [argument of its net capability]}; None is a host that is not known."""
    path = folder / f"case{suffix}"
    path.write_text(code)
    done = subprocess.run([program, "check", "--no-log", "--policy", folder / "policy.yaml", "--format", "json", path], capture_output=True, text=True, timeout=60)
    found = {}
    for finding in json.loads(done.stdout)["sources"][0]["findings"]:
        if finding.get("capability") == "net":
            found.setdefault(finding["start"]["line"], []).append(finding["argument"])
    return found


(folder / "policy.yaml").write_text("extends: agent\nlog: {optional: true}\n")
for programs, is_known in ((KNOWN, True), (UNKNOWN, False)):
    for suffix, code in programs.items():
        found = hosts(code, suffix)
        for line, text in enumerate(code.splitlines(), 1):
            if "requests.get(" not in text and "fetch(" not in text:
                continue
            arguments = found.get(line, [])
            holds = arguments and all((one or "").startswith("h.example:") for one in arguments) if is_known else None in arguments
            claim(f"{'known' if is_known else 'not known'}: {text.strip()}", holds, arguments)
print(f"1..{number}")
sys.exit(1 if failures else 0)
