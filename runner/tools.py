"""The host's tools that this program was granted.

    from cordon import tools
    tools.NAME(argument=...)                waits for the result
    await tools.aio.NAME(argument=...)      the same in asyncio

help(tools.NAME) says what a tool takes and gives. ToolError has the tool's own message. Calls may be made from any thread."""
import json as _json
import keyword as _keyword
import os as _os
import threading as _threading

__all__ = ["ToolError", "tools"]

_CHANNEL, _HEAD, _LIST, _FAILED, _MOST = 4, 12, 0, 1, 4 << 20


class ToolError(Exception):
    """A tool failed, or the call was refused: the message is the tool's, or the host's."""


class _Channel:
    """Frames: length of what follows the head, number of the call, length of the name or state, four bytes, two, and two."""

    def __init__(self):
        self._owner = _os.getpid()
        self._send, self._state = _threading.Lock(), _threading.Lock()
        self._waiting, self._last, self._failure, self._reader = {}, 0, None, None

    def list(self):
        """Before the reader starts."""
        self._write(_LIST, b"", b"")
        _, state, body = self._read()
        if state == _FAILED:
            raise ToolError(body.decode())
        return _json.loads(body)

    def start(self, name, arguments, done):
        """`done` is called with (failed, bytes), in the reader's thread."""
        if _os.getpid() != self._owner:
            raise ToolError("tools are called by the process that imported them, not by its children")
        with self._state:
            if self._failure:
                raise ToolError(self._failure)
            self._last += 1
            number = self._last
            self._waiting[number] = done
            if self._reader is None:
                self._reader = _threading.Thread(target=self._run, name="cordon-tools", daemon=True)
                self._reader.start()
        try:
            self._write(number, name, arguments)
        except OSError:
            self._end()

    def _run(self):
        try:
            while True:
                number, state, body = self._read()
                with self._state:
                    done = self._waiting.pop(number, None)
                if done:
                    done(state == _FAILED, body)
        except (OSError, ToolError):
            self._end()

    def _end(self):
        with self._state:
            self._failure = "the host has ended the calls of tools"
            left, self._waiting = list(self._waiting.values()), {}
        for done in left:
            done(True, self._failure.encode())

    def _write(self, number, name, body):
        head = (len(name) + len(body)).to_bytes(4, "little") + number.to_bytes(4, "little") + len(name).to_bytes(2, "little") + b"\0\0"
        with self._send:
            rest = memoryview(head + name + body)
            while rest:
                rest = rest[_os.write(_CHANNEL, rest):]

    def _read(self):
        head = self._take(_HEAD)
        length, number, state = int.from_bytes(head[:4], "little"), int.from_bytes(head[4:8], "little"), int.from_bytes(head[8:10], "little")
        return number, state, self._take(length)

    def _take(self, size):
        parts = []
        while size:
            part = _os.read(_CHANNEL, min(size, 1 << 20))
            if not part:
                raise ToolError("the host has ended the calls of tools")
            parts.append(part)
            size -= len(part)
        return b"".join(parts)


_channel = _Channel()


def _body(arguments):
    try:
        body = _json.dumps(arguments, allow_nan=False, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise ValueError("a text that is no Unicode") from None
    if len(body) > _MOST:
        raise ToolError("the arguments are longer than any tool takes")
    return body


def _result(failed, body):
    if failed:
        raise ToolError(body.decode("utf-8", "replace"))
    return _json.loads(body)


def _call(name, arguments):
    body = _body(arguments)
    answer, ready = [], _threading.Lock()
    ready.acquire()

    def done(*said):
        answer.extend(said)
        ready.release()

    _channel.start(name.encode(), body, done)
    ready.acquire()
    return _result(*answer)


async def _acall(name, arguments):
    import asyncio
    loop = asyncio.get_running_loop()
    future = loop.create_future()

    def settle(failed, body):
        if not future.done():
            future.set_result((failed, body))

    def done(*said):
        try:
            loop.call_soon_threadsafe(settle, *said)
        except RuntimeError:
            pass  # the loop is closed: nobody waits

    _channel.start(name.encode(), _body(arguments), done)
    return _result(*await future)


_TYPES = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "array": "list", "object": "dict", "null": "None"}


