import logging.config
import socket
import ssl
import socketserver
import waitress

# ruleid: python.net.server-framework
waitress.serve(app)
# ruleid: python.net.server-framework
loop.create_server(factory, "0.0.0.0", 80)
# ok: python.net.server-framework
app = create_app()
# ok: python.net.server-framework
server.serve()

# ruleid: python.net.logging-listen
logging.config.listen(9999)
# ok: python.net.logging-listen
logging.config.fileConfig("x.ini")

# ruleid: python.net.bind-all
sock.bind(("0.0.0.0", 80))
# ruleid: python.net.bind-all
app.run(host="0.0.0.0")
# ok: python.net.bind-all
sock.bind(("127.0.0.1", 80))
# ok: python.net.bind-all
app.run(host="127.0.0.1")
