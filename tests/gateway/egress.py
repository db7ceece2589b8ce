#!/usr/bin/env python3
"""What a cell with a net grant reaches, and what it does not: real servers on loopback, one granted, one the attacker's.
Speaks TAP. Each attempt first works outside of a cell, where nothing stands between."""
import http.server
import json
import os
import pathlib
import socket
import ssl
import subprocess
import sys
import threading

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
from scratch import scratch  # noqa: E402
from tap import claim, finish  # noqa: E402

program = os.environ["CORDON"]
folder = scratch("egress")
environment = {**os.environ, "XDG_STATE_HOME": str(folder / "state"), "CORDON_TEST": "outside"}


class Server:
    """Answers every request with its name and keeps the raw bytes of each connection."""

    def __init__(self, name, tls=None):
        self.name, self.tls, self.seen = name, tls, []
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=200)
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            threading.Thread(target=self.answer, args=(self.socket.accept()[0],), daemon=True).start()

    def answer(self, connection):
        record = bytearray()
        self.seen.append(record)
        try:
            if self.tls:
                connection = self.tls.wrap_socket(connection, server_side=True)
            connection.settimeout(3)
            while b"\r\n\r\n" not in record:
                part = connection.recv(65536)
                if not part:
                    return
                record += part
            head = bytes(record).split(b"\r\n\r\n")[0].lower()
            wanted = 0
            for line in head.split(b"\r\n"):
                if line.startswith(b"content-length:"):
                    wanted = int(line.split(b":")[1])
            is_chunked = b"transfer-encoding: chunked" in head
            while (len(record.split(b"\r\n\r\n", 1)[1]) < wanted) or (is_chunked and not record.endswith(b"0\r\n\r\n")):
                part = connection.recv(65536)
                if not part:
                    return
                record += part
            body = f"this is {self.name}".encode()
            if b" /redirect" in record[:40]:
                connection.sendall(f"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:{attacker.port}/\r\nContent-Length: 0\r\n"
                                   "Connection: close\r\n\r\n".encode())
            else:
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (len(body), body))
            connection.settimeout(1)  # what else comes on this connection
            while part := connection.recv(65536):
                record += part
        except OSError:
            pass
        finally:
            connection.close()

    def text(self):
        return b"\n".join(bytes(r) for r in self.seen)


def certificate():
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", folder / "key.pem", "-out",
                    folder / "cert.pem", "-days", "2", "-subj", "/CN=granted", "-addext", "subjectAltName=IP:127.0.0.1"],
                   check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


granted = Server("the granted server")
attacker = Server("the attacker")
secure = Server("the granted server with TLS", certificate())

PRELUDE = f"""
import json, os, socket, ssl, sys, threading, time, urllib.request, urllib.error
GRANTED, ATTACKER, SECURE = {granted.port}, {attacker.port}, {secure.port}
def get(url, **more):
    try:
        return urllib.request.urlopen(url, timeout=8, **more).read().decode()
    except urllib.error.HTTPError as error:
        return f"{{error.code}} {{error.read().decode()}}"
    except OSError as error:
        return repr(error)
def raw(*parts, wait=0):
    s = socket.create_connection(("127.0.0.1", 3128), timeout=12)
    try:
        for part in parts:
            s.sendall(part)
            time.sleep(wait)
        answer = b""
        while got := s.recv(65536): answer += got
        return answer.decode("latin-1")
    except OSError as error:
        return repr(error)
    finally:
        s.close()
def head(method, target, host, *headers):
    return "".join([f"{{method}} {{target}} HTTP/1.1\\r\\n", f"Host: {{host}}\\r\\n", *[h + "\\r\\n" for h in headers], "\\r\\n"]).encode()
G, A = f"127.0.0.1:{{GRANTED}}", f"127.0.0.1:{{ATTACKER}}"
"""


