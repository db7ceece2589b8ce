#!/usr/bin/env python3
"""pip and npm in a cell whose policy names them: from the registry that it names, into the scratch folder. Speaks TAP. The registry
is on loopback."""
import json
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
import peers
from scratch import scratch
from tap import claim, finish

program = os.environ["CORDON"]
folder = scratch("install")
folder.chmod(0o755)
environment = {**os.environ, "XDG_STATE_HOME": str(folder / "state")}
registry = peers.Registry()
secure = peers.Registry(peers.context(folder, peers.authority(folder), ["IP:127.0.0.1", "DNS:localhost"]))
stranger = peers.Registry()
LIMITS = "limits: {wall: 2m, cpu: 1m, memory: 512MiB, processes: 64}\n"
for name, url, more in (("plain", f"http://127.0.0.1:{registry.port}", ""),
                        ("tls", f"https://localhost:{secure.port}", f"gateway: {{ca: ./authority.pem, intercept: ['localhost:{secure.port}']}}\n")):
    (folder / f"{name}.yaml").write_text(f"extends: agent\n{LIMITS}{more}install:\n  pip: {url}/simple/\n  npm: {url}/\n")

PIP = """
import subprocess, sys, os
done = subprocess.run(["pip", "install", *OPTIONS, "greeter"], capture_output=True, text=True)
print(done.returncode, done.stdout, done.stderr)
sys.path.insert(0, "/scratch/packages")
try:
    import greeter
    print("import", greeter.hello(), greeter.__file__)
except ImportError as error:
    print(error)
print(sorted(os.listdir("/scratch")))
"""
NPM = """
const {spawnSync} = require("child_process");
const done = spawnSync("npm", ["install", ...OPTIONS, "greeter"], {encoding: "utf8"});
console.log(done.status, done.stdout, done.stderr, done.error);
try { console.log("require", require("greeter")(), require.resolve("greeter")); } catch (error) { console.log(error.code); }
console.log(require("fs").readdirSync("/scratch").sort());
"""


def cell(code, suffix, policy, *options, gate="enforce", words=()):
    path = folder / f"program.{suffix}"
    path.write_text(code.replace("OPTIONS", json.dumps(list(words)), 1))
    path.chmod(0o644)
    done = subprocess.run([program, "run", "--gate", gate, "--format", "json", "--policy", folder / policy if policy else "agent", *options, path],
                          env=environment, capture_output=True, text=True, timeout=200, stdin=subprocess.DEVNULL)
    return json.loads(done.stdout)




def said(record):
    return record["result"]["stdout"] + record["result"]["stderr"]


for suffix, code, found, name in (("py", PIP, "import hello from greeter /scratch/packages/greeter/", "pip"),
                                  ("js", NPM, "require hello from greeter /scratch/node_modules/greeter/", "npm")):
    for policy, server in (("plain.yaml", registry), ("tls.yaml", secure)):
        record = cell(code, suffix, policy)
        claim(f"{name}, {policy}: the check lets it pass and it installs", found in said(record), record)
        told = record["result"].get("network", {}).get("connections", [])
        claim(f"{name}, {policy}: it is on record, and only read", told and all(t["method"] == "GET" and t["port"] == server.port for t in told) and
              all(r[0] == "GET" for r in server.requests), told)
    record = cell(code, suffix, "plain.yaml", words=["--index-url" if suffix == "py" else "--registry", f"http://127.0.0.1:{stranger.port}/"])
    claim(f"{name}: no other registry", found not in said(record) and not stranger.requests, said(record))
    record = cell(code, suffix, None)
    claim(f"{name}: rejected by the check without the policy", record["verdict"]["decision"] == "reject" and
          record["result"]["ended"] == "refused", record["result"])
    record = cell(code, suffix, None, "--allow-net", f"127.0.0.1:{registry.port}", gate="warn")
    claim(f"{name}: not there without the policy", found not in said(record), said(record))
claim("no script of a package has run", "script-has-run" not in said(cell(NPM, "js", "plain.yaml")))

for text, wanted in (("install: {pib: http://a.example/}", "did you mean 'pip'?"), ("install: {pip: ftp://a.example/}", "no http or https URL"),
                     ("install: {pip: 'http://u:p@a.example/'}", "no http or https URL"), ("install: {npm: {hosts: [a.example]}}", "without 'registry'"),
                     ("install: {npm: {registri: x}}", "did you mean 'registry'?"), ("install: [pip]", "must be a mapping")):
    (folder / "wrong.yaml").write_text(text + "\n")
    done = subprocess.run([program, "policy", "check", folder / "wrong.yaml"], env=environment, capture_output=True, text=True)
    claim(f"{text}: told with its place", done.returncode == 2 and wanted in done.stderr and "wrong.yaml:1:" in done.stderr, done)

finish()
