"""Check code that nobody should trust, and run it in a cell.

    import cordon
    cordon.check("print(1)").approved
    with cordon.Pool(cells=4) as pool:
        pool.run("print(6 * 7)", require=True).stdout

A gate is shared by threads. Nothing here installs signal handlers or touches your children."""
from __future__ import annotations

import asyncio
import ctypes
import os
import queue
import threading
from typing import Any, Callable, Iterator, Mapping, Optional, Sequence, Union

from . import _native
from ._native import lib
from ._tools import Registered, Tool, ToolLike, tool_of
from ._types import CordonError, Finding, LimitReached, Output, ProgramFailed, Rejected, Report, Result

__all__ = ["CordonError", "Finding", "Gate", "LimitReached", "Output", "Pool", "ProgramFailed", "Rejected", "Report", "Result", "Tool", "arun",
           "check", "has", "run", "version"]

Source = Union[str, bytes]
Path = Union[str, "os.PathLike[str]"]


def version() -> str:
    """Of the library that is loaded."""
    return str(lib.cordon_version().decode())


def has(feature: str) -> bool:
    """Whether the library has it: "pool", "language:python", "runtime:javascript" ..."""
    return bool(lib.cordon_has(feature.encode()))


def _bytes(source: Source) -> bytes:
    return source.encode("utf-8", "surrogatepass") if isinstance(source, str) else bytes(source)


def _optional(text: "Optional[Path]") -> Optional[bytes]:
    return None if text is None else os.fsencode(text)


def _pairs(values: "Optional[Mapping[str, object]]") -> "list[bytes]":
    pairs = [os.fsencode(f"{name}={value}") for name, value in (values or {}).items()]
    if any(b"\0" in pair for pair in pairs):
        raise ValueError("a value with NUL")
    return pairs


def _findings(answer: int) -> "list[Finding]":
    findings: "list[Finding]" = []
    raw = _native.Finding(struct_size=ctypes.sizeof(_native.Finding))
    while lib.cordon_answer_finding(answer, len(findings), ctypes.byref(raw)):
        words = [text.decode("utf-8", "replace") for text in (raw.rule_id, raw.severity, raw.message, raw.help, raw.capability)]
        argument = None if raw.argument is None else raw.argument.decode("utf-8", "replace")
        findings.append(Finding(*words, argument, raw.is_granted, raw.is_suppressed, raw.line, raw.col, raw.end_line, raw.end_col,
                                raw.start, raw.end))
    return findings


def _report(answer: int) -> Report:
    return Report(lib.cordon_answer_is_approved(answer), _findings(answer), lib.cordon_answer_json(answer).decode())


def _output(read: Any, answer: int) -> bytes:
    length = ctypes.c_size_t()
    start = read(answer, ctypes.byref(length))
    return ctypes.string_at(start, length.value)


def _result(answer: int) -> Result:
    ended, code = lib.cordon_answer_ended(answer).decode(), lib.cordon_answer_exit_code(answer)
    report = _report(answer)
    return Result(ended, code if ended == "exited" else None, lib.cordon_answer_signal(answer), lib.cordon_answer_limit(answer).decode(),
                  lib.cordon_answer_wall_ms(answer), lib.cordon_answer_was_warm(answer), _output(lib.cordon_answer_stdout, answer),
                  _output(lib.cordon_answer_stderr, answer), report, report.json)


def _take(answer: "Optional[int]", make: "Callable[[int], Any]") -> Any:
    """What the answer holds, and frees it."""
    if not answer:
        raise MemoryError("no memory for an answer")
    try:
        error = lib.cordon_answer_error(answer)
        if error is not None:
            raise CordonError(error.decode("utf-8", "replace"))
        return make(answer)
    finally:
        lib.cordon_answer_free(answer)


class _Cancel:
    def __init__(self) -> None:
        self.handle = lib.cordon_cancel_new()
        if not self.handle:
            raise CordonError("no descriptor for a cancelation")

    def fire(self) -> None:
        lib.cordon_cancel_fire(self.handle)

    def __del__(self) -> None:
        lib.cordon_cancel_free(self.handle)


