#!/usr/bin/env python3
"""What a run does outside its cell is in the audit log as it happens: each decision and connection of the gateway, each call of a
tool; also when the supervisor is killed, and nothing goes ahead that cannot be written. Speaks TAP."""
import http.client
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
import peers
from scratch import scratch
from tap import claim, finish

program = os.environ["CORDON"]
folder = scratch("events")
folder.chmod(0o755)
SECRET = "sk-" + os.urandom(12).hex()
environment = {**os.environ, "XDG_STATE_HOME": str(folder / "state"), "EVENT_KEY": SECRET}
environment.pop("CORDON_LOG", None)
peer = peers.Peer("the granted host")
mute = socket.create_server(("127.0.0.1", 0))  # takes connections and says nothing
mute_port = mute.getsockname()[1]
tool = folder / "note.py"
tool.write_text("#!/usr/bin/python3\nimport json, sys\ngiven = json.load(sys.stdin)\n"
                f"open({str(folder / 'done')!r}, 'a').write(given['what'] + '\\n')\nprint(json.dumps(given['what']))\n")
tool.chmod(0o755)
POLICY = f"""
extends: agent
grants:
  - net: ["127.0.0.1:{peer.port}", "127.0.0.1:{mute_port}", "127.0.0.1:1"]
  - tool: [note, broken]
secrets:
  key: {{from: {{env: EVENT_KEY}}, host: "http://127.0.0.1:{peer.port}", header: "Authorization: Bearer {{}}", paths: [/secret]}}
tools:
  note:
    command: [./note.py]
    parameters: {{type: object, properties: {{what: {{type: string}}}}, required: [what]}}
  broken: {{command: [sh, -c, "echo 'no such order' >&2; exit 1"]}}
"""
(folder / "policy.yaml").write_text(POLICY)
(folder / "few.yaml").write_text("extends: ./policy.yaml\nlog: {events: 20}\n")
(folder / "report.yaml").write_text("extends: ./policy.yaml\nmode: report\n")
PRELUDE = f"""
import time, urllib.error, urllib.request
from cordon import tools
H = "http://127.0.0.1:{peer.port}"
def get(url):
    try: return urllib.request.urlopen(url).status
    except urllib.error.HTTPError as error: return error.read().decode()
"""
PROGRAM = PRELUDE + """
print(get(H + "/a"), get(H + "/secret"), get("http://127.0.0.1:1/"), get("http://127.0.0.1:2/"), get("http://key.cordon.internal/other"))
print(tools.note(what="one"))
for tool, given in ((tools.note, {"what": 1}), (tools.broken, {})):
    try: tool(**given)
    except Exception as error: print(error)
"""
NODE = f"""
const {{ tools }} = require('cordon');
(async () => {{
  const one = await fetch('http://127.0.0.1:{peer.port}/a'), two = await fetch('http://127.0.0.1:2/');
  console.log(one.status, two.status, await tools.note({{ what: 'two' }}));
}})();
"""


def write(code, suffix=".py"):
    path = folder / f"program{suffix}"
    path.write_text(code)
    path.chmod(0o644)
    return path


def command(log, code, policy="policy.yaml", suffix=".py"):
    return [program, "run", "--policy", folder / policy, "--gate", "warn", "--format", "json", "--log", log, "--timeout", "60s", write(code, suffix)]


def records(log):
    return [json.loads(line) for line in pathlib.Path(log).read_text().splitlines()]


def events(log, run=None):
    """Those of one run, by default the last that began."""
    all_records = records(log)
    run = run or [r["id"] for r in all_records if r["event"] == "run.start"][-1]
    return [r for r in all_records if r.get("id") == run]


def brief(found):
    """Decisions and connections by their number, then calls: what is over is written when it is, whatever has begun since."""
    def place(record):
        sort = ["run.start", "gateway", "tool"].index(record["event"] if record["event"] == "run.start" else record["event"].split(".")[0]) \
            if record["event"] not in ("run.end", "run.events") else 3
        return sort, record["connection"] if sort == 1 else 0
    return [(r["event"], r.get("decision") or r.get("outcome") or r.get("connected")) for r in sorted(found, key=place)]


def is_intact(log):
    done = subprocess.run([program, "log", "verify", "--log", log], env=environment, capture_output=True, text=True, timeout=60)
    return done.returncode == 0 and done.stdout.startswith("intact")


def wait_for(what, seconds=60):
    until = time.time() + seconds
    while not what() and time.time() < until:
        time.sleep(0.02)
    return what()