def cell(code, *grants, options=()):
    path = folder / "program.py"
    path.write_text(PRELUDE + code)
    path.chmod(0o644)
    allowed = [flag for grant in grants for flag in ("--allow-net", grant)]
    done = subprocess.run([program, "run", "--gate", "warn", "--format", "json", "--timeout", "40s", *allowed, *options, path],
                          env=environment, capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL)
    return json.loads(done.stdout)


def outside(code):
    done = subprocess.run([sys.executable, "-c", PRELUDE + code], capture_output=True, text=True, timeout=60, env=environment)
    return done.stdout + done.stderr


host = f"127.0.0.1:{granted.port}"


def attempt(name, code, wanted, *, grants=(host,), works_outside=True, untouched=True):
    """`code` prints what it got. Outside it reaches the attacker; inside `wanted` is said and the attacker hears nothing."""
    if works_outside:
        said = outside(code)
        claim(f"{name}: works outside", "the attacker" in said, said)
    before = len(attacker.seen)
    record = cell(code, *grants)
    said = record["result"]["stdout"] + record["result"]["stderr"]
    claim(name, wanted in said and not (untouched and len(attacker.seen) != before) and "the attacker" not in said, said)
    return record


# The granted host, and what is told of it.
record = cell("print(get(f'http://{G}/hello'))", host)
claim("a granted host is reached", record["result"]["stdout"] == "this is the granted server\n", record["result"])
told = record["result"]["network"]["connections"]
claim("it is told where, by what and how much", len(told) == 1 and told[0]["decision"] == "allow" and told[0]["method"] == "GET" and
      told[0]["address"] == "127.0.0.1" and told[0]["port"] == granted.port and told[0]["received_bytes"] > 20, told)
log = (folder / "state/cordon/log.jsonl").read_text() if (folder / "state/cordon/log.jsonl").exists() else ""
claim("the log has it too", '"network":{"connections":[{"host":"127.0.0.1"' in log, log[-600:])
record = cell("print(get(f'http://{G}/', data=b'x' * 200000))", host)
claim("a body goes with it", record["result"]["stdout"].startswith("this is") and b"x" * 200000 in granted.text(), record["result"])
body = "print(raw(head('POST', f'http://{G}/', G, 'Transfer-Encoding: chunked'), b'3\\r\\nabc\\r\\n', b'0\\r\\n\\r\\n', wait=0.05))"
record = cell(body, host)
claim("a body in chunks goes with it", "200 OK" in record["result"]["stdout"] and b"3\r\nabc\r\n0\r\n\r\n" in granted.text(), record["result"])
tls = "print(get(f'https://127.0.0.1:{SECURE}/', context=ssl._create_unverified_context()))"
record = cell(tls, f"127.0.0.1:{secure.port}")
claim("TLS goes through a tunnel", record["result"]["stdout"] == "this is the granted server with TLS\n", record["result"])
record = cell(tls, host)
claim("without its grant it does not", "403" in record["result"]["stdout"], record["result"])
record = cell("ok = []\n"
              "def one(): ok.append(get(f'http://{G}/').startswith('this is'))\n"
              "ts = [threading.Thread(target=one) for _ in range(12)]\n"
              "[t.start() for t in ts]; [t.join() for t in ts]; print(sum(ok))", host)
claim("twelve at once are answered", record["result"]["stdout"] == "12\n", record["result"])

# No grant: no way out at all.
record = cell("print(get(f'http://{G}/'))")
claim("without a grant nothing is there", "this is" not in record["result"]["stdout"] and "network" not in record["result"],
      record["result"])

# The attacker's server.
attempt("another port", "print(get(f'http://{A}/'))", "not granted")
attempt("a socket past the proxy", "s = socket.create_connection(('127.0.0.1', ATTACKER), 3)\n"
        "s.sendall(head('GET', '/', A)); print(s.recv(999))", "Connection refused")
