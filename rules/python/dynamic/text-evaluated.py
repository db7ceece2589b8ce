import dataclasses
import doctest
import inspect
import logging.config
import os
import typing


class A:
    # ruleid: python.dynamic.annotation-text
    x: "__import__('os').getcwd()"
    # ok: python.dynamic.annotation-text
    y: "list[int]"


# ruleid: python.dynamic.annotation-text
def f(x: "print('x')"):
    pass


# ok: python.dynamic.annotation-text
def g(x: "A") -> "dict[str, A]":
    return typing.get_type_hints(g)


# ruleid: python.dynamic.annotation-text
r = typing.ForwardRef("print('x')")
# ruleid: python.dynamic.annotation-text
f.__annotations__ = {"x": text}
# ruleid: python.dynamic.annotation-text
dataclasses.make_dataclass("C", [("x", "print('x')")])
# ok: python.dynamic.annotation-text
dataclasses.make_dataclass("C", [("x", int), ("y", "A")])
# ok: python.dynamic.annotation-text
inspect.signature(f)
# ok: python.dynamic.annotation-text
self._evaluate(expression)

# ruleid: python.dynamic.example-text
doctest.DocTestParser().get_doctest(">>> print(1)", {}, "x", None, 0)
# ok: python.dynamic.example-text
doctest.ELLIPSIS


def with_example():
    # ruleid: python.dynamic.example-text
    """
    >>> __import__("os").getcwd()
    """


def with_fine_example():
    # ok: python.dynamic.example-text
    """
    >>> with_fine_example() + 1
    2
    """


# ruleid: python.dynamic.factory-by-name
config = {"version": 1, "handlers": {"h": {"()": "os.system", "command": "id"}}}
# ok: python.dynamic.factory-by-name
config = {"version": 1, "formatters": {"f": {"()": "logging.Formatter"}}}
# ok: python.dynamic.factory-by-name
config = {"handlers": {"h": {"class": "logging.StreamHandler"}}}

# ruleid: python.dynamic.annotation-text
Made = type("Made", (), {"__annotations__": {"x": "f()"}})
# ok: python.dynamic.annotation-text
Plain = type("Plain", (), {"__doc__": "x"})