# ---- what is in the log ----
log = folder / "log.jsonl"
done = subprocess.run(command(log, PROGRAM), env=environment, capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL)
record = json.loads(done.stdout)
found = events(log)
claim("a run has an event for each decision, connection and call, in their order", brief(found) == [
    ("run.start", "reject"), ("gateway.decision", "allow"), ("gateway.connection", True), ("gateway.decision", "allow"), ("gateway.connection", True),
    ("gateway.decision", "allow"), ("gateway.connection", False), ("gateway.decision", "refuse"), ("gateway.decision", "refuse"),
    ("tool.call", "allow"), ("tool.end", "ok"), ("tool.call", "refuse"), ("tool.call", "allow"), ("tool.end", "failed"), ("run.end", None)], (done, found))
first, second = [r for r in found if r["event"] == "gateway.connection"][:2]
claim("a connection has host, port, address, bytes, time and its decision's number", (first["host"], first["port"], first["address"], first["method"], first["connection"])
      == ("127.0.0.1", peer.port, "127.0.0.1", "GET", 1) and first["sent_bytes"] > 20 and first["received_bytes"] > 20 and "ms" in first and "secret" not in first
      and second["connection"] == 2 and second["secret"] == "key", found)
claim("a refusal says why", [r["reason"] for r in found if r.get("decision") == "refuse"] ==
      ["not granted", "the secret is not for this path", "note: the arguments: .what: is not string"], found)
call, end = [r for r in found if r["event"].startswith("tool.")][:2]
claim("a call has its tool, sizes, digests and time, and not what was said", (call["tool"], call["call"], end["call"], end["result_bytes"]) == ("note", 1, 1, 5)
      and len(call["arguments_sha256"]) == len(end["result_sha256"]) == 64 and "ms" in end and '"one"' not in log.read_text(), found)
claim("the secret is not in the log", SECRET not in log.read_text() and SECRET in str(peer.requests))
claim("the end counts what is on record", found[-1]["result"]["events"] == record["result"]["events"] == {"recorded": 13, "unrecorded": 0}, found[-1]["result"].get("events"))
claim("and the chain is whole", is_intact(log))
shown = subprocess.run([program, "log", "show", "--log", log, "--id", found[0]["id"]], env=environment, capture_output=True, text=True).stdout
claim("`cordon log show` tells them", f"GET 127.0.0.1:{peer.port} at 127.0.0.1, secret key, " in shown and "note, 15 bytes" in shown
      and "GET 127.0.0.1:2: not granted" in shown, shown)
only = subprocess.run([program, "log", "show", "--log", log, "--event", "gateway"], env=environment, capture_output=True, text=True).stdout
claim("and by their sort", only.count("gateway.") == 8 == len(only.splitlines()), only)
subprocess.run([program, "log", "report", "--log", log, "--html", folder / "page.html"], env=environment, check=True, capture_output=True)
page = (folder / "page.html").read_text()
claim("the page has them in the card of their run", page.count("<details") == 2 and "GET 127.0.0.1:2: not granted" in page and "tool.end" in page, page[-3000:])
done = subprocess.run(command(log, NODE, suffix=".js"), env=environment, capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL)
claim("a Node program's as well", brief(events(log)) == [
    ("run.start", "reject"), ("gateway.decision", "allow"), ("gateway.connection", True), ("gateway.decision", "refuse"), ("tool.call", "allow"), ("tool.end", "ok"),
    ("run.end", None)], (done, brief(events(log))))

