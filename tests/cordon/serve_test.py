#!/usr/bin/env python3
"""`cordon serve` as its clients see it. Speaks TAP. Answers are validated against the OpenAPI document that the server gives."""
import base64
import concurrent.futures
import hashlib
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

import jsonschema

program = os.environ["CORDON"]
RUNS = int(os.environ.get("CORDON_SERVE_RUNS", "100"))
AT_ONCE = int(os.environ.get("CORDON_SERVE_AT_ONCE", "25"))
folder = pathlib.Path(tempfile.mkdtemp(prefix="cordon-serve-"))
TOKEN = "0123456789abcdef0123"
(folder / "token").write_text(TOKEN + "\n")


class Unix(http.client.HTTPConnection):
    def __init__(self, path, timeout=60):
        super().__init__("localhost", timeout=timeout)
        self.path = str(path)

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Server:
    """A server of its own for each test, with a log of its own."""

    def __init__(self, *options, listen=None, env=None):
        self.home = pathlib.Path(tempfile.mkdtemp(dir=folder))
        self.socket = self.home / "s"
        self.log = self.home / "state/cordon/log.jsonl"
        address = listen or f"unix:{self.socket}"
        self.env = {**os.environ, "XDG_STATE_HOME": str(self.home / "state"), **(env or {})}
        self.process = subprocess.Popen([program, "serve", "--listen", address, *options], stderr=subprocess.PIPE, text=True,
                                        env=self.env)
        said = self.process.stderr.readline()
        assert "serving on" in said, said
        self.port = int(re.search(r":(\d+), ", said).group(1)) if listen else None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)
        self.process.stderr.close()

    def connection(self):
        return Unix(self.socket) if not self.port else http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def ask(self, method, path, body=None, headers=None):
        connection = self.connection()
        if isinstance(body, dict):
            body, headers = json.dumps(body), {"Content-Type": "application/json", **(headers or {})}
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        is_json = answer.headers.get("Content-Type") == "application/json"
        return answer.status, json.loads(text) if is_json else text.decode(), answer.headers

    def records(self):
        return [json.loads(line) for line in self.log.read_text().splitlines()]

    def verify(self):
        return subprocess.run([program, "log", "verify"], env=self.env, capture_output=True, text=True)


def python(code, **more):
    return {"language": "python", "code": code, **more}


def sleeper(seconds=60):
    return python(f"import time\nprint('up', flush=True)\ntime.sleep({seconds})\n", limits={"wall": "60s"})


def wait_for(condition, seconds=30):
    for _ in range(seconds * 20):
        if condition():
            return True
        time.sleep(0.05)
    return False


def document_of(server):
    files = {name: server.ask("GET", f"/v1/{name}")[1] for name in ("openapi.json", "schema/check.json", "schema/run.json")}
    return files


def validate(files, path, status, answer):
    """One answer against what the document says of it."""
    response = files["openapi.json"]["paths"][path]["post"]["responses"][str(status)]
    if "$ref" in response:
        response = files["openapi.json"]["components"]["responses"][response["$ref"].split("/")[-1]]
    schema = response["content"]["application/json"]["schema"]
    base = "https://cordon.invalid/schema/"
    store = {base + name: {**value, "$id": base + name} for name, value in files.items()}
    whole = store[base + "openapi.json"]
    resolver = jsonschema.RefResolver(base + "openapi.json", whole, store=store)
    jsonschema.Draft202012Validator(schema, resolver=resolver).validate(answer)


def test_checks_and_runs():
    """checks and runs; every kind of answer is as the OpenAPI document says"""
    with Server("--timeout", "5s") as server:
        files = document_of(server)
        jsonschema.Draft202012Validator.check_schema(files["openapi.json"]["components"]["schemas"]["error"])
        for path, body, headers, wanted in [
                ("/v1/check", python("print(1)"), {}, 200), ("/v1/check", python("import os\nos.system('x')"), {}, 200),
                ("/v1/run", python("print(1)"), {}, 200), ("/v1/run", python("import os\nos.system('x')"), {}, 200),
                ("/v1/run", {"language": "typescript", "code": "const x: number = 1;"}, {}, 422),
                ("/v1/run", python("print(1)", limits={"wall": "1h"}), {}, 400), ("/v1/run", python("", cod=1), {}, 400),
                ("/v1/check", python("", stdin="x"), {}, 400), ("/v1/check", {}, {}, 400), ("/v1/check", "{", {}, 415),
                ("/v1/check", "{", {"Content-Type": "application/json"}, 400), ("/v1/check", "[]", {"Content-Type": "application/json"}, 400),
                ("/v1/check", "[" * 100000, {"Content-Type": "application/json"}, 400)]:
            status, answer, _ = server.ask("POST", path, body, headers)
            assert status == wanted, (status, path, body, answer)
            validate(files, path, status, answer)
        status, answer, headers = server.ask("POST", "/v1/run", python(
            "import sys\nprint(sys.argv[1:], sys.stdin.read())\nsys.exit(3)", arguments=["a", "ü"], stdin="in"),
            {"Cordon-Actor": "tester", "User-Agent": "t/1", "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"})
        assert answer["result"]["stdout"] == "['a', 'ü'] in\n" and answer["result"]["exit_code"] == 3, answer
        assert headers["traceparent"].startswith("00-4bf92f")
        last = server.records()[-1]
        assert last["id"] == answer["record"]
        assert (last["who"]["via"], last["who"]["actor"], last["who"]["client"], last["who"]["peer_uid"], last["who"]["peer_pid"]) == \
            ("http", "tester", "t/1", os.getuid(), os.getpid()), last["who"]
        assert server.ask("GET", "/healthz")[:2] == (200, "ok\n")
        assert server.ask("GET", "/nope")[0] == 404 and server.ask("PUT", "/v1/run", "x")[0] == 405
        assert server.ask("POST", "/nope", "x")[0] == 404
        assert server.verify().returncode == 0


