import base64
import bdb
import codecs
import cProfile
import logging.config
import marshal
import operator
import os
import pdb
import pkgutil
import pydoc
import timeit
import urllib.request
import zlib

import pandas as pd
import requests
import sympy
# ruleid: python.dynamic.decode-execute
exec(base64.b64decode("cHJpbnQoMSk="))
# ruleid: python.dynamic.decode-execute
exec(zlib.decompress(base64.b64decode(data)).decode())
# ruleid: python.dynamic.decode-execute
eval("".join(map(chr, [49, 43, 49])))
# ruleid: python.dynamic.decode-execute
exec(bytes.fromhex(text).decode())
# ruleid: python.dynamic.decode-execute
exec(text[::-1])
# ok: python.dynamic.decode-execute
text = base64.b64decode(data)
# ok: python.dynamic.decode-execute
exec(text)
# ok: python.dynamic.decode-execute
job.exec(base64.b64decode(data))

# ruleid: python.dynamic.download-execute
exec(requests.get("https://example.com/x.py").text)
# ruleid: python.dynamic.download-execute
exec(urllib.request.urlopen(url).read())
# ruleid: python.dynamic.download-execute
eval(conn.recv(1024))
# ok: python.dynamic.download-execute
page = requests.get(url).text
# ok: python.dynamic.download-execute
exec(code)
# ok: python.dynamic.download-execute
queue.exec(requests.get(url))

# ruleid: python.dynamic.debugger
breakpoint()
# ruleid: python.dynamic.debugger
pdb.set_trace()
# ruleid: python.dynamic.debugger
debugger = bdb.Bdb()
# ok: python.dynamic.debugger
game.breakpoint()
# ok: python.dynamic.debugger
pdb.__name__

# ruleid: python.dynamic.timed-code
timeit.timeit("__import__('os').system('id')")
# ruleid: python.dynamic.timed-code, python.dynamic.timed-setup
timeit.timeit("f()", setup="import os")
# ruleid: python.dynamic.timed-code
cProfile.run(base64.b64decode(x).decode())
# ok: python.dynamic.timed-code
timeit.timeit("f(10)", setup="from __main__ import f", number=100)
# ruleid: python.dynamic.timed-setup
timeit.timeit("f()", "import os; os.system('id')")
# ok: python.dynamic.timed-setup
timeit.timeit("f()", "import re\nf = re.compile('a').match\nx = ''.join('ab')", number=3)
# ok: python.dynamic.timed-code
timeit.timeit(lambda: f(10))
# ok: python.dynamic.timed-code
cProfile.run("main()")
# ok: python.dynamic.timed-code
timeit.timeit(f, number=3)

# ruleid: python.dynamic.resolve-name
pkgutil.resolve_name("os:system")("id")
# ruleid: python.dynamic.resolve-name
pydoc.locate("os.system")
# ok: python.dynamic.resolve-name
pkgutil.iter_modules()
# ok: python.dynamic.resolve-name
logging.config.dictConfig({"version": 1})

# ruleid: python.dynamic.handed-on
table = {"x": exec}
# ruleid: python.dynamic.handed-on
reduce(getattr, ["system"], module)
# ruleid: python.dynamic.handed-on
f(key=eval)
# ruleid: python.dynamic.handed-on
pick = lambda: __import__
# ruleid: python.dynamic.handed-on
run = lambda f=os.system: f("id")
# ruleid: python.dynamic.handed-on
def later(x, f=eval): ...
# ok: python.dynamic.handed-on
def joined(x, f=os.path.join): ...
# ok: python.dynamic.handed-on
same = f is eval
# ok: python.dynamic.handed-on
table = {"x": execute}
# ok: python.dynamic.handed-on
f(key=evaluate)
# ok: python.dynamic.handed-on
exec_name = "x"