# ---- a supervisor that is killed ----
log = folder / "killed.jsonl"
peer.requests.clear()
(folder / "done").unlink()
running = subprocess.Popen(command(log, PRELUDE + 'get(H + "/before"); get("http://127.0.0.1:2/"); tools.note(what="before"); get("http://127.0.0.1:%d/")' % mute_port),
                           env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
mute.settimeout(60)
held = mute.accept()[0]
claim("(the program is at work)", held.recv(4) == b"GET " and wait_for(lambda: "gateway.connection" in log.read_text()))
running.send_signal(signal.SIGKILL)
running.wait()
claim("a supervisor that is killed leaves what had happened, and what was under way", brief(events(log)) == [
    ("run.start", "reject"), ("gateway.decision", "allow"), ("gateway.connection", True), ("gateway.decision", "refuse"), ("gateway.decision", "allow"),
    ("tool.call", "allow"), ("tool.end", "ok")], brief(events(log)))
claim("in a chain that is whole", is_intact(log))
subprocess.run([program, "log", "report", "--log", log, "--html", folder / "page.html"], env=environment, check=True, capture_output=True)
page = (folder / "page.html").read_text()
claim("the page shows them for a run without an end", "no end" in page and "note, " in page, page[-3000:])
subprocess.run(command(log, "print(1)"), env=environment, capture_output=True, timeout=120, stdin=subprocess.DEVNULL)
claim("and the next run goes on behind it", brief(events(log)) == [("run.start", "approve"), ("run.end", None)] and is_intact(log), brief(events(log)))

# ---- a log that cannot be written ----
log = folder / "lost.jsonl"
peer.requests.clear()
(folder / "done").unlink()
running = subprocess.Popen(command(log, PRELUDE + f"""
get(H + "/before")
while get(H + "/ready") == 200: time.sleep(0.1)
print(get(H + "/after"))
try: tools.note(what="after")
except Exception as error: print(error)
"""), env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
claim("(the program is at work)", wait_for(lambda: any(r[1] == "/ready" for r in peer.requests)), peer.requests)
kept = folder / "kept.head"
pathlib.Path(f"{log}.head").rename(kept)
pathlib.Path(f"{log}.head").mkdir()
said = json.loads(running.communicate(timeout=120)[0])
claim("a connection that cannot be on record is not made, and a call is not done", "/after" not in [r[1] for r in peer.requests] and not (folder / "done").exists()
      and said["result"]["stdout"].count("the audit log cannot be written") == 2, said["result"])
claim("and the run has failed", running.returncode == 125 and "the audit log" in said["verdict"]["errors"][0]["message"], (running.returncode, said["verdict"]))
pathlib.Path(f"{log}.head").rmdir()
kept.rename(f"{log}.head")
claim("what was written before stands", is_intact(log) and brief(events(log))[:3] == [("run.start", "reject"), ("gateway.decision", "allow"), ("gateway.connection", True)])

# ---- bounds ----
log = folder / "few.jsonl"
done = subprocess.run(command(log, PRELUDE + """
for _ in range(50): get("http://127.0.0.1:2/")
for _ in range(4): get(H + "/a")
for what in range(12): tools.note(what=str(what))
""", "few.yaml"), env=environment, capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL)
found = events(log)
count = {sort: brief(found).count(sort) for sort in set(brief(found))}
claim("a flood of refusals is bounded, and takes no room from what was done", count.get(("gateway.decision", "refuse")) == 2 and count.get(("gateway.decision", "allow")) == 4
      and count.get(("gateway.connection", True)) == 4 and count.get(("tool.call", "allow")) == count.get(("tool.end", "ok")) == 6, count)
claim("one record says that there were more, of each sort", [(r["of"], r["recorded"]) for r in found if r["event"] == "run.events"] == [("refusals", 2), ("actions", 20)], found)
claim("and the end counts them", found[-1]["result"]["events"] == {"recorded": 22, "unrecorded": 48 + 12}
      and found[-1]["result"]["network"]["connections"][0]["decision"] == "refuse" and is_intact(log), found[-1]["result"].get("events"))
for wrong in ("0", "1000001", "many", "-1"):
    (folder / "wrong.yaml").write_text(f"log: {{events: {wrong}}}\n")
    done = subprocess.run([program, "policy", "check", folder / "wrong.yaml"], env=environment, capture_output=True, text=True)
    claim(f"{wrong} is no number of events", done.returncode != 0 and "from 1 to 1000000" in done.stdout + done.stderr, done)

# ---- the services ----
WANTED = [("gateway.decision", "allow"), ("gateway.connection", True), ("gateway.decision", "refuse"), ("tool.call", "allow"), ("tool.end", "ok")]
CODE = PRELUDE + 'print(get(H + "/a"), get("http://127.0.0.1:2/"), tools.note(what="three"))'


class Unix(http.client.HTTPConnection):
    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(str(folder / "socket"))


log = folder / "serve.jsonl"
serve = subprocess.Popen([program, "serve", "--policy", folder / "report.yaml", "--listen", f"unix:{folder / 'socket'}", "--log", log, "--pool", "2"],
                         env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
claim("(the service is there)", wait_for((folder / "socket").exists))
for _ in range(2):
    connection = Unix("cell", timeout=120)
    connection.request("POST", "/v1/run", json.dumps({"language": "python", "code": CODE}), {"Content-Type": "application/json"})
    answer = json.loads(connection.getresponse().read())
    claim("through the service", brief(events(log, answer["record"]))[1:-1] == WANTED, (answer, brief(events(log))))
serve.terminate()
serve.wait(timeout=60)
claim("the service's chain is whole", is_intact(log))

log = folder / "mcp.jsonl"
service = subprocess.Popen([program, "mcp", "--policy", folder / "report.yaml", "--log", log], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
for number, (method, params) in enumerate((("initialize", {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}),
                                           ("tools/call", {"name": "run_code", "arguments": {"language": "python", "code": CODE}}))):
    service.stdin.write(json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params}) + "\n")
    service.stdin.flush()
    service.stdout.readline()
service.stdin.close()
service.wait(timeout=60)
claim("through MCP", brief(events(log))[1:-1] == WANTED and is_intact(log), brief(events(log)))

finish()
