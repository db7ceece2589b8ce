#!/usr/bin/env python3
"""Many requests through one cell leave nothing behind in the process that serves them: no descriptor, no memory. Speaks TAP."""
import json
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
import peers
from scratch import scratch

program = os.environ["CORDON"]
folder = scratch("load")
private = peers.authority(folder)
plain = peers.Peer("plain")
secure = peers.Peer("secure", peers.context(folder, private, ["DNS:localhost"]))
REQUESTS = 10000  # as many as the gateway takes of one cell; one more is turned away
(folder / "policy.yaml").write_text(f"""
extends: agent
limits: {{wall: 10m, cpu: 10m}}
gateway: {{ca: ./authority.pem}}
grants:
  - net: 127.0.0.1:{plain.port}
secrets:
  plain: {{from: {{env: PLAIN_KEY}}, host: "http://127.0.0.1:{plain.port}", header: "X-Key: {{}}", paths: /now}}
  secure: {{from: {{env: SECURE_KEY}}, host: "localhost:{secure.port}", header: "X-Key: {{}}"}}
""")
# One in ten with TLS and one refused, the rest with a secret and without one, in turns.
(folder / "program.py").write_text(f"""
import socket, sys
def ask(url, host):
    s = socket.create_connection(("127.0.0.1", 3128))
    s.sendall(f"GET {{url}} HTTP/1.1\\r\\nHost: {{host}}\\r\\n\\r\\n".encode())
    answer = b""
    while part := s.recv(65536): answer += part
    s.close()
    return answer[9:12]
counts = {{}}
for i in range({REQUESTS}):
    if i % 1000 == 900:
        print(i, flush=True); sys.stdin.readline()
    if i % 10 == 0: kind, got = "secure", ask("http://secure.cordon.internal/now", "secure.cordon.internal")
    elif i % 10 == 1: kind, got = "refused", ask("http://elsewhere.example/", "elsewhere.example")
    elif i % 2: kind, got = "secret", ask("http://plain.cordon.internal/now", "plain.cordon.internal")
    else: kind, got = "plain", ask("http://127.0.0.1:{plain.port}/other", "127.0.0.1:{plain.port}")
    counts[kind, got] = counts.get((kind, got), 0) + 1
print(sorted(counts.items()))
try: more = ask("http://127.0.0.1:{plain.port}/other", "127.0.0.1:{plain.port}")
except OSError: more = b""
print(more)
""")
environment = {**os.environ, "XDG_STATE_HOME": str(folder / "state"), "PLAIN_KEY": "plain-key-0123", "SECURE_KEY": "secure-key-0123"}
run = subprocess.Popen([program, "run", "--gate", "warn", "--log", folder / "log", "--policy", folder / "policy.yaml", folder / "program.py"], env=environment,
                       stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def used():
    status = pathlib.Path(f"/proc/{run.pid}/status").read_text()
    field = {line.split(":")[0]: line.split()[1] for line in status.splitlines() if ":" in line and len(line.split()) > 1}
    locked = int(field["VmLck"])
    return len(os.listdir(f"/proc/{run.pid}/fd")), int(field["VmRSS"]), locked


samples, said, more = [], "", ""
for line in run.stdout:
    said, more = more, line
    if line.strip().isdigit():
        samples.append(used())
        run.stdin.write("\n")
        run.stdin.flush()
complaints = run.stderr.read()
status = run.wait()
log = next(p for p in (folder / "log").rglob("*.jsonl")) if (folder / "log").is_dir() else folder / "log"
network = next(r["result"]["network"] for r in map(json.loads, log.read_text().splitlines()) if r.get("result", {}).get("network"))
recorded = {}
for entry in network["connections"]:
    kind = entry.get("secret", "plain" if entry["decision"] == "allow" else "refused"), entry["decision"]
    recorded[kind] = recorded.get(kind, 0) + entry.get("count", 1)
checks = [
    ("every one is on record", network["dropped"] == 1 and sum(recorded.values()) == REQUESTS and
     recorded["refused", "refuse"] == REQUESTS // 10 and recorded["secure", "allow"] == REQUESTS // 10, (recorded, network["dropped"])),
    ("the next one is turned away", more.strip() == "b''", more),
    ("the program ended well", status == 0, (status, complaints[-500:])),
    ("every request was answered as it should be", f"(('plain', b'200'), {REQUESTS * 4 // 10})" in said and
     f"(('refused', b'403'), {REQUESTS // 10})" in said and f"(('secret', b'200'), {REQUESTS * 4 // 10})" in said and
     f"(('secure', b'200'), {REQUESTS // 10})" in said, said),
    ("no descriptor is left open", samples and abs(samples[-1][0] - samples[0][0]) <= 2, samples),
    *([] if os.environ.get("CORDON_IS_SANITIZED") else [  # a sanitizer keeps what is freed, and looks for leaks itself
        ("no memory is left", samples and samples[-1][1] - samples[0][1] < 2048, samples)]),
    ("no locked memory is left", samples and samples[-1][2] <= samples[0][2], samples),
]
print(f"1..{len(checks)}")
for number, (name, holds, detail) in enumerate(checks, 1):
    print(f"{'ok' if holds else 'not ok'} {number} - {name}\n# {detail}")
sys.exit(0 if all(check[1] for check in checks) else 1)
