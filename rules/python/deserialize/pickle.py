import json
import marshal
import pickle
import pickle as pk
from pickle import loads as rebuild
import yaml

# ruleid: python.deserialize.pickle
pickle.loads(data)
# ruleid: python.deserialize.pickle
pk.load(file)
# ruleid: python.deserialize.pickle
rebuild(data)
# ruleid: python.deserialize.pickle
pickle.Unpickler(file).load()
# ok: python.deserialize.pickle
pickle.dumps(data)
# ok: python.deserialize.pickle
json.loads(data)

# ruleid: python.deserialize.marshal
marshal.loads(data)
# ok: python.deserialize.marshal
schema.loads(data)

# ruleid: python.deserialize.yaml
yaml.load(text)
# ruleid: python.deserialize.yaml
yaml.load(text, Loader=yaml.Loader)
# ok: python.deserialize.yaml
yaml.load(text, Loader=yaml.SafeLoader)
# ok: python.deserialize.yaml
yaml.safe_load(text)
