#!/usr/bin/env python3
"""Host tools, called by programs in cells: what is granted, what is not, and programs that do not speak as the module does.
Speaks TAP."""
import json
import os
import pathlib
import random
import sqlite3
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
from scratch import scratch  # noqa: E402
from tap import claim, finish  # noqa: E402

program = os.environ["CORDON"]
folder = scratch("tools")
environment = {**os.environ, "XDG_STATE_HOME": str(folder / "state"), "CORDON_TEST": "outside", "CORDON_TOOL_TEST": "given"}
environment.pop("CORDON_LOG", None)
folder.chmod(0o755)
log = folder / "log.jsonl"

(folder / "add.py").write_text("""#!/usr/bin/python3
import json, sys
given = json.load(sys.stdin)
print(json.dumps({"sum": given["a"] + given["b"]}))
""")
(folder / "inside.py").write_text("""#!/usr/bin/python3
import json, os
print(json.dumps({"environment": dict(os.environ), "folder": os.getcwd(), "fds": os.listdir("/proc/self/fd"), "leads": os.getsid(0) == os.getpid()}))
""")
for name in ("add.py", "inside.py"):
    (folder / name).chmod(0o755)
shop = sqlite3.connect(folder / "shop.db")
shop.executescript("create table sale(article text, cents integer, note blob, part real);"
                   "insert into sale values('A-7', 250, x'00ff', 0.5), ('B-2', 100, null, 1e999), ('naïve', -3, x'', null);"
                   "create table many(n integer); insert into many select value from (with recursive t(value) as "
                   "(select 1 union all select value + 1 from t where value < 3000) select value from t);")
shop.close()
POLICY = """
extends: agent
grants:
  - tool: [add, slow, fail, inside, big, words, wrong, endless, once, deaf, echo, left, query, gone]
tools:
  add:
    description: Adds two numbers.
    command: [./add.py]
    parameters:
      type: object
      properties:
        a: {type: integer, description: the first number}
        b: {type: integer}
        note: {type: string}
      required: [a, b]
      additionalProperties: false
    result: {type: object, properties: {sum: {type: integer}}, required: [sum], description: their sum}
  slow: {command: [sh, -c, "sleep 0.5; echo '\\"slept\\"'"]}
  fail: {description: Fails., command: [sh, -c, "echo 'no such customer' >&2; exit 3"]}
  inside: {command: [./inside.py], env: [CORDON_TOOL_TEST, CORDON_NOT_THERE], folder: .}
  big: {command: [sh, -c, "yes | head -c 5000000"], limits: {result: 64KiB}}
  words: {command: [sh, -c, "echo one two"]}
  wrong: {command: [sh, -c, "echo 7"], result: {type: string}}
  endless: {command: [sh, -c, "sleep 600 & sleep 600"], limits: {timeout: 1s}}
  once: {command: [sh, -c, "echo 1"], limits: {calls: 2}}
  deaf: {command: [sh, -c, "echo 1"], parameters: {type: object}, limits: {arguments: 1MiB}}
  echo: {command: [cat], parameters: {type: object}, limits: {arguments: 1MiB, depth: 4}}
  left: {command: [sh, -c, "sleep 600 & echo 5"]}
  hidden: {command: ["true"]}
  query: {sqlite: ./shop.db, rows: 500, limits: {timeout: 3s, result: 256KiB}}
  gone: {sqlite: ./gone.db}
"""
(folder / "policy.yaml").write_text(POLICY)


def cell(code, *options, suffix=".py", gate="enforce"):
    path = folder / f"program{suffix}"
    path.write_text(code)
    path.chmod(0o644)
    done = subprocess.run([program, "run", "--policy", folder / "policy.yaml", "--gate", gate, "--format", "json", "--log", log, "--timeout", "40s",
                           *options, path], env=environment, capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL)
    return json.loads(done.stdout)


def out(record):
    return record["result"]["stdout"]


def outcomes(record):
    return [(call["tool"], call["outcome"]) for call in record["result"]["tools"]["calls"]]


