"""Functions of yours that a program in a cell may call."""
from __future__ import annotations

import asyncio
import ctypes
import inspect
import itertools
import json
import os
import types
import typing
from dataclasses import dataclass
from typing import Any, Callable, Literal, Mapping, Optional, Sequence, Union

from . import _native
from ._native import lib
from ._types import CordonError

_KINDS: "dict[Any, str]" = {str: "string", int: "integer", float: "number", bool: "boolean", list: "array", dict: "object", type(None): "null"}


def _schema(annotation: Any) -> "dict[str, Any]":
    """Of an annotation; {} for one that says nothing in JSON."""
    origin, inner = typing.get_origin(annotation), typing.get_args(annotation)
    if annotation in _KINDS:
        return {"type": _KINDS[annotation]}
    if annotation is None:
        return {"type": "null"}
    if origin is Literal:
        return {"enum": list(inner)}
    if origin in (Union, getattr(types, "UnionType", Union)):
        return {"anyOf": [_schema(one) for one in inner]}
    if origin in (list, typing.get_origin(Sequence[int])):
        return {"type": "array", "items": _schema(inner[0])} if inner else {"type": "array"}
    if origin in (dict, typing.get_origin(Mapping[str, int])):
        return {"type": "object", "additionalProperties": _schema(inner[1])} if inner else {"type": "object"}
    return {}


@dataclass(frozen=True)
class Tool:
    """A function, by keyword arguments, with what it takes and gives (JSON Schema). What is not said is taken from the function:
    its name, its docstring, its annotations. A coroutine function runs in the loop of Gate.arun, or in one of its own."""
    function: "Callable[..., Any]"
    name: str = ""
    description: str = ""
    parameters: "Optional[Mapping[str, Any]]" = None
    result: "Optional[Mapping[str, Any]]" = None
    timeout_ms: int = 0
    calls: int = 0
    arguments_bytes: int = 0
    result_bytes: int = 0

    def __post_init__(self) -> None:
        known: "dict[str, Any]" = {}
        try:
            known = typing.get_type_hints(self.function)
        except (NameError, TypeError):
            pass  # annotations that cannot be read say nothing
        fill = object.__setattr__
        if not self.name:
            fill(self, "name", getattr(self.function, "__name__", ""))
        if not self.description:
            fill(self, "description", inspect.getdoc(self.function) or "")
        if self.parameters is None:
            fill(self, "parameters", self._parameters(known))
        if self.result is None and "return" in known:
            fill(self, "result", _schema(known["return"]))

    def _parameters(self, known: "dict[str, Any]") -> "dict[str, Any]":
        properties, required, is_open = {}, [], False
        for name, parameter in inspect.signature(self.function).parameters.items():
            if parameter.kind is parameter.VAR_KEYWORD:
                is_open = True
                continue
            if parameter.kind in (parameter.POSITIONAL_ONLY, parameter.VAR_POSITIONAL):
                raise CordonError(f"the tool {self.name}: {name} cannot be given by its name")
            properties[name] = _schema(known[name]) if name in known else {}
            if parameter.default is parameter.empty:
                required.append(name)
        return {"type": "object", "properties": properties, "required": required, "additionalProperties": is_open}


ToolLike = Union[Tool, "Callable[..., Any]"]


def tool_of(given: ToolLike) -> Tool:
    return given if isinstance(given, Tool) else Tool(given)


_under_way: "dict[int, Registered]" = {}
_numbers = itertools.count(1)


@_native.OnRelease
def _released(number: "Optional[int]") -> None:
    """No call of it can come any more: what it is made of may go. In whatever thread was the last."""
    _under_way.pop(number or 0, None)


class Registered:
    """The tools of one run as the library takes them: until the run has ended and every function has returned, which may be later."""

    def __init__(self, tools: "Sequence[Tool]", loop: "Optional[asyncio.AbstractEventLoop]") -> None:
        self._loop = loop
        self._kept: "list[Any]" = []
        for tool in tools:
            call = _native.OnTool(self._callback(tool))
            result = None if tool.result is None else json.dumps(tool.result).encode()
            number = next(_numbers)
            _under_way[number] = self
            self._kept.append(_native.Tool(
                ctypes.sizeof(_native.Tool), tool.name.encode(), tool.description.encode(), json.dumps(tool.parameters).encode(), result,
                call, number, tool.arguments_bytes, tool.result_bytes, 0, tool.calls, tool.timeout_ms, _released))
        self.count = len(self._kept)
        self.array = (ctypes.POINTER(_native.Tool) * self.count)(*map(ctypes.pointer, self._kept)) if self._kept else None

    def _callback(self, tool: Tool) -> "Callable[[Any, int], bool]":
        def answer(_: Any, call: int) -> bool:
            try:
                length = ctypes.c_size_t()
                start = lib.cordon_tool_call_arguments(call, ctypes.byref(length))
                found = self._run(tool, json.loads(ctypes.string_at(start, length.value)), call)
                body = json.dumps(found, allow_nan=False).encode()
                return bool(lib.cordon_tool_call_succeed(call, body, len(body)))
            except BaseException as failure:
                said = str(failure) or type(failure).__name__
                lib.cordon_tool_call_fail(call, said.replace("\0", " ").encode("utf-8", "replace"))
                return False
        return answer

    def _run(self, tool: Tool, arguments: "dict[str, Any]", call: int) -> Any:
        made = tool.function(**arguments)
        if not inspect.isawaitable(made):
            return made
        seconds = lib.cordon_tool_call_remaining_ms(call) / 1000

        async def wait() -> Any:
            loop, task = asyncio.get_running_loop(), asyncio.current_task()
            stop = os.dup(lib.cordon_tool_call_stop_fd(call))  # when the run has ended nobody waits for it

            def end() -> None:
                loop.remove_reader(stop)  # once: what it does in its end is not disturbed
                task.cancel()  # type: ignore[union-attr]
            loop.add_reader(stop, end)
            try:
                return await asyncio.wait_for(made, seconds)  # type: ignore[arg-type]
            finally:
                loop.remove_reader(stop)
                os.close(stop)
        try:
            if self._loop:
                return asyncio.run_coroutine_threadsafe(wait(), self._loop).result()
            return asyncio.run(wait())
        except asyncio.TimeoutError:
            raise CordonError(f"{tool.name} took too long") from None
