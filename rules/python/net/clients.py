import asyncio
import http.client
import requests
import socket
import urllib.parse
import urllib.request
from smtplib import SMTP
from urllib.request import urlopen

# ruleid: python.net.socket
socket.socket()
# ruleid: python.net.socket
socket.create_connection(("a.example", 80))
# ruleid: python.net.socket
socket.create_connection(place)
# ok: python.net.socket
plug.socket()

# ruleid: python.net.resolve
socket.gethostbyname("a.example")
# ok: python.net.resolve
socket.inet_aton("1.2.3.4")

# ruleid: python.net.urllib
urllib.request.urlopen("https://a.example/x")
# ruleid: python.net.urllib
urlopen(url)
# ok: python.net.urllib
urllib.parse.urlparse("https://a.example/x")

# ruleid: python.net.http-client
http.client.HTTPSConnection("a.example")
# ok: python.net.http-client
http.client.responses[404]

# ruleid: python.net.requests
requests.get("https://a.example/x", timeout=1)
base = "https://a.example"
# ruleid: python.net.requests
requests.post(base + "/x", json={})
# ok: python.net.requests
settings.get("url")

# ok: python.net.client-object
session = requests.Session()
# ruleid: python.net.client-object
SMTP("mail.example")
# ok: python.net.client-object
session = database.Session()


async def connect():
    # ruleid: python.net.asyncio
    await asyncio.open_connection("a.example", 80)
    # ok: python.net.asyncio
    await asyncio.gather(a(), b())

import logging.handlers
import xml.sax
# ruleid: python.net.client-object
logging.handlers.SocketHandler("log.example.com", 9020)
# ruleid: python.net.client-object
logging.handlers.SysLogHandler(("log.example.com", 514))
# ok: python.net.client-object
logging.handlers.RotatingFileHandler("app.log")
# ok: python.net.client-object
logging.handlers.MemoryHandler(100)
# ruleid: python.net.client-object
xml.sax.parse("http://example.com/a.xml", handler)
# ok: python.net.client-object
xml.sax.parse("a.xml", handler)
# ruleid: python.net.client-object
import antigravity

# ruleid: python.net.asyncio
loop.getaddrinfo("x.example.com", 80)
# ok: python.net.asyncio
loop.sock_close()

# ruleid: python.net.proxy, python.net.requests
requests.get("https://example.com", proxies={"https": "http://other.example"})
# ruleid: python.net.proxy
session.proxies.update(other)
# ok: python.net.proxy
# ruleid: python.net.requests
requests.get("https://example.com", proxies=None)
# ok: python.net.proxy
wrap(proxy=thing)
# ruleid: python.net.requests
requests.get(timeout=10, url="https://example.com")
# ruleid: python.net.requests
requests.request(url="https://example.com", method="GET")
# ruleid: python.net.urllib
urllib.request.urlopen(url="https://example.com")
# ruleid: python.net.kept-client
clients = {"web": requests}
# ruleid: python.net.kept-client
ask(requests)
# ok: python.net.kept-client
mock.patch.object(requests, "get")
# ok: python.net.kept-client
code = requests.codes.ok
