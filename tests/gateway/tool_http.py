#!/usr/bin/env python3
"""Host tools that are requests to a server, with a key that no cell ever sees: what arrives, what comes back, and arguments that
would lead elsewhere. Speaks TAP. The servers are on loopback, with certificates of a private authority that the policy names."""
import json
import os
import pathlib
import subprocess
import sys
import time
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
import peers
from scratch import scratch
from tap import claim, finish

program = os.environ["CORDON"]
folder = scratch("tool-http")
folder.chmod(0o755)
SECRET = "sk-tool-" + os.urandom(12).hex()
environment = {**os.environ, "XDG_STATE_HOME": str(folder / "state"), "TOOL_KEY": SECRET}
environment.pop("CORDON_LOG", None)
private = peers.authority(folder)
log = folder / "log.jsonl"


class Api(peers.Peer):
    """Answers in JSON what it was asked, or as the first segment of the path says."""

    def answer(self, handler, body):
        parts = urllib.parse.urlsplit(handler.path)
        word = parts.path.split("/")[1]
        key = handler.headers.get("Authorization") or ""
        said = {"path": handler.path, "method": handler.command, "body": body.decode(), "knows": key == "Bearer " + SECRET}
        if word == "elsewhere":
            return self.send(handler, 302, b"{}", [("Location", f"http://127.0.0.1:{attacker.port}/")])
        if word == "missing":
            return self.send(handler, 404, b"no such city", [])
        if word == "echo":
            return self.send(handler, 200, json.dumps({"key": key}).encode(), [])
        if word == "long":
            return self.send(handler, 200, b'"' + b"x" * 200000 + b'"', [])
        if word == "text":
            return self.send(handler, 200, "naïve words".encode(), [])
        if word == "nothing":
            return self.send(handler, 204, b"", [])
        if word == "late":
            time.sleep(4)
        if word == "short":
            handler.send_response(200)
            handler.send_header("Content-Length", "1000")
            handler.end_headers()
            handler.wfile.write(b'{"a": 1}')
            handler.close_connection = True
            return None
        if word == "chunks":
            handler.send_response(200)
            handler.send_header("Transfer-Encoding", "chunked")
            handler.end_headers()
            for byte in b'{"a": [1, 2]}':
                handler.wfile.write(b"1\r\n%c\r\n" % byte)
            handler.wfile.write(b"0\r\n\r\n")
            return None
        return self.send(handler, 200, json.dumps(said).encode(), [])


attacker = peers.Peer("the attacker")
api = Api("the server", peers.context(folder, private, ["DNS:localhost"]))
impostor = Api("the impostor", peers.context(folder, peers.authority(folder, "stranger"), ["DNS:localhost"], "imposture"))
plain = Api("plain")
HOST = f"https://localhost:{api.port}"
ONE = "parameters: {type: object, properties: {word: {type: string}}, required: [word]}"
names = ["weather", "order", "get", "open", "long", "late", "cheat", "words", "typed"]
(folder / "policy.yaml").write_text(f"""
extends: agent
gateway: {{ca: ./authority.pem}}
grants:
  - tool: [{', '.join(names)}]
secrets:
  key: {{from: {{env: TOOL_KEY}}, host: "{HOST}", header: "Authorization: Bearer {{}}", for: tools}}
tools:
  weather:
    description: The weather of a city.
    http: {{url: "{HOST}/v1/{{city}}/now?units={{units}}", query: [days], headers: {{X-Client: cordon}}, secret: key}}
    parameters:
      type: object
      properties: {{city: {{type: string}}, units: {{type: string}}, days: {{type: integer}}}}
      required: [city, units]
      additionalProperties: false
    result: {{type: object, properties: {{path: {{type: string}}}}, required: [path]}}
  order:
    http: {{method: POST, url: "{HOST}/v1/{{shop}}", query: [dry], secret: key}}
    parameters: {{type: object, properties: {{shop: {{type: string}}, dry: {{type: boolean}}, items: {{type: array}}}}, required: [shop]}}
  get: {{http: {{url: "{HOST}/{{word}}", secret: key}}, {ONE}}}
  open: {{http: {{url: "http://127.0.0.1:{plain.port}/{{word}}"}}, {ONE}}}
  long: {{http: {{url: "{HOST}/long"}}, limits: {{result: 64KiB}}}}
  late: {{http: {{url: "{HOST}/late"}}, limits: {{timeout: 1s}}}}
  cheat: {{http: {{url: "https://localhost:{impostor.port}/"}}}}
  words: {{http: {{url: "{HOST}/text", answer: text}}}}
  typed: {{http: {{url: "{HOST}/v1"}}, result: {{type: string}}}}
""")
everything = []