PYTHON = """
import asyncio, threading
from cordon import tools, ToolError
async def main():
    print(tools.add(a=1, b=2), tools.add(3, 4, note="x"))
    print(await asyncio.gather(tools.aio.slow(), tools.aio.add(a=5, b=6), tools.aio.fail(), return_exceptions=True))
asyncio.run(main())
found = []
threads = [threading.Thread(target=lambda i=i: found.append(tools.add(i, i)["sum"])) for i in range(20)]
for t in threads: t.start()
for t in threads: t.join()
print(sorted(found) == list(range(0, 40, 2)))
"""
NODE = """
const { tools, ToolError } = require('cordon');
(async () => {
  console.log(JSON.stringify(await tools.add({ a: 1, b: 2 })));
  const all = await Promise.allSettled([tools.slow(), tools.add({ a: 5, b: 6 }), tools.fail(), tools.add({ a: 1 })]);
  console.log(all.map((one) => JSON.stringify(one.value) || `${one.reason.name}: ${one.reason.message}`).join('; '));
  const many = await Promise.all([...Array(40).keys()].map((i) => tools.add({ a: i, b: i })));
  console.log(many.every((one, i) => one.sum === 2 * i));
})();
"""
record = cell(PYTHON)
claim("a Python program calls its tools one by one, in asyncio and from threads",
      out(record) == "{'sum': 3} {'sum': 7}\n['slept', {'sum': 11}, ToolError('no such customer')]\nTrue\n", record)
claim("each call is in the result", len(outcomes(record)) == 25 and ("fail", "failed") in outcomes(record) and record["result"]["tools"]["dropped"] == 0
      and all(len(call["arguments_sha256"]) == 64 for call in record["result"]["tools"]["calls"]), record["result"].get("tools"))
record = cell(NODE, suffix=".js")
claim("a Node program calls its tools at once",
      out(record) == '{"sum":3}\n"slept"; {"sum":11}; ToolError: no such customer; ToolError: add: the arguments: it: \'b\' is missing\ntrue\n', record)
record = cell("import { tools, ToolError } from 'cordon';\nconsole.log((await tools.add({ a: 1, b: 2 })).sum, tools.hidden, 'toString' in tools);", suffix=".mjs", gate="warn")
claim("a module imports them; what was not granted is undefined", out(record) == "3 undefined false\n", record)
for suffix, code in ((".py", "from cordon import tools as t\nprint(t.add(a=1, b=2))\nprint(getattr(t, 'hid' + 'den')())"),
                     (".js", "const { tools: t } = require('cordon');\nconst { add, hidden } = t;\nadd({ a: 1, b: 2 }).then(() => hidden());")):
    record = cell(code, suffix=suffix)
    claim(f"the check knows which tool a program calls ({suffix})", record["result"]["ended"] == "refused" and
          record["verdict"]["capabilities"]["missing"] == [{"capability": "tool", "argument": "hidden"}], record["verdict"])
record = cell("const {tools} = require('cordon');\nconsole.log(tools.add.signature); console.log(tools.add.description, tools.add.parameters.required.join());", suffix=".js")
claim("Node functions say what they take", out(record) == "add({ a: number; b: number; note?: string }): Promise<object>\nAdds two numbers. a,b\n", record)
record = cell("from cordon import tools\nimport inspect\nprint(inspect.signature(tools.add), tools.add.__annotations__)\nprint(tools.add.__doc__)\nprint(inspect.iscoroutinefunction(tools.aio.add))")
claim("Python functions say what they take", "(a: 'int', b: 'int', note: 'str' = Ellipsis) -> 'dict'" in out(record) and "the first number" in out(record)
      and "their sum" in out(record) and out(record).endswith("True\n"), record)
record = cell("from cordon import tools, ToolError\n"
              "for bad in ({'a': 'x', 'b': 1}, {'a': 1.5, 'b': 1}):\n"
              "    try: tools.add(**bad)\n    except ToolError as error: print(error)\n"
              "for bad in ({'a': 1}, {'a': 1, 'b': 2, 'c': 3}):\n"
              "    try: tools.add(**bad)\n    except TypeError as error: print(type(error).__name__)\n"
              "try: tools.add(a=1, b=float('nan'))\nexcept ValueError as error: print(type(error).__name__)\n")