class Gate:
    """Rules and a grant, opened once. `policy` is a profile ("agent", "strict", "data", "hook", "audit") or a file; `grants` are
    "net=HOST:PORT", "fs.read=PATH", "env=NAME" ...; `pool` keeps as many cells waiting at most, booted. `tools` are functions, or
    Tool, that every program may call as `tools.NAME` of its module cordon; they are granted by being here."""

    def __init__(self, policy: str = "agent", *, grants: Sequence[str] = (), rules: "Sequence[Path]" = (),
                 reject_at: Optional[str] = None, pool: int = 0, pool_memory: int = 0, pool_idle_ms: int = 0,
                 log: "Optional[Path]" = None, actor: Optional[str] = None, isolate_check: bool = False,
                 check_deadline_ms: int = 0, tools: "Sequence[ToolLike]" = ()) -> None:
        """With `isolate_check` each source is parsed in a process of its own, without files and network, within
        `check_deadline_ms` (0: 30 s)."""
        self._handle: Optional[int] = None
        self._tools = [tool_of(tool) for tool in tools]
        granted, paths = [os.fsencode(grant) for grant in (*grants, *(f"tool={tool.name}" for tool in self._tools))], [os.fsencode(path) for path in rules]
        options = _native.GateOptions(
            ctypes.sizeof(_native.GateOptions), _native.texts(paths), len(paths), _native.texts(granted), len(granted),
            _optional(reject_at), os.fsencode(policy), pool, pool_memory, pool_idle_ms, _optional(log), _optional(actor),
            isolate_check, check_deadline_ms)
        error = ctypes.create_string_buffer(1400)
        self._handle = lib.cordon_gate_open(ctypes.byref(options), error, len(error))
        if not self._handle:
            raise CordonError(error.value.decode("utf-8", "replace"))

    def close(self) -> None:
        """Ends the cells that wait, and waits for the runs under way."""
        handle, self._handle = self._handle, None
        lib.cordon_gate_close(handle)

    def __enter__(self) -> "Gate":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        if getattr(self, "_handle", None):
            self.close()

    def _open(self) -> int:
        if not self._handle:
            raise CordonError("the gate is closed")
        return self._handle

    def check(self, source: Source, language: str = "python", *, path: "Optional[Path]" = None) -> Report:
        """Checks a program. Raises CordonError where cordon could not decide."""
        text = _bytes(source)
        return _take(lib.cordon_check(self._open(), _optional(path), language.encode(), text, len(text)), _report)

    def check_file(self, path: Path, language: Optional[str] = None) -> Report:
        """Checks a file; its language is guessed by name and first line where none is given."""
        return _take(lib.cordon_check_file(self._open(), os.fsencode(path), _optional(language)), _report)

    def run(self, source: Source, language: str = "python", *, args: Sequence[str] = (), env: "Optional[Mapping[str, str]]" = None,
            limits: "Optional[Mapping[str, object]]" = None, input: Source = b"", path: "Optional[Path]" = None,
            run_rejected: bool = False, require: bool = False, files: "Optional[Mapping[str, Path]]" = None,
            artifacts: "Optional[Path]" = None,
            on_output: "Optional[Callable[[Output], object]]" = None, tools: "Sequence[ToolLike]" = (),
            _cancel: "Optional[_Cancel]" = None, _loop: "Optional[asyncio.AbstractEventLoop]" = None) -> Result:
        """Checks a program and, where the gate approves, runs it in a cell and waits for its end. `limits` are {"wall": "10s",
        "memory": "256MiB"}. `on_output` is called with each piece of output; what it raises ends the cell and is raised
        here. `require` raises Rejected, LimitReached or ProgramFailed. `files` are copied into the scratch folder: {"in.csv":
        "/data/2026.csv"}; what the program leaves there is copied into the folder `artifacts`, which is made where there is
        none, and `details` of the result name it. `tools` come before the gate's of the same name; each must be granted
        ("tool=NAME")."""
        raised: "list[BaseException]" = []

        def pass_on(_: object, stream: int, start: int, length: int) -> bool:
            try:
                if on_output:
                    on_output(Output(stream, ctypes.string_at(start, length)))
                return True
            except BaseException as failure:
                raised.append(failure)
                return False

        text, stdin = _bytes(source), _bytes(input)
        words, variables, bounds = [os.fsencode(arg) for arg in args], _pairs(env), _pairs(limits)
        copies = [os.fsencode(host) + b":" + os.fsencode(name) for name, host in (files or {}).items()]
        folder = _optional(artifacts)
        if any(b"\0" in word for word in [*words, *copies, folder or b""]):
            raise ValueError("an argument or a path with NUL")
        own = [tool_of(tool) for tool in tools]
        registered = Registered([*own, *(tool for tool in self._tools if tool.name not in {one.name for one in own})], _loop)
        callback = _native.OnOutput(pass_on) if on_output else _native.OnOutput()
        options = _native.RunOptions(
            ctypes.sizeof(_native.RunOptions), _native.texts(words), len(words), _native.texts(variables), len(variables),
            _native.texts(bounds), len(bounds), 0, 0, run_rejected, stdin, len(stdin), _cancel.handle if _cancel else None, callback,
            files=_native.texts(copies), file_count=len(copies), artifacts_folder=folder, tools=registered.array,
            tool_count=registered.count)
        answer = lib.cordon_run(self._open(), _optional(path), language.encode(), text, len(text), ctypes.byref(options))
        result: Result = _take(answer, _result)
        if raised:
            raise raised[0]
        return result.require() if require else result

    async def arun(self, source: Source, language: str = "python", **options: Any) -> Result:
        """As run, for asyncio. Canceling the task ends the cell."""
        cancel, loop = _Cancel(), asyncio.get_running_loop()
        done: "asyncio.Future[Result]" = loop.create_future()

        def settle(result: "Optional[Result]", failure: "Optional[BaseException]") -> None:
            if done.cancelled():
                return
            if failure:
                done.set_exception(failure)
            else:
                done.set_result(result)  # type: ignore[arg-type]

        def work() -> None:
            result: "Optional[Result]" = None
            failure: "Optional[BaseException]" = None
            try:
                result = self.run(source, language, _cancel=cancel, _loop=loop, **options)
            except BaseException as raised:
                failure = raised
            loop.call_soon_threadsafe(settle, result, failure)

        threading.Thread(target=work, daemon=True).start()
        try:
            return await asyncio.shield(done)
        except asyncio.CancelledError:
            cancel.fire()
            await asyncio.wait([done])
            if not done.cancelled():
                done.exception()
            raise

    def stream(self, source: Source, language: str = "python", **options: Any) -> "Iterator[Union[Output, Result]]":
        """Runs in a thread and gives each Output as it arrives, then the Result. Leaving the loop ends the cell."""
        parts: "queue.Queue[Union[Output, Result, BaseException]]" = queue.Queue()
        cancel = _Cancel()

        def work() -> None:
            try:
                parts.put(self.run(source, language, on_output=parts.put, _cancel=cancel, **options))
            except BaseException as failure:
                parts.put(failure)

        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        try:
            while True:
                part = parts.get()
                if isinstance(part, BaseException):
                    raise part
                yield part
                if isinstance(part, Result):
                    return
        finally:
            cancel.fire()
            thread.join()

    def warm(self, language: str = "python", cells: int = 1, *, limits: "Optional[Mapping[str, object]]" = None,
             timeout_ms: int = 10000) -> None:
        """Boots cells until as many wait for jobs of this language under these limits, and keeps as many."""
        bounds, error = _pairs(limits), ctypes.create_string_buffer(1400)
        options = _native.RunOptions(ctypes.sizeof(_native.RunOptions), limits=_native.texts(bounds), limit_count=len(bounds))
        if not lib.cordon_gate_warm(self._open(), language.encode(), ctypes.byref(options), cells, timeout_ms, error, len(error)):
            raise CordonError(error.value.decode("utf-8", "replace"))

    def drain(self) -> None:
        """Ends every cell that waits."""
        lib.cordon_gate_drain(self._open())

    def stats(self) -> "dict[str, int]":
        """Of the pool: runs, cells, memory."""
        raw = _native.PoolStats(struct_size=ctypes.sizeof(_native.PoolStats))
        lib.cordon_gate_stats(self._open(), ctypes.byref(raw))
        return {name: getattr(raw, name) for name, _ in _native.PoolStats._fields_[1:]}


