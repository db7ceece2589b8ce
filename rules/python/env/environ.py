import os
from os import environ, getenv
import getpass
from dotenv import load_dotenv

# ruleid: python.env.variable
os.environ["API_KEY"]
# ruleid: python.env.variable
os.environ.get("API_KEY", "")
# ruleid: python.env.variable
environ["API_KEY"]
# ruleid: python.env.variable
getenv("API_KEY")
# ok: python.env.variable
settings["API_KEY"]

# ruleid: python.env.all, python.env.handed-on
dict(os.environ)
# ruleid: python.env.all
print("environment", os.environ)
# ruleid: python.env.all, python.env.handed-on
for name in environ: print(name)
# ok: python.env.all
dict(settings)

# ruleid: python.env.dotenv
load_dotenv()
# ok: python.env.dotenv
load_settings()

# ruleid: python.env.keyring
getpass.getpass()
# ok: python.env.keyring
account.get_password("x")

# ruleid: python.env.variable
os.environ["A"] = os.environ["A"]
# ok: python.env.variable
os.environ["MPLBACKEND"] = "Agg"
# ok: python.env.variable
del os.environ["DEBUG"]
# ok: python.env.variable
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site.settings")

# ruleid: python.env.all
print(os.environ)
# ruleid: python.env.handed-on
send(env=os.environb)
# ok: python.env.handed-on
"HOME" in os.environ
# ok: python.env.handed-on
os.environ["MODE"] = "test"
# ruleid: python.env.expanded
os.path.expandvars("$AWS_SECRET_ACCESS_KEY")
# ok: python.env.expanded
os.path.expandvars("a/b")
# ok: python.env.expanded
os.path.expanduser("$x")
# ok: python.env.handed-on
len(os.environ)
from unittest import mock
# ok: python.env.handed-on
mock.patch.dict(os.environ, {"MODE": "test"})