# ruleid: python.dynamic.decorator, python.dynamic.handed-on
@exec
@input
class X: ...
# ok: python.dynamic.decorator
@property
def exec(self): ...
# ok: python.dynamic.decorator
@dataclass
class eval: ...

# ruleid: python.dynamic.assembled-name
getattr(os, "metsys"[::-1])("id")
# ruleid: python.dynamic.assembled-name
getattr(os, "".join(["s", "y", x]))
# ruleid: python.dynamic.assembled-name
globals()[base64.b64decode(n).decode()]
# ok: python.dynamic.assembled-name
getattr(shape, "name")
# ok: python.dynamic.assembled-name
getattr(self, "visit_" + node)
# ok: python.dynamic.assembled-name
word[::-1]
# ok: python.dynamic.assembled-name
table[", ".join(keys)]

# ruleid: python.dynamic.namespace-lookup
globals()[name]()
# ruleid: python.dynamic.namespace-lookup
vars(module)[name](1)
# ok: python.dynamic.namespace-lookup
globals()["main"]()
# ok: python.dynamic.namespace-lookup
actions[name]()
# ok: python.dynamic.namespace-lookup
globals()["x"] = 1

# ruleid: python.dynamic.module-attribute
os.__dict__[name]("id")
# ruleid: python.dynamic.module-attribute
operator.methodcaller("system", "id")(os)
import inspect

# ruleid: python.dynamic.module-attribute
inspect.getmembers(os)
# ok: python.dynamic.module-attribute
os.__dict__["name"]
# ok: python.dynamic.module-attribute
operator.methodcaller("upper")("x")
# ok: python.dynamic.module-attribute
inspect.getmembers(shape)

# ruleid: python.dynamic.expression-language
sympy.sympify("__import__('os').system('id')")
# ruleid: python.dynamic.expression-language
frame.query("@pd.io.common.os.popen('id')")
from jinja2 import Template

# ruleid: python.dynamic.expression-language
Template("{{ ''.__class__.__mro__ }}")
# ok: python.dynamic.expression-language
sympy.sympify("x**2 + 1")
# ok: python.dynamic.expression-language
frame.query("age > 30 and city == @city")
# ok: python.dynamic.expression-language
Template("Hello {{ name }}")
# ok: python.dynamic.expression-language
db.query("SELECT 1")

import torch

# ruleid: python.dynamic.remote-model
torch.hub.load("pytorch/vision", "resnet18")
from transformers import AutoModel

# ruleid: python.dynamic.remote-model
AutoModel.from_pretrained("x/y", trust_remote_code=True)
# ok: python.dynamic.remote-model
torch.load("model.pt", weights_only=True)
# ok: python.dynamic.remote-model
hub.load("x")

import importlib.machinery

# ruleid: python.dynamic.import-system
importlib.machinery.BuiltinImporter.load_module("os")
import imp

# ruleid: python.dynamic.import-system
imp.find_module("os")
import site

# ruleid: python.dynamic.import-system
site.addsitedir("plugins")
# ruleid: python.dynamic.import-system
__loader__.load_module("os")
# ok: python.dynamic.import-system
importlib.metadata.version("x")
# ok: python.dynamic.import-system
pkgutil.iter_modules()
# ok: python.dynamic.import-system
machine.imp(1)

class A:
    # ruleid: python.dynamic.dunder-call
    __class_getitem__ = exec
# ruleid: python.dynamic.dunder-call, python.dynamic.handed-on
Exception.__getattr__ = os.system
class B:
    # ok: python.dynamic.dunder-call
    __add__ = operator.add
class C:
    # ok: python.dynamic.dunder-call
    __str__ = __repr__

# ruleid: python.dynamic.import-keyword
__import__(name="os")
# ok: python.dynamic.import-keyword
__import__("json")

from PIL import ImageMath

# ruleid: python.dynamic.expression-language
ImageMath.eval("__import__('os').system('id')")
# ok: python.dynamic.expression-language
ImageMath.eval("a + b", a=a, b=b)
