import gc
import importlib
import inspect
import sys

# ruleid: python.introspect.subclasses
[].__class__.__class__
# ruleid: python.introspect.subclasses
().__class__.__base__.__subclasses__()
# ruleid: python.introspect.subclasses
"".__class__.__mro__
# ok: python.introspect.subclasses
type(x).__name__
# ok: python.introspect.subclasses
x.__class__.__name__

# ruleid: python.introspect.globals
f.__globals__["os"]
# ruleid: python.introspect.globals
generator.gi_frame
# ok: python.introspect.globals
f.__name__
# ok: python.introspect.globals
f.__doc__

# ruleid: python.introspect.builtins
__builtins__["eval"]
# ruleid: python.introspect.builtins
print.__self__
# ok: python.introspect.builtins
table["eval"]

# ruleid: python.introspect.frames
sys._getframe(1)
# ruleid: python.introspect.frames
gc.get_objects()
# ruleid: python.introspect.frames
inspect.stack()
# ok: python.introspect.frames
gc.collect()
# ok: python.introspect.frames
inspect.signature(f)

# ruleid: python.introspect.modules
sys.modules["os"]
# ruleid: python.introspect.modules
importlib.reload(sys)
# ok: python.introspect.modules
sys.argv[1]

# ruleid: python.introspect.subclasses
order = Shape.__mro__
# ruleid: python.introspect.subclasses
print(Shape.mro()[-1])
# ruleid: python.introspect.subclasses
type.mro(Shape)
# ok: python.introspect.subclasses
print("order", Shape.__mro__)
# ok: python.introspect.subclasses
names = [c.__name__ for c in Shape.mro()]