attempt("a redirect is a new decision", "print(get(f'http://{G}/redirect'))", "not granted")
attempt("localhost is another name", "print(get(f'http://localhost:{ATTACKER}/'))", "not granted")
attempt("one number", "print(get(f'http://2130706433:{ATTACKER}/'))", "four numbers")
attempt("a hexadecimal number", "print(get(f'http://0x7f000001:{ATTACKER}/'))", "four numbers")
attempt("a short form", "print(get(f'http://127.1:{ATTACKER}/'))", "four numbers")
name = socket.gethostname()
try:
    leads = socket.gethostbyname(name)
except OSError:
    leads = ""
if leads:
    record = cell(f"print(get('http://{name}:{attacker.port}/'))", f"{name}:{attacker.port}")
    claim("a granted name that leads behind the wall", "must be granted itself" in record["result"]["stdout"],
          record["result"])
for grants in (("*",), (f"*:{attacker.port}",), ("*.1",)):
    record = cell("print(get(f'http://{A}/'))", *grants) if grants != (f"*:{attacker.port}",) else None
    if record:
        claim(f"a grant of {grants[0]} does not open what is not public", "the attacker" not in record["result"]["stdout"],
              record["result"])

# Requests within requests. The attacker's host is another port here, so a smuggled one would be seen by the granted server.
smuggled = "GET http://evil.example/ HTTP/1.1\\r\\nHost: evil.example\\r\\n\\r\\n"
for what, code in {
    "a second request behind the first": f"print(raw(head('GET', f'http://{{G}}/', G) + b'{smuggled}'))",
    "a request behind a body": f"print(raw(head('POST', f'http://{{G}}/', G, 'Content-Length: 3') + b'abc{smuggled}'))",
    "a request behind chunks": f"print(raw(head('POST', f'http://{{G}}/', G, 'Transfer-Encoding: chunked') + b'0\\r\\n\\r\\n{smuggled}'))",
    "a request in a trailer": f"print(raw(head('POST', f'http://{{G}}/', G, 'Transfer-Encoding: chunked') + b'0\\r\\nX: {smuggled}'))",
    "two lengths": f"print(raw(head('POST', f'http://{{G}}/', G, 'Content-Length: 0', 'Content-Length: 60') + b'{smuggled}'))",
    "a length and chunks": f"print(raw(head('POST', f'http://{{G}}/', G, 'Content-Length: 60', 'Transfer-Encoding: chunked') + "
                           f"b'0\\r\\n\\r\\n{smuggled}'))",
    "a chunk's extension": f"print(raw(head('POST', f'http://{{G}}/', G, 'Transfer-Encoding: chunked') + b'3;a=b\\r\\nabc\\r\\n0\\r\\n\\r\\n{smuggled}'))",
    "a chunk's size that overflows": f"print(raw(head('POST', f'http://{{G}}/', G, 'Transfer-Encoding: chunked') + "
                                     f"b'10000000000000003\\r\\nabc\\r\\n0\\r\\n\\r\\n{smuggled}'))",
    "a bare LF": f"print(raw(b'GET http://127.0.0.1:%d/ HTTP/1.1\\nHost: 127.0.0.1:%d\\n\\n{smuggled}' % (GRANTED, GRANTED)))",
    "another Host": "print(raw(head('GET', f'http://{G}/', 'evil.example')))",
    "a tunnel in a tunnel's clothes": f"print(raw(head('CONNECT', f'http://{{G}}/', G) + b'{smuggled}'))",
}.items():
    record = cell(code, host)
    claim("smuggling: " + what, record["result"]["ended"] == "exited" and b"evil.example" not in granted.text(),
          record["result"]["stdout"])

