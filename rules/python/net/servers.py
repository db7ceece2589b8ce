import asyncio
import http.server
import socket

# ruleid: python.net.listen
http.server.HTTPServer(("", 80), http.server.SimpleHTTPRequestHandler)
# ruleid: python.net.listen
server = asyncio.start_server(handle, "0.0.0.0", 80)
# ruleid: python.net.listen
app.run(host="0.0.0.0")
# ok: python.net.listen
app.run(debug=True)
# ok: python.net.listen
asyncio.run(main())
# ruleid: python.net.listen
socket.create_server(("127.0.0.1", 8080))
# ruleid: python.net.listen
socket.create_server(address)
# ok: python.net.listen
socket.create_connection(("127.0.0.1", 8080))

from flask import Flask
import pydoc

site = Flask(__name__)
# ok: python.net.listen
site.test_client().get("/")
# ruleid: python.net.listen
site.run(port=5000)
# ruleid: python.net.listen
site.run(debug=True)
# ok: python.net.listen
machine.run(port=5000)
# ruleid: python.net.listen
pydoc.browse()
