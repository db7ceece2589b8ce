"""The Python package against the real library."""
import asyncio
import gc
import json
import os
import threading
import time

import pytest

import cordon


@pytest.fixture(scope="module")
def pool():
    with cordon.Pool(cells=2, grants=["env=NAME"]) as opened:
        yield opened


def test_check_tells_what_it_found():
    report = cordon.check("import os\nos.environ['KEY']", path="x.py")
    assert not report and not report.approved
    finding = report.findings[0]
    assert (finding.capability, finding.argument, finding.line, finding.granted) == ("env", "KEY", 2, False)
    with pytest.raises(cordon.Rejected) as raised:
        report.require()
    assert raised.value.report is report
    assert cordon.check("print(1)").require().findings == []


def test_wrong_options_say_what_is_wrong():
    with pytest.raises(cordon.CordonError, match="did you mean net"):
        cordon.Gate(grants=["nett=x"])
    with pytest.raises(cordon.CordonError, match="unknown language"):
        cordon.check("x", "cobol")
    with pytest.raises(cordon.CordonError, match="NAME2"):
        cordon.run("print(1)", env={"NAME2": "x"})


def test_run_gives_what_the_program_did(pool):
    source = "import os, sys\nprint(sys.argv[1:], os.environ['NAME'], input())\nprint('e', file=sys.stderr)\nsys.exit(3)"
    result = pool.run(source, args=["a", "b c"], env={"NAME": "v"}, input="line\n")
    assert (result.ended, result.exit_code, result.stdout, result.stderr) == ("exited", 3, "['a', 'b c'] v line\n", "e\n")
    assert result.details["peak_memory_kib"] > 0 and result.report.approved
    with pytest.raises(cordon.ProgramFailed) as raised:
        result.require()
    assert raised.value.result is result


def test_javascript_too(pool):
    assert pool.run("console.log([1, 2].map(x => x * 2))", "javascript", require=True).stdout == "[ 2, 4 ]\n"


def test_refusals_and_limits_raise_where_that_is_wanted(pool):
    with pytest.raises(cordon.Rejected) as raised:
        pool.run("import os\nos.system('id')", require=True)
    assert raised.value.report.findings
    with pytest.raises(cordon.LimitReached) as reached:
        pool.run("import time; time.sleep(60)", limits={"wall": "200ms"}, require=True)
    assert reached.value.result.limit == "wall"


def test_a_pool_is_warm(pool):
    pool.warm("python", 1, timeout_ms=20000)
    before = pool.stats()["warm_runs"]
    assert pool.run("print(1)").warm
    assert pool.stats()["warm_runs"] == before + 1


def test_streams_come_in_order_and_end_early(pool):
    parts = list(pool.stream("for i in range(3): print(i, flush=True)"))
    assert b"".join(part.data for part in parts[:-1]) == b"0\n1\n2\n" and parts[-1].ok
    for part in pool.stream("import time; print('x', flush=True); time.sleep(60)"):
        assert part.data == b"x\n"
        break


def test_files_go_in_and_artifacts_come_out(pool, tmp_path):
    (tmp_path / "numbers:1.csv").write_text("1,2,3")
    kept = "text = open('in/data.csv').read()\nopen('sum.txt', 'w').write(str(sum(map(int, text.split(',')))))\nprint(text)"
    result = pool.run(kept, files={"in/data.csv": tmp_path / "numbers:1.csv"}, artifacts=tmp_path / "out", require=True)
    assert result.stdout == "1,2,3\n" and not result.warm
    assert (tmp_path / "out/sum.txt").read_text() == "6" and os.listdir(tmp_path / "out") == ["sum.txt"]
    assert [kept["name"] for kept in result.details["artifacts"]] == ["sum.txt"]
    with pytest.raises(cordon.CordonError, match="no name below"):
        pool.run("print(1)", files={"../x": tmp_path / "numbers:1.csv"})
    with pytest.raises(cordon.CordonError, match="missing.csv"):
        pool.run("print(1)", files={"x": tmp_path / "missing.csv"})
    with pytest.raises(ValueError, match="NUL"):
        pool.run("print(1)", artifacts="a\0b")