def _type(schema):
    """What a schema admits, as an annotation."""
    if not isinstance(schema, dict):
        return "object"
    if "enum" in schema:
        return "Literal[" + ", ".join(map(repr, schema["enum"])) + "]"
    if "anyOf" in schema:
        return " | ".join(dict.fromkeys(map(_type, schema["anyOf"])))
    kinds = schema.get("type", [])
    words = [_TYPES.get(kind, "object") for kind in ([kinds] if isinstance(kinds, str) else kinds)]
    if words == ["list"] and "items" in schema:
        return "list[" + _type(schema["items"]) + "]"
    return " | ".join(words) or "object"


def _doc(tool, properties, required):
    lines = [tool["description"] or "A tool of the host's."]
    if properties:
        lines += ["", "Arguments:"]
    for name, schema in properties.items():
        said = schema.get("description", "") if isinstance(schema, dict) else ""
        lines.append(f"    {name} ({_type(schema)}{'' if name in required else ', optional'})" + (f": {said}" if said else ""))
    said = tool["result"].get("description", "") if tool["result"] else ""
    lines += ["", f"Returns: {_type(tool['result'])}" + (f": {said}" if said else "")]
    return "\n".join(lines)


def _function(tool, is_async):
    """A function with the tool's own parameters, those that are needed first. `...` stands for what was not given."""
    name, parameters = tool["name"], tool["parameters"]
    properties, required = parameters.get("properties", {}), parameters.get("required", [])
    names = [word for word in properties if word.isidentifier() and not _keyword.iskeyword(word)]
    names.sort(key=lambda word: word not in required)
    signature = [word if word in required else f"{word}=..." for word in names]
    is_open = len(names) < len(properties) or not properties or parameters.get("additionalProperties", False) is not False
    others, call = "others", "call"
    while others in properties:
        others += "_"
    while call in names:
        call += "_"
    given = [f"{word!r}: {word}" for word in names]
    if is_open:
        signature.append("**" + others)
        given.append("**" + others)
    start, wait = ("async def", "await ") if is_async else ("def", "")
    text = f"{start} f({', '.join(signature)}):\n    return {wait}{call}({{{', '.join(given)}}})\n"
    inner = _acall if is_async else _call
    place = {call: lambda arguments: inner(name, {key: value for key, value in arguments.items() if value is not ...})}
    exec(compile(text, f"<tool {name}>", "exec"), place)
    function = place["f"]
    function.__name__ = function.__qualname__ = name
    function.__module__ = __name__
    function.__doc__ = _doc(tool, properties, required)
    function.__annotations__ = {word: _type(properties[word]) for word in names} | {"return": _type(tool["result"])}
    return function


class _Tools:
    """What was granted; nothing else is here."""

    def __init__(self, functions):
        self.__dict__.update(functions)

    def __getattr__(self, name):
        known = ", ".join(sorted(word for word in self.__dict__ if word != "aio")) or "none"
        raise AttributeError(f"no tool {name!r} was granted (there is: {known})")

    def __setattr__(self, name, value):
        raise AttributeError("tools are the host's")

    def __repr__(self):
        return f"<tools {', '.join(self.__dict__)}>"


def _open():
    try:
        _os.set_inheritable(_CHANNEL, False)  # programs that this one starts have no use for it
        listed = _channel.list()
    except OSError:
        raise ImportError("the host's tools are out of reach: they are the first process's") from None
    found = {tool["name"]: _function(tool, False) for tool in listed}
    return _Tools({"aio": _Tools({tool["name"]: _function(tool, True) for tool in listed}), **found})


tools = _open()