def test_runs_are_not_mixed():
    """many runs, many at a time: none is lost, none gets another's answer"""
    def one(number):
        text = hashlib.sha256(str(number).encode()).hexdigest()
        status, answer, _ = server.ask("POST", "/v1/run", python(f"print({text!r}, input())", stdin=f"in {number}\n", name=f"{number}.py"))
        assert status == 200, (status, answer)
        assert answer["result"]["stdout"] == f"{text} in {number}\n", answer["result"]
        assert answer["verdict"]["sources"][0]["path"] == f"{number}.py"
        return answer["record"]
    with Server("--queue", "1000", "--timeout", "60s") as server, concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        ids = list(pool.map(one, range(RUNS)))
        assert len(set(ids)) == RUNS
        ended = [r["id"] for r in server.records() if r["event"] == "run.end" and r["result"]["ended"] == "exited"]
        assert sorted(ended) == sorted(ids)
        metrics = server.ask("GET", "/metrics")[1]
        assert f'cordon_runs_total{{ended="exited"}} {RUNS}\n' in metrics, metrics
        starts = [int(n) for n in re.findall(r'cordon_pool_runs_total.* (\d+)', metrics)]
        assert sum(starts) == RUNS and starts[0] > 0, starts
        assert server.verify().returncode == 0


def test_stream():
    """server-sent events: output as it is printed, whole characters, then the result"""
    with Server() as server:
        connection = server.connection()
        code = "import sys, time\nb = 'ä€😀'.encode()\nfor c in b:\n    sys.stdout.buffer.write(bytes([c])); sys.stdout.flush(); time.sleep(0.02)\n"
        connection.request("POST", "/v1/run", json.dumps(python(code + "print('e', file=sys.stderr)\ntime.sleep(1)\n")),
                           {"Content-Type": "application/json", "Accept": "text/event-stream"})
        answer = connection.getresponse()
        assert answer.status == 200 and answer.headers["Content-Type"] == "text/event-stream"
        first = b""
        while b"\n\n" not in first:
            first += answer.read1(1)
        assert first.startswith(b"event: stdout"), first
        assert not any(r["event"] == "run.end" for r in server.records())  # it was read while the program ran
        events = [dict(line.split(": ", 1) for line in event.splitlines()) for event in (first + answer.read()).decode().split("\n\n")
                  if event and not event.startswith(":")]
        printed = "".join(json.loads(e["data"])["text"] for e in events if e["event"] == "stdout")
        assert printed == "ä€😀", printed
        assert [json.loads(e["data"])["text"] for e in events if e["event"] == "stderr"] == ["e\n"]
        assert events[-1]["event"] == "result"
        validate(document_of(server), "/v1/run", 200, json.loads(events[-1]["data"]))