def test_what_a_callback_raises_comes_back(pool):
    def fail(_):
        raise KeyError("mine")
    with pytest.raises(KeyError):
        pool.run("print(1)", on_output=fail)


def test_asyncio_runs_beside_each_other_and_cancels(pool):
    async def main():
        results = await asyncio.gather(*[pool.arun(f"print({i})") for i in range(4)])
        assert [result.stdout for result in results] == ["0\n", "1\n", "2\n", "3\n"]
        task = asyncio.create_task(pool.arun("import time; time.sleep(60)"))
        await asyncio.sleep(0.2)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    asyncio.run(main())


def test_threads_share_a_gate(pool):
    failures = []

    def work(number):
        for i in range(3):
            if pool.run(f"print({number} * {i})").stdout != f"{number * i}\n" or not pool.check("x = 1"):
                failures.append(number)
    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures


def test_many_answers_leave_no_descriptor(pool):
    cordon.check("x = 1")
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(200):
        cordon.check("import os\nos.system('id')")
    for _ in range(5):
        cordon.run("print(1)")
    assert len(os.listdir("/proc/self/fd")) <= before + 4  # the control group's folder of the first run


def test_a_closed_gate_says_so():
    gate = cordon.Gate()
    gate.close()
    with pytest.raises(cordon.CordonError, match="closed"):
        gate.check("x = 1")


def test_features():
    assert cordon.has("runtime:python") and not cordon.has("x") and cordon.version()


def test_a_check_in_a_process_of_its_own() -> None:
    source = "import os\nos.system('id')\n"
    with cordon.Gate() as plain, cordon.Gate(isolate_check=True, check_deadline_ms=20000) as isolated:
        assert isolated.check("print(1)").approved
        assert [f.rule_id for f in isolated.check(source).findings] == [f.rule_id for f in plain.check(source).findings] != []
def add(a: int, b: int = 0) -> int:
    """Adds."""
    return a + b


async def slow(seconds: float) -> str:
    await asyncio.sleep(seconds)
    return "slept"


def fail(**given):
    raise LookupError(f"no such customer: {sorted(given)}")


CALLS = """
import asyncio, inspect
from cordon import tools, ToolError
async def main():
    print(tools.add(a=1, b=2), tools.add(5), inspect.signature(tools.add), tools.add.__doc__.splitlines()[0])
    print(await asyncio.gather(tools.aio.slow(seconds=0.2), tools.aio.add(a=3), tools.aio.fail(name="x"), return_exceptions=True))
    try:
        tools.add(a="x")
    except ToolError as error:
        print(error)
asyncio.run(main())
"""
SAID = ("3 5 (a: 'int', b: 'int' = Ellipsis) -> 'int' Adds.\n['slept', 3, ToolError(\"no such customer: ['name']\")]\n"
        "add: the arguments: .a: is not integer\n")


def test_a_program_calls_functions():
    result = cordon.run(CALLS, tools=[add, slow, fail])
    assert result.stdout == SAID, result.stderr
    assert [call["outcome"] for call in result.details["tools"]["calls"]].count("ok") == 4
    with cordon.Gate(tools=[add, slow, fail]) as gate:
        assert gate.run(CALLS).stdout == SAID


def test_a_coroutine_runs_in_the_callers_loop():
    async def main():
        loops = []

        async def where() -> bool:
            loops.append(asyncio.get_running_loop())
            await asyncio.sleep(0.1)
            return True
        program = "import asyncio\nfrom cordon import tools\nasync def main():\n    print(await asyncio.gather(*[tools.aio.where() for _ in range(5)]))\nasyncio.run(main())"
        result = await cordon.arun(program, tools=[where])
        assert result.stdout == "[True, True, True, True, True]\n", result
        assert set(loops) == {asyncio.get_running_loop()} and len(loops) == 5
    asyncio.run(main())