class Pool(Gate):
    """A gate with cells that wait, booted, each for one job."""

    def __init__(self, policy: str = "agent", *, cells: int = 4, **options: Any) -> None:
        super().__init__(policy, pool=cells, **options)

    def __enter__(self) -> "Pool":
        return self


_gates: "dict[tuple[Any, ...], Gate]" = {}
_gates_lock = threading.Lock()


def _gate(policy: str, grants: Sequence[str]) -> Gate:
    """One for each policy and grant, opened on first use."""
    key = (policy, tuple(grants))
    with _gates_lock:
        if key not in _gates:
            _gates[key] = Gate(policy, grants=grants)
        return _gates[key]


def _with_tools(grants: Sequence[str], options: "dict[str, Any]") -> "list[str]":
    """The tools of one run are granted by being given."""
    options["tools"] = [tool_of(tool) for tool in options.get("tools", ())]
    return [*grants, *(f"tool={tool.name}" for tool in options["tools"])]


def check(source: Source, language: str = "python", *, policy: str = "agent", grants: Sequence[str] = (),
          path: "Optional[Path]" = None) -> Report:
    """Gate.check with a gate that is opened once for each policy and grant."""
    return _gate(policy, grants).check(source, language, path=path)


def run(source: Source, language: str = "python", *, policy: str = "agent", grants: Sequence[str] = (), **options: Any) -> Result:
    """Gate.run with such a gate."""
    return _gate(policy, _with_tools(grants, options)).run(source, language, **options)


async def arun(source: Source, language: str = "python", *, policy: str = "agent", grants: Sequence[str] = (),
               **options: Any) -> Result:
    """Gate.arun with such a gate."""
    return await _gate(policy, _with_tools(grants, options)).arun(source, language, **options)