def test_bounds():
    """bodies, headers and the queue are bounded; the next one is served"""
    with Server("--cells", "1", "--queue", "1", "--timeout", "60s") as server:
        files = document_of(server)
        connection = server.connection()
        connection.putrequest("POST", "/v1/check")
        connection.putheader("Content-Type", "application/json")
        connection.putheader("Content-Length", str(1 << 40))
        connection.endheaders()
        assert connection.getresponse().status == 413
        connection.close()
        try:
            assert server.ask("GET", "/healthz", headers={"X": "y" * 100000})[0] == 431
        except (ConnectionError, http.client.HTTPException):
            pass
        chunked = socket.socket(socket.AF_UNIX)
        chunked.connect(str(server.socket))
        chunked.sendall(b"POST /v1/check HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
        try:
            for _ in range(40):
                chunked.sendall(b"100000\r\n" + b" " * (1 << 20) + b"\r\n")
            assert not chunked.recv(100)
            raise AssertionError("a body of 40 MiB was taken")
        except (BrokenPipeError, ConnectionResetError):
            pass
        chunked.close()
        waiting = []
        for _ in range(2):
            c = server.connection()
            c.request("POST", "/v1/run", json.dumps(sleeper()), {"Content-Type": "application/json"})
            waiting.append(c)
        assert wait_for(lambda: "cordon_jobs_waiting 1\n" in server.ask("GET", "/metrics")[1])
        status, answer, headers = server.ask("POST", "/v1/check", python("print(1)"))
        assert (status, headers["Retry-After"]) == (429, "1"), status
        validate(files, "/v1/check", status, answer)
        for c in waiting:
            c.close()
        assert wait_for(lambda: "cordon_jobs_running 0\n" in server.ask("GET", "/metrics")[1])
        assert server.ask("POST", "/v1/check", python("print(1)"))[0] == 200


def test_client_leaves():
    """a client that leaves ends its cell, also in the queue and in a stream"""
    with Server("--cells", "1", "--timeout", "60s") as server:
        for accept in ("application/json", "text/event-stream"):
            before = len(server.records())
            running, queued = server.connection(), server.connection()
            for connection in (running, queued):
                connection.request("POST", "/v1/run", json.dumps(sleeper()), {"Content-Type": "application/json", "Accept": accept})
                assert wait_for(lambda: any(r["event"] == "run.start" for r in server.records()[before:]))
            assert wait_for(lambda: "cordon_jobs_waiting 1\n" in server.ask("GET", "/metrics")[1])
            queued.close()
            assert wait_for(lambda: "cordon_jobs_waiting 0\n" in server.ask("GET", "/metrics")[1])
            running.close()
            assert wait_for(lambda: [r["result"]["ended"] for r in server.records()[before:] if r["event"] == "run.end"] == ["canceled"])
            assert len([r for r in server.records()[before:] if r["event"] == "run.start"]) == 1


def test_token():
    """on TCP only with a token; without it nothing but the health is answered"""
    refused = subprocess.run([program, "serve", "--listen", "127.0.0.1:0"], capture_output=True, text=True)
    assert refused.returncode == 2 and "token" in refused.stderr
    (folder / "short").write_text("abc")
    refused = subprocess.run([program, "serve", "--listen", "127.0.0.1:0", "--token-file", str(folder / "short")], capture_output=True, text=True)
    assert refused.returncode == 2 and "at least" not in refused.stdout and "16" in refused.stderr
    with Server("--token-file", str(folder / "token"), listen="127.0.0.1:0") as server:
        assert server.ask("GET", "/healthz")[0] == 200
        for headers in ({}, {"Authorization": "Bearer " + TOKEN + "x"}, {"Authorization": TOKEN}, {"Authorization": "Bearer "}):
            for method, path in (("GET", "/metrics"), ("GET", "/v1/openapi.json")):
                assert server.ask(method, path, headers=headers)[0] == 401
            status, answer, given = server.ask("POST", "/v1/run", python("print(1)"), headers)
            assert status == 401 and given["WWW-Authenticate"].startswith("Bearer"), status
        assert not any(r["event"] != "open" for r in server.records())
        status, answer, _ = server.ask("POST", "/v1/run", python("print(1)"), {"Authorization": "Bearer " + TOKEN})
        assert status == 200 and answer["result"]["stdout"] == "1\n"
        assert "peer_uid" not in server.records()[-1]["who"]


def test_socket():
    """the unix socket is its owner's alone; a dead server's is taken over, a living one's not"""
    with Server() as server:
        assert server.socket.stat().st_mode & 0o777 == 0o600
        again = subprocess.run([program, "serve", "--listen", f"unix:{server.socket}"], capture_output=True, text=True, env=server.env)
        assert again.returncode == 2 and "serves there already" in again.stderr
        server.process.kill()
        server.process.wait()
        assert server.socket.exists()
        after = subprocess.Popen([program, "serve", "--listen", f"unix:{server.socket}", "--socket-mode", "660"], stderr=subprocess.PIPE, text=True, env=server.env)
        assert "serving" in after.stderr.readline()
        assert server.socket.stat().st_mode & 0o777 == 0o660 and server.ask("GET", "/healthz")[0] == 200
        after.send_signal(signal.SIGTERM)
        assert after.wait(30) == 0 and not server.socket.exists()
        after.stderr.close()
    (folder / "file").write_text("keep")
    refused = subprocess.run([program, "serve", "--listen", f"unix:{folder}/file"], capture_output=True, text=True)
    assert refused.returncode == 2 and (folder / "file").read_text() == "keep"


def test_graceful_stop():
    """SIGTERM: what runs ends and is answered, new requests are not; the manager is told"""
    notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    notify.bind(str(folder / "notify"))
    notify.settimeout(30)
    with Server("--timeout", "20s", env={"NOTIFY_SOCKET": str(folder / "notify")}) as server:
        assert notify.recv(100) == b"READY=1"
        connection = server.connection()
        connection.request("POST", "/v1/run", json.dumps(python("import time\ntime.sleep(1.5)\nprint('whole')")), {"Content-Type": "application/json"})
        assert wait_for(lambda: any(r["event"] == "run.start" for r in server.records()))
        server.process.send_signal(signal.SIGTERM)
        assert notify.recv(100) == b"STOPPING=1"
        assert json.loads(connection.getresponse().read())["result"]["stdout"] == "whole\n"
        assert server.process.wait(30) == 0
        assert server.verify().returncode == 0


def test_kill():
    """kill -9 of the server leaves no process, neither of a running cell nor of a waiting one, and a log that verifies"""
    with Server("--timeout", "60s", "--cells", "4") as server:
        connections = []
        for _ in range(4):
            connection = server.connection()
            connection.request("POST", "/v1/run", json.dumps(sleeper()), {"Content-Type": "application/json"})
            connections.append(connection)
        started = lambda: [r for r in server.records() if r["event"] == "run.start"]
        pythons = lambda: [p for p in descendants(server.process.pid) if b"/program/main.py" in read(p / "cmdline")]
        assert wait_for(lambda: len(started()) == 4 and len(pythons()) >= 4), (started(), pythons())
        before = {folder: start_time(folder) for folder in descendants(server.process.pid)}
        server.process.kill()
        server.process.wait()
        left = lambda: [(f, read(f / "cmdline")) for f, start in before.items() if start and start_time(f) == start]
        assert wait_for(lambda: not left()), left()
        verify = server.verify()
        assert verify.returncode == 0, verify.stdout
        for connection in connections:
            connection.close()


def descendants(pid):
    """The folders in /proc of all processes below this one."""
    below = [int(word) for file in pathlib.Path(f"/proc/{pid}/task").glob("*/children") for word in read(file).split()]
    return [pathlib.Path(f"/proc/{p}") for p in below] + [folder for p in below for folder in descendants(p)]


def start_time(folder):
    """With the number, which process it is; None once it has ended, also where nobody has waited for it yet."""
    fields = read(folder / "stat").rpartition(b")")[2].split()
    return fields[19] if fields and fields[0] not in (b"Z", b"X") else None


def read(path):
    try:
        return path.read_bytes()
    except OSError:
        return b""


def test_hostile_bytes():
    """what is no HTTP, and no good HTTP, does not stop the server"""
    with Server() as server:
        for junk in (b"\x00" * 1000, b"GET", b"GET / HTTP/9.9\r\n\r\n", b"POST /v1/run HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
                     b"POST /v1/run HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{",
                     b"POST /v1/run HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                     b"GET /v1/../../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n", b"\xff\xfe" * 50000):
            with socket.socket(socket.AF_UNIX) as s:
                s.connect(str(server.socket))
                s.settimeout(5)
                try:
                    s.sendall(junk)
                    s.shutdown(socket.SHUT_WR)
                    assert b" 200 " not in s.recv(4096)
                except OSError:
                    pass
        assert server.ask("GET", "/healthz")[0] == 200
        assert server.ask("POST", "/v1/check", python("x = '\ud800'"))[0] in (200, 400)
        assert server.ask("POST", "/v1/check", python("x = '\u0000'"))[0] == 200
        assert server.verify().returncode == 0


def test_no_pool():
    """--pool 0: every run starts its own cell"""
    with Server("--pool", "0") as server:
        assert server.ask("POST", "/v1/run", python("print(1)"))[1]["result"]["stdout"] == "1\n"
        assert "cordon_pool" not in server.ask("GET", "/metrics")[1]


def test_no_log():
    """without a log there is no server; a log that fails later fails the runs"""
    refused = subprocess.run([program, "serve", "--listen", f"unix:{folder}/n", "--log", "/proc/nowhere"], capture_output=True, text=True)
    assert refused.returncode == 2
    with Server() as server:
        assert server.ask("POST", "/v1/run", python("print(1)"))[0] == 200
        shutil.rmtree(server.home / "state")
        status, answer, _ = server.ask("POST", "/v1/run", python("print(1)"))
        assert status == 503 and answer["result"]["ended"] == "failed" and not answer["result"]["stdout"], (status, answer)


tests = [value for name, value in list(globals().items()) if name.startswith("test_")]
print(f"1..{len(tests)}", flush=True)
for number, test in enumerate(tests, 1):
    try:
        test()
        print(f"ok {number} - {test.__doc__}", flush=True)
    except Exception as error:  # every failure is a line of TAP
        import traceback
        print(f"not ok {number} - {test.__doc__}\n# " + traceback.format_exc().replace("\n", "\n# "), flush=True)
shutil.rmtree(folder)