# Node, by its own clients.
javascript = f"""
const http = require('http'), https = require('https');
const get = (client, url, more) => new Promise((done) => client.get(url, more, (r) => {{
  let text = ''; r.on('data', (c) => text += c); r.on('end', () => done(`${{r.statusCode}} ${{text}}`));
}}).on('error', (e) => done(e.message)));
(async () => {{
  const fetched = (url, more) => fetch(url, more).then(async (r) => `${{r.status}} ${{await r.text()}}`, (e) => String(e.cause || e));
  console.log('get', await get(http, 'http://127.0.0.1:{granted.port}/', {{}}));
  console.log('agent', await get(http, 'http://127.0.0.1:{granted.port}/', {{agent: new http.Agent({{keepAlive: true}})}}));
  console.log('fetch', await fetched('http://127.0.0.1:{granted.port}/'));
  console.log('post', await fetched('http://127.0.0.1:{granted.port}/', {{method: 'POST', body: 'from-fetch'}}));
  console.log('tls', await get(https, 'https://127.0.0.1:{secure.port}/', {{rejectUnauthorized: false}}));
  console.log('refused', await get(http, 'http://127.0.0.1:{attacker.port}/', {{}}));
  console.log('refused-fetch', await fetched('http://127.0.0.1:{attacker.port}/'));
  console.log('refused-tls', await get(https, 'https://127.0.0.1:{attacker.port}/', {{rejectUnauthorized: false}}));
}})();
"""
path = folder / "program.js"
path.write_text(javascript)
path.chmod(0o644)
before = len(attacker.seen)
done = subprocess.run([program, "run", "--gate", "warn", "--format", "json", "--allow-net", host, "--allow-net",
                       f"127.0.0.1:{secure.port}", path], env=environment, capture_output=True, text=True, timeout=120)
record = json.loads(done.stdout)
said = dict(line.split(" ", 1) for line in record["result"]["stdout"].splitlines() if " " in line)
for word, wanted in {"get": "200 this is the granted server", "agent": "200 this is", "fetch": "200 this is", "post": "200 this is",
                     "tls": "200 this is the granted server with TLS", "refused": "403 cordon: net", "refused-fetch": "403 cordon: net",
                     "refused-tls": "the gateway refuses"}.items():
    claim(f"Node: {word}", said.get(word, "").startswith(wanted), record["result"])
claim("Node: the attacker hears nothing, the body arrives", len(attacker.seen) == before and b"from-fetch" in granted.text())

# Those who take what they can.
record = cell("s = [socket.create_connection(('127.0.0.1', 3128), 5) for _ in range(60)]\n"
              "time.sleep(0.5)\n"
              "[x.close() for x in s]; time.sleep(0.5)\n"
              "print(get(f'http://{G}/'))", host)
claim("a flood of connections is cut off and the next is served", "this is" in record["result"]["stdout"], record["result"])
record = cell("print(raw(b'GET http://' + b'a' * 20000))", host)
claim("a head without end", "400" in record["result"]["stdout"] and "too long" in record["result"]["stdout"], record["result"])
record = cell("print(raw(b'\\x00' * 100 + b'\\r\\n\\r\\n'))", host)
claim("no text at all", "400" in record["result"]["stdout"], record["result"])
record = cell("s = socket.create_connection(('127.0.0.1', 3128), 30)\n"
              "started = time.time()\n"
              "try:\n"
              "    while time.time() < started + 30: s.sendall(b'G'); time.sleep(0.5)\n"
              "    print('still there')\n"
              "except OSError: print('cut off')", host)
claim("a slow client is cut off", record["result"]["stdout"] == "cut off\n", record["result"])
record = cell("import os\nfor fd in range(3, 50):\n"
              "    try: os.fstat(fd); print('open', fd)\n"
              "    except OSError: pass", host)
claim("no descriptor of the way out is the program's", record["result"]["stdout"] == "", record["result"])
record = cell("print(get(f'http://{G}/'))\nos._exit(7)", host)
claim("a program's end is its own", record["result"]["exit_code"] == 7, record["result"])

record = cell("s = socket.create_connection(('127.0.0.1', 3128), 5)\ns.sendall(head('CONNECT', G, G)); print(s.recv(99)[:12])", host,
              options=("--timeout", "3s"))
claim("an open tunnel does not hold the cell", record["result"]["ended"] == "exited", record["result"])

finish()