claim("wrong arguments are exceptions that name the place", out(record) ==
      "add: the arguments: .a: is not integer\nadd: the arguments: .a: is not integer\nTypeError\nTypeError\nValueError\n", record)
record = cell("from cordon import tools\ntry: tools.hidden()\nexcept AttributeError as error: print('none:', error)\nprint(hasattr(tools, 'hidden'))", gate="warn")
claim("a tool that was not granted is no attribute", out(record).startswith("none: no tool 'hidden'") and out(record).endswith("False\n"), record)
record = cell("from cordon import tools, ToolError\nfor name in ('words', 'wrong', 'big', 'endless'):\n    try: print(getattr(tools, name)())\n"
              "    except ToolError as error: print(error)", gate="warn")
claim("results that are none, too long or late are errors", out(record) ==
      "the result: what was sent is no JSON: '[' or '{' expected near 'one'\nwrong: the result: it: is not string\nbig: the result has more than 65536 bytes\n"
      "endless took longer than 1000 ms\n" or "no JSON" in out(record) and out(record).count("\n") == 4 and "took longer" in out(record)
      and "is not string" in out(record) and "more than 65536" in out(record), record)
record = cell("from cordon import tools, ToolError\nfor i in range(3):\n    try: print(tools.once())\n    except ToolError as error: print(error)")
claim("a tool is called as often as it may be", out(record) == "1\n1\nthe tool was called as often as its limit allows\n", record)
record = cell("from cordon import tools, ToolError\n"
              "print(len(tools.echo(x='y' * 500000)['x']))\n"
              "for bad in ({'x': 'y' * 1100000}, {'x': [[[[[1]]]]]}, {'x': '\\0'}):\n"
              "    try: print(tools.echo(**bad))\n    except ToolError as error: print(str(error)[:60])\n"
              "print(tools.echo(x=1))")
claim("arguments are bounded in bytes and depth, and the next call is as any", out(record).startswith("500000\nthe arguments are longer than the tool's limit\n")
      and "deeper" in out(record) and out(record).endswith("{'x': 1}\n"), record)
