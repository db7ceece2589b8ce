import inspect
import sys
import traceback
import types
# ruleid: python.introspect.dunder-text
getattr(x, "__globals__")
# ruleid: python.introspect.dunder-text
name = "__subclasses__"
# ruleid: python.introspect.dunder-text
step("gi_" + "frame")
# ok: python.introspect.dunder-text
name = "__name__"
# ok: python.introspect.dunder-text
if __name__ == "__main__": main()
# ok: python.introspect.dunder-text
key = "__class__"

# ruleid: python.introspect.format-text
"{0.__class__.__init__.__globals__}".format(x)
# ruleid: python.introspect.format-text
text = "{user.__init__.__globals__[KEY]}"
# ruleid: python.introspect.format-text
"{0.__getattribute__.x}".format(object)
# ok: python.introspect.format-text
"{0.name}".format(x)
# ok: python.introspect.format-text
"{user[name]}".format(user=user)
# ok: python.introspect.format-text
f"{x.__class__.__name__}"
# ok: python.introspect.format-text
"{0.__class__.__name__}()".format(x)

match x:
    # ruleid: python.introspect.class-pattern
    case object(__class__=c):
        pass
match y:
    # ok: python.introspect.class-pattern
    case Point(x=0):
        pass

# ruleid: python.introspect.code-object
f.__code__.co_consts
# ruleid: python.introspect.code-object
f.__defaults__ = (1,)
# ok: python.introspect.code-object
f.__name__
# ok: python.introspect.code-object
message.code

# ruleid: python.introspect.traceback
error.__traceback__.tb_frame
# ruleid: python.introspect.traceback
traceback.walk_stack(None)
# ok: python.introspect.traceback
traceback.print_exc()
# ok: python.introspect.traceback
traceback.format_exc()
# ok: python.introspect.traceback
sys.exc_info()

# ruleid: python.introspect.private-modules
import _ctypes
# ruleid: python.introspect.private-modules
import _testcapi
# ok: python.introspect.private-modules
import _thread
# ok: python.introspect.private-modules
import collections

import builtins

# ruleid: python.introspect.builtins-change
builtins.open = fake
# ruleid: python.introspect.builtins-change
sys.modules["os"] = fake
# ok: python.introspect.builtins-change
module.open = fake
# ok: python.introspect.builtins-change
open_file = open

# ruleid: python.introspect.hooks
sys.displayhook = run
# ruleid: python.introspect.hooks
sys.breakpointhook = f
# ok: python.introspect.hooks
sys.exit(0)
# ok: python.introspect.hooks
hooks.displayhook(1)

try:
    text.format(thing)
except AttributeError as error:
    # ruleid: python.introspect.traceback
    print(error.obj)
    # ok: python.introspect.traceback
    print(error.name)
# ok: python.introspect.traceback
print(node.obj)