def cell(code, suffix=".py", *options):
    path = folder / f"program{suffix}"
    path.write_text(code)
    path.chmod(0o644)
    done = subprocess.run([program, "run", "--policy", folder / "policy.yaml", "--gate", "warn", "--format", "json", "--log", log, "--timeout", "60s", *options, path],
                          env=environment, capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL)
    everything.append(done.stdout + done.stderr)
    return json.loads(done.stdout)["result"]


def calls(result):
    return result["tools"]["calls"]


result = cell("""
import asyncio, json, os
from cordon import tools, ToolError
async def main():
    print(json.dumps(await asyncio.gather(tools.aio.weather(city="Zürich & Köln", units="a=b&c#d\\r\\nX-Evil: 1"), tools.aio.weather("x", "y", days=3),
        tools.aio.order(shop="s", dry=True, items=[1, {"a": "ü"}]), tools.aio.open(word="v1"), tools.aio.get(word="chunks"), tools.aio.get(word="nothing"), tools.aio.words())))
asyncio.run(main())
""")
said = json.loads(result["stdout"] or "[]")
claim("arguments stand in path, query and body, and the secret was added", len(said) == 7 and said[0] == {
      "path": "/v1/Z%C3%BCrich%20%26%20K%C3%B6ln/now?units=a%3Db%26c%23d%0D%0AX-Evil%3A%201", "method": "GET", "body": "", "knows": True}
      and said[1]["path"] == "/v1/x/now?units=y&days=3" and said[2]["path"] == "/v1/s?dry=true" and said[2]["method"] == "POST"
      and json.loads(said[2]["body"]) == {"items": [1, {"a": "ü"}]} and said[2]["knows"], result)
claim("a tool without a secret sends none", len(said) == 7 and said[3]["knows"] is False and SECRET not in plain.text(), result)
claim("answers in chunks, empty ones and texts are read", said[4:] == [{"a": [1, 2]}, None, "naïve words"], said)
claim("headers are the policy's", any(("X-Client", "cordon") in headers for _, _, headers, _ in api.requests) and
      not any(name == "X-Evil" for _, _, headers, _ in api.requests for name, _ in headers), api.text())
made = [call.get("connection") for call in calls(result)]
claim("each call's connection is on record, with the secret by its name", len(made) == 7 and all(made) and sum(c.get("secret") == "key" for c in made) == 5
      and all(c["decision"] == "allow" and c["address"] and c["port"] in (api.port, plain.port) and c["sent_bytes"] > 0 for c in made), calls(result))
result = cell("""
from cordon import tools, ToolError
for word in ("../admin", "a/b", "..", ".", "%2e%2e", "a;b", "a\\\\b", "a\\r\\nb", "", "elsewhere", "missing", "echo", "short", "a" * 20000):
    try: print(tools.get(word=word))
    except ToolError as error: print("error:", str(error)[:90])
for name in ("long", "late", "cheat", "typed"):
    try: print(getattr(tools, name)())
    except ToolError as error: print("error:", str(error)[:90])
""")
lines = result["stdout"].splitlines()
EXPECTED = [*["'word' is no part of one segment"] * 9, "answered 302, and nothing is followed", "answered 404: no such city", "***", "cut off", "too long",
            "more than 65536 bytes", "took longer than 1000 ms", "local issuer certificate", "the result: it: is not string"]
