import ast
import builtins
import code
import importlib
import importlib.util
import os
import re
import runpy
import types

# ruleid: python.dynamic.eval
eval("1 + 1")
# ruleid: python.dynamic.eval
exec(source)
# ruleid: python.dynamic.eval
builtins.eval(text)
# ruleid: python.dynamic.eval
exec(compile_later)
# ruleid: python.dynamic.eval
compile(text, "x", "exec")
# ruleid: python.dynamic.eval
getattr(builtins, "ev" + "al")("1")
# ruleid: python.dynamic.eval
𝓮val("1")
# ok: python.dynamic.eval
ast.literal_eval("[1]")
# ok: python.dynamic.eval
re.compile("a+")
# ok: python.dynamic.eval
model.eval()
# ok: python.dynamic.eval
frame.eval("a + b")

# ruleid: python.dynamic.alias
run = eval
# ruleid: python.dynamic.alias, python.dynamic.eval
list(map(exec, sources)); run("1")
# ruleid: python.dynamic.alias
table = [print, os.system]
# ok: python.dynamic.alias
table = [print, len]

# ruleid: python.dynamic.import
__import__(name)
# ruleid: python.dynamic.import
importlib.import_module(f"plugins.{name}")
# ok: python.dynamic.import
importlib.import_module("json")
# ok: python.dynamic.import
__import__("json")

# ruleid: python.dynamic.loader
runpy.run_path("other.py")
# ruleid: python.dynamic.loader
importlib.util.spec_from_file_location("m", "m.py")
# ok: python.dynamic.loader
json.load(file)

# ruleid: python.dynamic.code-object
types.FunctionType(c, {})
# ruleid: python.dynamic.code-object
code.interact()
# ruleid: python.dynamic.code-object
f.__code__ = g.__code__
# ok: python.dynamic.code-object
types.SimpleNamespace(a=1)

# ruleid: python.dynamic.getattr
getattr(os, name)("id")
# ok: python.dynamic.getattr
getattr(os, "getcwd")()
# ok: python.dynamic.getattr
getattr(shape, name)