record = cell("from cordon import tools\nimport json\nprint(json.dumps(tools.inside()))")
inside = json.loads(out(record) or "{}")
claim("a program of a tool has a small environment, no descriptor of cordon's and a session of its own",
      inside and inside["environment"].items() >= {"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "CORDON_TOOL_TEST": "given"}.items()
      and "CORDON_TEST" not in inside["environment"] and len(inside["fds"]) <= 4 and inside["leads"] and inside["folder"] == str(folder), record)
started = time.time()
record = cell("from cordon import tools\nprint(tools.left())")
claim("what a tool's program leaves behind holds nobody", out(record) == "5\n" and time.time() - started < 60, record)


def sleepers():
    found = 0
    for entry in pathlib.Path("/proc").iterdir():
        try:
            found += entry.name.isdigit() and (entry / "cmdline").read_bytes() == b"sleep\x00600\x00"
        except OSError:
            pass
    return found


claim("and none of it is left", sleepers() == 0, sleepers())
record = cell("from cordon import tools\nimport threading, os, time\nthreading.Thread(target=tools.slow, daemon=True).start()\ntime.sleep(0.2)\nos._exit(7)", gate="warn")
claim("a program that ends in the middle of a call ends; the call is canceled", record["result"]["exit_code"] == 7
      and outcomes(record) == [("slow", "canceled")], record)
record = cell("from cordon import tools\nimport os\npid = os.fork()\nif pid == 0:\n    try: tools.add(1, 2)\n    except Exception as e: print(e, flush=True)\n    os._exit(0)\n"
              "os.waitpid(pid, 0)\nprint(tools.add(1, 2))", gate="warn")
claim("a child is told that tools are its parent's", "not by its children" in out(record) and out(record).endswith("{'sum': 3}\n"), record)
record = cell("import os\nos.fstat(4)\nprint('there')", "--allow-net", "127.0.0.1:1", gate="warn")
claim("with a net grant there are tools, too", out(record) == "there\n", record)
started = {".py": "import os, subprocess\nfrom cordon import tools\nls = lambda: subprocess.run(['/usr/bin/ls', '-1', '/proc/self/fd'], close_fds=False, capture_output=True, "
                  "text=True).stdout.split()\nprint('4' in ls(), tools.add(1, 2)['sum'])\nos.set_inheritable(4, True)\nprint('4' in ls())",
           ".js": "const { spawnSync } = require('child_process');\nconst { tools } = require('cordon');\nconst ls = (more) => spawnSync('/usr/bin/ls', ['-1', '/proc/self/fd'], "
                  "{ stdio: ['pipe', 'pipe', 'pipe', ...more] }).stdout.toString().split('\\n').includes('4');\n"
                  "tools.add({ a: 1, b: 2 }).then((r) => { console.log(ls([]) ? 'True' : 'False', r.sum); console.log(ls(['ignore', 4]) ? 'True' : 'False'); });"}
for suffix, code in started.items():
    record = cell(code, "--allow-exec", "/usr/bin/ls", suffix=suffix, gate="warn")
    claim(f"a program that is started does not have the channel unless it is handed on ({suffix})", out(record) == "False 3\nTrue\n", record)
started = {".py": "import subprocess\nprint('4' in subprocess.run(['/usr/bin/ls', '-1', '/proc/self/fd'], close_fds=False, capture_output=True, text=True).stdout.split())\n"
                  "import os\nif os.posix_spawn('/usr/bin/ls', ['ls', '-l', '/proc/self/fd/4'], {}) and os.wait()[1] == 0: print('has it')\nos.fstat(4)",
           ".js": "console.log(require('child_process').spawnSync('/usr/bin/ls', ['-1', '/proc/self/fd']).stdout.toString().split('\\n').includes('4') ? 'True' : 'False');\n"
                  "require('fs').fstatSync(4);"}
for suffix, code in started.items():
    record = cell(code, "--allow-exec", "/usr/bin/ls", suffix=suffix, gate="warn")
    claim(f"nor of a program that never imports cordon ({suffix})", out(record) == "False\n" and record["result"]["exit_code"] == 0, record)
record = cell(PYTHON.replace("asyncio.run(main())", "asyncio.run(main())\nimport urllib.request, urllib.error\n"
              "try: urllib.request.urlopen('http://127.0.0.1:1/')\nexcept urllib.error.HTTPError as error: print(error.code)"), "--allow-net", "127.0.0.1:1", gate="warn")
claim("tools and the gateway serve one program at the same time", out(record).endswith("403\nTrue\n") and len(outcomes(record)) == 25
      and len(record["result"]["network"]["connections"]) == 1, record)
(folder / "none.yaml").write_text("extends: agent\ntools:\n  add: {command: [./add.py]}\n")
record = cell("import os\ntry: os.fstat(4); print('there')\nexcept OSError: print('nothing')\ntry:\n    import cordon; print('module')\nexcept ImportError: print('no module')",
              "--policy", folder / "none.yaml", gate="warn")
claim("without a grant there is neither module nor descriptor", out(record) == "nothing\nno module\n" and "tools" not in record["result"], record)
record = cell("import cordon", "--policy", folder / "none.yaml")
claim("and the check says that the module does not exist", record["result"]["ended"] == "refused", record)

# Databases. Each statement that is refused first works outside.
record = cell("""from cordon import tools
import json
print(json.dumps(tools.query("select * from sale order by cents")))
print(tools.query(sql="select cents from sale where article = ?", values=["A-7"])["rows"], tools.query("select :a + :b", {"a": 1, "b": 2})["rows"])
many = tools.query("select n from many")
print(len(many["rows"]), many["truncated"], tools.query("select count(*) from many;")["rows"])
""")
claim("a database is asked, with values that are bound, up to so many rows", out(record) == json.dumps(
      {"columns": ["article", "cents", "note", "part"], "rows": [["naïve", -3, "", None], ["B-2", 100, None, None], ["A-7", 250, "AP8=", 0.5]],
       "truncated": False}) + "\n[[250]] [[3]]\n500 True [[3000]]\n", record)
HOSTILE = {
    "update sale set cents = 0": "not authorized", "delete from sale": "not authorized", "drop table sale": "not authorized",
    "create table x(y)": "not authorized", "attach '/etc/passwd' as p": "", "pragma writable_schema=1": "not authorized",
    "select * from pragma_database_list": "", "vacuum into '/tmp/cordon-x'": "", "select load_extension('x')": "not authorized",
    "begin immediate": "not authorized", "select 1; select 2": "more than one statement", "": "no statement", "selec": "syntax error",
    "create temp table x(y)": "not authorized", "select ?": "places for values", "select zeroblob(1000000000)": "",
    "with recursive t(x) as (select 1 union all select x + 1 from t) select count(*) from t": "longer than it may",
    "with recursive t(x) as (select randomblob(100000) union all select randomblob(100000) from t) select count(distinct x) from t": "may",
    "select group_concat(a.n || b.n) from many a, many b": "",
    "select sum((a || n) like ('%' || substr(a, 1, 900) || 'b')) from many, (select printf('%.200000c', 'a') as a)": "longer than it may",
    "select sum((a || n) glob ('*' || substr(a, 1, 900) || 'b')) from many, (select printf('%.200000c', 'a') as a)": "longer than it may",
    "select sum(length(trim(a || n, b || 'a'))) from many, (select printf('%.200000c', 'a') as a, printf('%.40000c', 'b') as b)": "longer than it may",
    "select json_patch('{}', '{}')": "not authorized",
    "select a.n from many a, many b, many c order by 1": "may",
}
record = cell("from cordon import tools, ToolError\nimport json\nfound = {}\nfor sql in " + repr(list(HOSTILE)) + """:
    try: found[sql] = "taken: " + str(tools.query(sql))[:100]
    except ToolError as error: found[sql] = str(error)
print(json.dumps(found))
print(tools.query("select count(*), sum(cents) from sale")["rows"])""")
found = json.loads(out(record).splitlines()[0]) if out(record) else {}
LATE = "did not answer in time"  # the call's own bound, where the machine is too busy for SQLite to look at its clock before
for sql, said in HOSTILE.items():
    is_said = said in found.get(sql, "") or ("may" in said and LATE in found.get(sql, ""))
    claim(f"refused: {sql or 'nothing'}", not found.get(sql, "taken: ").startswith("taken: ") and is_said, found.get(sql))
claim("and the database is as it was", out(record).endswith("[[3, 347]]\n"), record)
# Functions that are cordon's own, by what SQLite's say of the same.
chance = random.Random(1)
def quoted(letters, most):
    return "'" + "".join(chance.choice(letters) for _ in range(chance.randrange(most))) + "'"
expressions = ["instr('abc', null)", "'a' like null", "instr(x'c3a9c3a9', x'a9')", "instr('éé', 'é')", "instr(12345, 34)", "replace('abc', '', 'x')",
               "replace('aXbX', 'X', null)", "trim(' a ')", "rtrim('éaé', 'é')", "ltrim(' ')", "'É' like 'é'", "'a_c' like 'a!_c' escape '!'",
               "'a%' like 'a%%' escape '%'", "'abc' like 'a%' escape '%'", "'a' glob '[]a]'", "'-' glob '[a-]'", "'a' glob '[a'", "'a' like 'a!' escape '!'"]
for _ in range(400):
    expressions.append(chance.choice([
        lambda: f"{quoted('abAé_%', 9)} like {quoted('abAé_%%', 6)}",
        lambda: f"{quoted('abé_%!', 9)} like {quoted('abé_%%!', 6)} escape {chance.choice(['!', '%', '_', 'é'])!r}",
        lambda: f"{quoted('abcé]-^', 7)} glob {quoted('abcé*?[]-^', 9)}",
        lambda: f"instr({quoted('abé', 9)}, {quoted('abé', 3)})",
        lambda: f"replace({quoted('abé', 9)}, {quoted('abé', 3)}, {quoted('abé', 4)})",
        lambda: f"{chance.choice(['trim', 'ltrim', 'rtrim'])}({quoted('abé', 9)}, {quoted('abé', 3)})"])())
questions = ["select " + ", ".join(expressions[i:i + 50]) for i in range(0, len(expressions), 50)]
said = [list(sqlite3.connect(":memory:").execute(question).fetchone()) for question in questions]
record = cell(f"from cordon import tools\nprint([tools.query(sql)['rows'][0] for sql in {questions!r}])")
claim("SQL functions that SQLite does not interrupt are cordon's own, and say the same", out(record) == f"{said}\n",
      [(e, a, b) for e, a, b in zip(expressions, sum(said, []), sum(eval(out(record) or "[]"), [])) if a != b] or record)
record = cell("from cordon import tools, ToolError\ntry: tools.gone('select 1')\nexcept ToolError as error: print(error)")
claim("a database that is not there is the tool's error, and none is made", out(record) == "gone: the database cannot be opened\n"
      and not (folder / "gone.db").exists(), record)

# Programs that speak for themselves.
RAW = """
import json, os, struct, time
def send(number, name, body, length=None, name_length=None, rest=0):
    data = name + body
    os.write(4, struct.pack("<IIHH", len(data) if length is None else length, number, len(name) if name_length is None else name_length, rest) + data)
def take(size):
    data = b""
    while len(data) < size:
        part = os.read(4, size - len(data))
        if not part: return None
        data += part
    return data
def answer():
    head = take(12)
    if head is None: return "closed"
    length, number, state, _ = struct.unpack("<IIHH", head)
    return number, state, take(length).decode()
def ended():
    try: return answer()
    except OSError as error: return "closed"
"""
record = cell(RAW + "send(9, b'hidden', b'{}'); print(answer())\nsend(10, b'add', b'{\"a\":1,\"b\":2}'); print(answer())", gate="warn")
claim("a forged call of a tool that was not granted is refused, and on record", out(record) == "(9, 1, 'no such tool was granted')\n(10, 0, '{\"sum\":3}')\n"
      and outcomes(record) == [("hidden", "refused"), ("add", "ok")], record)
for name, code, said in (
        ("a message of 4 GiB", "send(1, b'add', b'', length=0xffffffff)", "too long"),
        ("a name longer than the message", "send(1, b'add', b'', name_length=60)", "name"),
        ("a head with something behind it", "send(1, b'add', b'{}', rest=7)", "behind"),
        ("a call without a name", "send(1, b'', b'{}')", "without a name"),
        ("a question with something in it", "send(0, b'add', b'{}')", "question"),
        ("bytes that are nothing", "os.write(4, os.urandom(4096) + b'\\xff' * 4096)", "")):
    record = cell(RAW + code + "\nprint(ended()); print(ended())", gate="warn")
    calls = record["result"]["tools"]["calls"]
    claim(f"{name} ends the channel and not the program", out(record).endswith("closed\n") and record["result"]["exit_code"] == 0
          and calls and calls[0]["outcome"] == "refused" and said in calls[0]["reason"], record)
for name, body in (("no JSON", b"{"), ("a list", b"[1]"), ("a key twice", b'{"a":1,"a":2,"b":1}'), ("deep nesting", b"[" * 100000),
                   ("too many values", b"[" + b"1," * 120000 + b"1]"), ("a number out of range", b'{"a":99999999999999999999999,"b":1}'),
                   ("bytes that are no text", b'{"a":"\xff","b":1}'), ("nothing", b"")):
    record = cell(RAW + f"send(3, b'add', {body[:20]!r} + {body[20:]!r}); print(answer()[:2]); send(4, b'add', b'{{\"a\":1,\"b\":2}}'); print(answer())"
                  if len(body) < 1000 else
                  RAW + f"send(3, b'add', {body[:1]!r} * 1 + {body[1:3]!r} * {len(body) // 2}); print(answer()[:2]); send(4, b'add', b'{{\"a\":1,\"b\":2}}'); print(answer())",
                  gate="warn")
    claim(f"arguments that are {name} are refused, and the next call is as any", out(record) == "(3, 1)\n(4, 0, '{\"sum\":3}')\n"
          and outcomes(record) == [("add", "refused"), ("add", "ok")], record)
record = cell(RAW + "send(1, b'add', b'{\"a\"', length=100)\nprint(ended())", gate="warn")
claim("half a message ends the channel in time", out(record) == "closed\n", record)
record = cell(RAW + "send(1, b'add', b'{\"a\"', length=100)\nos._exit(5)", gate="warn")
claim("half a message does not hold a cell", record["result"]["exit_code"] == 5, record)
record = cell(RAW + "import fcntl\nfcntl.fcntl(4, fcntl.F_SETFL, os.O_NONBLOCK)\nsent = 0\nuntil = time.time() + 4\n"
              "while time.time() < until:\n    try: send(sent, b'echo', b'{\"x\":\"' + b'y' * 60000 + b'\"}'); sent += 1\n    except OSError: time.sleep(0.01)\nprint('over')", gate="warn")
claim("a flood that nobody reads the answers of holds nothing", out(record) == "over\n" and record["result"]["ended"] == "exited", record["result"]["ended"])
record = cell(RAW + "os.close(4)\nprint('on')", gate="warn")
claim("a channel that the program closes is its own loss", out(record) == "on\n" and record["result"]["exit_code"] == 0, record)
record = cell(RAW + "for i in range(1, 1500): send(i, b'nothing', b'{}'); answer()\nprint('over')", gate="warn")
claim("more calls than the record has room for are counted", out(record) == "over\n" and len(outcomes(record)) == 256
      and record["result"]["tools"]["dropped"] == 1499 - 256, len(outcomes(record)))
record = cell(RAW + "for i in range(1, 61): send(i, b'slow', b'{}')\nprint(len({answer()[0] for i in range(60)}))", gate="warn")
claim("more calls at once than there are threads wait", out(record) == "60\n", record)
record = cell("const fs = require('fs'); fs.writeSync(4, Buffer.alloc(12, 255)); setTimeout(() => { try { require('cordon'); } catch (e) { console.log(e.name); } }, 300)", suffix=".js", gate="warn")
claim("Node hears that the channel is closed", out(record) == "ToolError\n", record)

# The audit log.
records = [json.loads(line) for line in log.read_text().splitlines()]
ends = [line for line in records if line["event"] == "run.end" and line["result"].get("tools")]
claim("the audit log has every call with digests and without contents", any(call["tool"] == "add" and call["outcome"] == "ok" and call["arguments_bytes"] == 13
      for line in ends for call in line["result"]["tools"]["calls"]) and "no such customer" in log.read_text() and '"sum"' not in log.read_text(), len(ends))
shown = subprocess.run([program, "log", "show", "--log", log, "--event", "run.end", "--last", "400"], env=environment, capture_output=True, text=True, timeout=60).stdout
claim("`cordon log show` names the tools", "called the tool add: ok (" in shown and "called the tool fail: failed, no such customer (" in shown, shown[-1500:])

# Policies that are wrong.
for name, text, said in (
        ("an unknown key", "tools: {a: {comand: [x]}}", "did you mean 'command'"),
        ("no program", "tools: {a: {command: [/no/such/program]}}", "no such program"),
        ("nothing", "tools: {a: {description: x}}", "a tool that is nothing"),
        ("a name that is none", "tools: {a-b: {command: [cat]}}", "no name for a tool"),
        ("a name that has a meaning", "tools: {aio: {command: [cat]}}", "no name for a tool"),
        ("parameters that are no object", "tools: {a: {command: [cat], parameters: {type: string}}}", "must be of an object"),
        ("a keyword that is not known", "tools: {a: {command: [cat], parameters: {type: object, propertys: {}}}}", "did you mean 'properties'"),
        ("a limit that is not known", "tools: {a: {command: [cat], limits: {time: 3s}}}", "unknown key"),
        ("a limit of nothing", "tools: {a: {command: [cat], limits: {calls: 0}}}", "from 1 to"),
        ("a limit over the most", "tools: {a: {command: [cat], limits: {depth: 1000}}}", "from 1 to 128"),
        ("two kinds", "tools: {a: {command: [cat], sqlite: x}}", "one of command, sqlite and http"),
        ("a schema for a database", "tools: {a: {sqlite: x, parameters: {type: object}}}", "its own parameters"),
        ("a list", "tools: [a]", "must be a mapping")):
    (folder / "wrong.yaml").write_text(text + "\n")
    done = subprocess.run([program, "policy", "check", folder / "wrong.yaml"], env=environment, capture_output=True, text=True, timeout=60)
    claim(f"a policy with {name} is refused with its place", done.returncode != 0 and said in done.stderr + done.stdout and "wrong.yaml:1:" in done.stderr + done.stdout,
          done.stderr + done.stdout)
shown = subprocess.run([program, "policy", "show", "--policy", folder / "policy.yaml"], env=environment, capture_output=True, text=True, timeout=60).stdout
claim("`cordon policy show` has the tools, and its output is a policy", '"command":["./add.py"]' in shown, shown)

# The examples.
examples = pathlib.Path(os.environ["CORDON_SOURCE_ROOT"]) / "examples/tools"
for name, said in (("basket.py", "A-7 250\nB-2 100\nC-9 unknown (there is no article C-9)\nsold in May: 15\nsales: the arguments: .month: is above 12\n"),
                   ("basket.js", "A-7 250\nB-2 100\nC-9 unknown (there is no article C-9)\nsold in May: 15\n")):
    done = subprocess.run([program, "run", "--policy", examples / "shop.yaml", "--log", log, examples / name], env=environment, capture_output=True,
                          text=True, timeout=60, stdin=subprocess.DEVNULL)
    claim(f"the example {name} says what it should", done.stdout == said and done.returncode == 0, done)

# The service: warm cells and many at once.
import http.client  # noqa: E402
import socket  # noqa: E402


class Unix(http.client.HTTPConnection):
    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(str(folder / "socket"))


(folder / "report.yaml").write_text("extends: ./policy.yaml\nmode: report\n")
serve = subprocess.Popen([program, "serve", "--policy", folder / "report.yaml", "--listen", f"unix:{folder / 'socket'}", "--log", folder / "serve.jsonl", "--pool", "8"],
                         env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
try:
    until = time.time() + 60
    while not (folder / "socket").exists() and time.time() < until and serve.poll() is None:
        time.sleep(0.05)
    answers = []

    def ask(language, code):
        connection = Unix("cell", timeout=120)
        connection.request("POST", "/v1/run", json.dumps({"language": language, "code": code}), {"Content-Type": "application/json"})
        answers.append((language, json.loads(connection.getresponse().read())))

    for turn in range(3):
        threads = [threading.Thread(target=ask, args=pair) for pair in (("python", PYTHON), ("javascript", NODE))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        time.sleep(2)
    claim("through the service programs call their tools", len(answers) == 6 and all(
        ("slept" in answer["result"]["stdout"] and "no such customer" in answer["result"]["stdout"] and answer["result"]["stdout"].strip().lower().endswith("true"))
        for _, answer in answers), answers)
    claim("in cells that waited, too", {language for language, answer in answers if answer["result"].get("start") == "warm"} == {"python", "javascript"},
          [(language, answer["result"].get("start")) for language, answer in answers])
    ask("python", "import sitecustomize")
    claim("a waiting cell's boot is not the program's", "ModuleNotFoundError" in answers[-1][1]["result"]["stderr"], answers[-1])
finally:
    serve.terminate()
    said = serve.communicate(timeout=60)[1]
claim("the service ends as it should", serve.returncode == 0, (serve.returncode, said))

finish()