claim("every hostile or failing call ends as it should", len(lines) == len(EXPECTED), result)
for line, expected in zip(lines, EXPECTED):
    claim(f"... {expected}", expected in line and (line.startswith("error:") or expected == "***"), line)
claim("a redirect leads nowhere, and an impostor hears nothing", not attacker.requests and not impostor.requests, (attacker.text(), impostor.text()))
claim("nothing of the arguments became another path", not any("admin" in path for _, path, _, _ in api.requests), api.text())
result = cell("""
const { tools } = require('cordon');
Promise.allSettled([tools.weather({ city: 'x', units: 'y' }), tools.get({ word: 'missing' }), tools.get({ word: 'v1', more: 1 })]).then((all) =>
  console.log(all[0].value.knows, all[1].reason.message, all[2].reason.message));
""", ".js")
claim("from Node as well", result["stdout"] == "true get: the server answered 404: no such city get: 'more' has no place in the request\n", result)
result = cell("""
import os, urllib.request, pathlib
try: print(urllib.request.urlopen("http://key.cordon.internal/v1", timeout=5).read())
except Exception as error: print("no way:", type(error).__name__, getattr(error, "code", ""))
""", ".py", "--allow-net", f"127.0.0.1:{plain.port}")
claim("the program has no endpoint of a secret that is for tools", result["stdout"].startswith("no way:") and
      not any(c["decision"] == "allow" for c in result["network"]["connections"]), result)
result = cell("""
import os, subprocess, sys
from cordon import tools
print(tools.get(word="v1")["knows"], tools.open(word="v1")["knows"])
import urllib.request
print(urllib.request.urlopen("http://127.0.0.1:%d/v1").status)
""" % plain.port, ".py", "--allow-net", f"127.0.0.1:{plain.port}")
claim("tools and a net grant at the same time", result["stdout"] == "True False\n200\n", result)
claim("the secret is in no output and no record", SECRET not in "".join(everything) and SECRET not in log.read_text() and SECRET in api.text())

BASE = f"secrets: {{key: {{from: {{env: TOOL_KEY}}, host: '{HOST}', header: 'A: {{}}'}}}}\ntools: {{x: {{http: {{%s}}, parameters: {{type: object, properties: {{a: {{}}}}%s}}}}}}\n"
WRONG = {
    "a place that nothing fills": ("url: 'https://h.example/{b}'", "", "does not require"),
    "a place that may be empty": ("url: 'https://h.example/{a}'", "", "does not require"),
    "a host from an argument": ("url: 'https://{a}.example/'", ", required: [a]", "no host"),
    "plain HTTP to elsewhere": ("url: 'http://h.example/{a}'", ", required: [a]", "over TLS"),
    "a secret of another host": ("url: 'https://h.example/{a}', secret: key", ", required: [a]", "another host"),
    "a secret that is not there": ("url: 'https://h.example/{a}', secret: none", ", required: [a]", "no secret"),
    "a parameter without a place": ("url: 'https://h.example/'", "", "neither in the URL"),
    "a header that is the gateway's": ("url: 'https://h.example/{a}', headers: {Host: x}", ", required: [a]", "cannot set"),
    "a brace alone": ("url: 'https://h.example/{a'", ", required: [a]", "no URL"),
    "another method": ("url: 'https://h.example/{a}', method: TRACE", ", required: [a]", "one of GET"),
    "no URL": ("method: GET", "", "without 'url'"),
}
for name, (http, more, complaint) in WRONG.items():
    (folder / "wrong.yaml").write_text(BASE % (http, more))
    done = subprocess.run([program, "policy", "check", folder / "wrong.yaml"], env=environment, capture_output=True, text=True, timeout=60)
    claim(f"a policy with {name} is refused with its place", done.returncode != 0 and complaint in done.stdout + done.stderr and "wrong.yaml:2:" in done.stdout + done.stderr,
          done.stdout + done.stderr)
finish()
