import pickle
import numpy as np
import pandas as pd
import torch
import yaml
# ruleid: python.deserialize.model
torch.load("model.pt")
# ok: python.deserialize.model
torch.load("model.pt", weights_only=True)
# ok: python.deserialize.model
data.load("model.pt")

# ruleid: python.deserialize.numpy-pickle
np.load("x.npy", allow_pickle=True)
# ok: python.deserialize.numpy-pickle
np.load("x.npy")
# ok: python.deserialize.numpy-pickle
np.load("x.npy", allow_pickle=False)

class P:
    def __reduce__(self):
        import os
        # ruleid: python.deserialize.gadget
        return (os.system, ("id",))
class Q:
    def __reduce__(self):
        # ruleid: python.deserialize.gadget
        return eval, ("1",)
class R:
    def __reduce__(self):
        # ok: python.deserialize.gadget
        return (R, ())
def f():
    # ok: python.deserialize.gadget
    return (eval_loss, 1)

# ruleid: python.deserialize.pickle-bytes
data = b"cos\nsystem\n(S'id'\ntR."
# ruleid: python.deserialize.pickle-bytes
data = b"\x80\x03cposix\nsystem\nq\x00X\x02\x00\x00\x00idq\x01\x85q\x02Rq\x03."
# ok: python.deserialize.pickle-bytes
data = b"close\nsystem\n"
# ok: python.deserialize.pickle-bytes
text = "cos(x)"

# ruleid: python.deserialize.yaml-loader
yaml.UnsafeLoader(text)
# ruleid: python.deserialize.yaml-loader
yaml.unsafe_load_all(text)
# ok: python.deserialize.yaml-loader
yaml.safe_load_all(text)
# ok: python.deserialize.yaml-loader
yaml.SafeLoader(text)

import copyreg

# ruleid: python.deserialize.reconstruct
copyreg.pickle(C, reduce)
# ruleid: python.deserialize.reconstruct
class Safe(pickle.Unpickler):
    pass
# ok: python.deserialize.reconstruct
copy.deepcopy(x)
# ok: python.deserialize.reconstruct
pickle.dumps(x)

from lxml import etree

# ruleid: python.deserialize.xml
etree.XMLParser(resolve_entities=True)
# ok: python.deserialize.xml
etree.XMLParser()
# ok: python.deserialize.xml
etree.fromstring(text)

# ruleid: python.deserialize.entity-text
bomb = '<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'
# ok: python.deserialize.entity-text
text = "<x>&amp;</x>"
# ok: python.deserialize.entity-text
text = "<!DOCTYPE html>"