def test_a_tool_is_late_and_one_gives_what_it_may_not():
    async def late() -> int:
        await asyncio.sleep(60)

    def wrong() -> int:
        return "text"
    program = "from cordon import tools, ToolError\nfor tool in (tools.late, tools.wrong):\n    try: tool()\n    except ToolError as error: print(error)"
    result = cordon.run(program, tools=[cordon.Tool(late, timeout_ms=300), wrong])
    assert result.stdout.splitlines()[0] in ("late took too long", "the tool did not answer in time") and "is not integer" in result.stdout


def test_a_function_that_does_not_return_is_left_behind():
    import threading
    import weakref
    let_go, left = threading.Event(), []

    def stay() -> int:
        let_go.wait(120)
        return 1

    async def linger() -> int:
        try:
            await asyncio.sleep(120)
        except asyncio.CancelledError:
            await asyncio.sleep(0.05)  # its end is not canceled again
            left.append("canceled")
            raise
        return 1
    program = "import threading\nfrom cordon import tools\nthreading.Thread(target=tools.stay).start()\ntools.linger()"
    held = weakref.ref(stay)
    tools = [cordon.Tool(stay, timeout_ms=600000), cordon.Tool(linger, timeout_ms=600000)]
    for result in (cordon.run(program, tools=tools, limits={"wall": "1s"}),
                   asyncio.run(cordon.arun(program, tools=tools, limits={"wall": "1s"}))):
        assert result.limit == "wall", result
        assert {call["tool"]: call["outcome"] for call in result.details["tools"]["calls"]} == {"stay": "canceled", "linger": "canceled"}
    assert left == ["canceled"] * 2
    del stay, tools, result
    let_go.set()
    until = time.monotonic() + 60
    while held() and time.monotonic() < until:
        gc.collect()
        time.sleep(0.05)
    assert not held(), "what was left behind is freed when it has returned"


def test_events_are_in_the_log(tmp_path):
    (tmp_path / "log").mkdir()
    with cordon.Gate(tools=[add, fail], log=tmp_path / "log", actor="py") as gate:
        result = gate.run("from cordon import tools\nprint(tools.add(a=1))\ntry: tools.fail()\nexcept Exception as e: print(e)")
    records = [json.loads(line) for line in (tmp_path / "log/log.jsonl").read_text().splitlines()]
    assert [(r["event"], r.get("outcome")) for r in records] == [
        ("open", None), ("run.start", None), ("tool.call", None), ("tool.end", "ok"), ("tool.call", None), ("tool.end", "failed"), ("run.end", None)]
    assert len({r["id"] for r in records[1:]}) == 1 and result.details["events"] == {"recorded": 4, "unrecorded": 0}


NODE_CALLS = """
const { tools } = require('cordon');
Promise.allSettled([tools.slow({ seconds: 0.2 }), tools.add({ a: 3 }), tools.fail({})]).then(
  (all) => console.log(all.map((one) => one.value ?? one.reason.message).join('; ')));
"""


def test_a_node_program_calls_functions():
    result = cordon.run(NODE_CALLS, "javascript", tools=[add, slow, fail])
    assert result.stdout == "slept; 3; no such customer: []\n", result


def test_tools_that_are_not_granted_or_wrong():
    with cordon.Gate() as gate:
        assert gate.run("import cordon", tools=[add]).ended == "refused"
        with pytest.raises(cordon.CordonError, match="no name for a tool"):
            gate.run("print(1)", tools=[cordon.Tool(add, name="a-b")])
    with pytest.raises(cordon.CordonError, match="cannot be given by its name"):
        cordon.Tool(lambda *args: 1, name="x")
    with pytest.raises(cordon.CordonError, match="does not know"):
        cordon.run("print(1)", tools=[cordon.Tool(add, parameters={"type": "object", "$ref": "#"})])
