import glob
import os
import sys
import logging
import subprocess as sp
from operator import attrgetter

# ruleid: python.dynamic.kept-module
kept = {"o": os}
# ruleid: python.dynamic.kept-module
kept_list = [sp]
# ruleid: python.dynamic.kept-module
start(os)
# ruleid: python.dynamic.kept-module
later = lambda o=os: o
# ok: python.dynamic.kept-module
hasattr(os, "fork")
# ok: python.dynamic.kept-module
kept_path = [os.path.join("a", "b"), os.sep]
# ok: python.dynamic.kept-module
other = os
# ruleid: python.dynamic.kept-module
match os:
    case other: pass
match name:
    # ok: python.dynamic.kept-module
    case os.sep: pass

# ruleid: python.dynamic.kept-lookup
list(map(getattr, objects, names))
# ruleid: python.dynamic.kept-lookup
registry = dict(sys.modules)
# ruleid: python.dynamic.kept-lookup
find = [attrgetter][0]
# ok: python.dynamic.kept-lookup
rows.sort(key=attrgetter("age"))
# ok: python.dynamic.kept-lookup
timeit("x", globals=globals())
# ok: python.dynamic.kept-lookup
"numpy" in sys.modules
# ok: python.dynamic.kept-lookup
value = getattr(settings, name)

# ruleid: python.dynamic.module-lookup, python.dynamic.getattr
getattr(os, name)
# ruleid: python.dynamic.module-lookup
getattr(glob, name)
# ruleid: python.dynamic.module-lookup, python.dynamic.kept-module
attrgetter(name)(glob)
# ok: python.dynamic.module-lookup
getattr(glob, "glob")
# ok: python.dynamic.module-lookup
getattr(logging, level)
# ok: python.dynamic.module-lookup
getattr(self, "visit_" + name)

# ruleid: python.dynamic.module-table
names = sp.__dict__
# ruleid: python.dynamic.module-table
names = vars(glob)
# ok: python.dynamic.module-table
names = vars(options)
# ok: python.dynamic.module-table
names = self.__dict__

# ruleid: python.dynamic.lookup-chain
getattr(getattr(thing, a), b)
# ruleid: python.dynamic.lookup-chain
getattr((), a)
# ruleid: python.dynamic.lookup-chain
getattr("", a)
for part in path:
    # ruleid: python.dynamic.lookup-chain
    thing = getattr(thing, part)
first = getattr(thing, a)
# ruleid: python.dynamic.lookup-chain
second = getattr(first, b)
# ruleid: python.dynamic.lookup-chain
getattr(print, a)
# ruleid: python.dynamic.lookup-chain
def found(o, n):
    return getattr(o, n)
# ok: python.dynamic.lookup-chain
def found_here(self, n):
    return getattr(self, n)
# ok: python.dynamic.lookup-chain
getattr(getattr(thing, "a"), b)
# ok: python.dynamic.lookup-chain
thing = getattr(settings, part)
# ok: python.dynamic.lookup-chain
getattr("", "join")

# ruleid: python.dynamic.module-road
rng._os.getcwd()
# ruleid: python.dynamic.module-road, python.exec.unknown-object
thing.os.system("id")
# ruleid: python.dynamic.module-road
thing.sys.modules
# ok: python.dynamic.module-road
computer.os.lower()
# ok: python.dynamic.module-road
computer.os = "linux"

# ruleid: python.exec.unknown-object
thing.popen("id")
# ruleid: python.exec.unknown-object
thing.system("id")
# ok: python.exec.unknown-object
platform.system()
# ok: python.exec.unknown-object
cursor.execute("select 1")

# ruleid: python.introspect.file-class
type(sys.stdout)("x")
# ruleid: python.introspect.file-class
sys.stdin.__class__("x")
# ok: python.introspect.file-class
type(sys.stdout)
# ok: python.introspect.file-class
self.__class__("x")

from unittest import mock
# ruleid: python.introspect.mock-insides
mock._importer("os")
# ruleid: python.introspect.mock-insides
patcher.temp_original("id")
# ok: python.introspect.mock-insides
mock.patch("os.getcwd")


class Loader:
    # ruleid: python.dynamic.import-in-class
    import os

    def run(self):
        # ok: python.dynamic.import-in-class
        import json
