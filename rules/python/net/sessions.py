import aiohttp
import httpx
import requests

s = requests.Session()
s.headers["X"] = "y"
# ruleid: python.net.session-request
s.get("https://api.example.com/a")


def later():
    # ruleid: python.net.session-request
    return s.post("https://api.example.com/a", json={})


with httpx.Client(timeout=3) as client:
    # ruleid: python.net.session-request
    client.request("GET", "https://api.example.com/a")


async def main():
    async with aiohttp.ClientSession() as session:
        # ruleid: python.net.session-request
        async with session.get("https://api.example.com/a") as answer:
            # ok: python.net.session-request
            answer.headers.get("x")
    async with httpx.AsyncClient() as other:
        # ruleid: python.net.session-request
        await other.get(where)


# ruleid: python.net.session
print(requests.Session().get("https://api.example.com/a"))


class Api:
    def __init__(self):
        # ruleid: python.net.session-kept
        self.session = requests.Session()


def made():
    passed = requests.Session()
    # ruleid: python.net.session-passed
    fetch_all(passed)
    # ruleid: python.net.session-passed
    return passed


# ruleid: python.net.session-base
with httpx.Client(base_url="https://api.example.com") as based:
    # ok: python.net.session, python.net.session-passed
    based.close()

# ruleid: python.net.session-passed
getattr(s, "get")("https://api.example.com/a")
# ruleid: python.net.session-passed
s.send(prepared)
# ok: python.net.session, python.net.session-kept
t = sessions.Session()
# ok: python.net.session-passed
s.close()
# ok: python.net.session-base
httpx.Timeout(3)

table = {}
# ok: python.net.session-request
table.get("https://api.example.com/a")
# ok: python.net.session-request
s.close()

# ruleid: python.net.session-base
with httpx.Client(base_url="https://api.example.com") as c:
    # ok: python.net.session-request
    c.get("/users")
    # ruleid: python.net.session-request
    c.get("https://elsewhere.example/users")
    # ruleid: python.net.session-request
    c.get("//elsewhere.example/users")
    # ruleid: python.net.session-request
    c.get(where)
    # ruleid: python.net.session-passed
    c.base_url = "https://elsewhere.example"
