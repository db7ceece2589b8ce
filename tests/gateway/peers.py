"""Servers for the tests of the gateway: on loopback, plain or with a certificate of a private authority."""
import base64
import gzip
import hashlib
import http.server
import io
import json
import pathlib
import ssl
import subprocess
import tarfile
import threading
import time
import urllib.parse
import zipfile


def authority(folder, name="authority"):
    """A certificate authority of our own: the paths of its certificate and key."""
    folder = pathlib.Path(folder)
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                    "-keyout", folder / f"{name}.key", "-out", folder / f"{name}.pem", "-subj", f"/CN={name}"],
                   check=True, capture_output=True)
    return folder / f"{name}.pem", folder / f"{name}.key"


def context(folder, signer, names, name="server"):
    """What a server needs for these names, signed by the authority."""
    folder = pathlib.Path(folder)
    certificate, key = signer
    (folder / f"{name}.ext").write_text("subjectAltName=" + ",".join(names) + "\n")
    subprocess.run(["openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                    folder / f"{name}.key", "-out", folder / f"{name}.csr", "-subj", f"/CN={name}"], check=True, capture_output=True)
    subprocess.run(["openssl", "x509", "-req", "-in", folder / f"{name}.csr", "-CA", certificate, "-CAkey", key, "-CAcreateserial",
                    "-days", "2", "-out", folder / f"{name}.pem", "-extfile", folder / f"{name}.ext"], check=True, capture_output=True)
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(folder / f"{name}.pem", folder / f"{name}.key")
    return made


class Peer:
    """Keeps what it was asked, and answers as the path says."""

    def __init__(self, name, tls=None, host="127.0.0.1"):
        self.name, self.requests = name, []
        peer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def any(self):
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length)
                if self.headers.get("Transfer-Encoding") == "chunked":
                    while size := int(self.rfile.readline(), 16):
                        body += self.rfile.read(size)
                        self.rfile.readline()
                    self.rfile.readline()
                peer.requests.append((self.command, self.path, list(self.headers.items()), body))
                peer.answer(self, body)

            do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = do_TRACE = do_PATCH = any

        self.server = http.server.ThreadingHTTPServer((host, 0), Handler)
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_: None
        self.port = self.server.server_address[1]
        if tls:
            self.server.socket = tls.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, handler, body):
        path = urllib.parse.urlsplit(handler.path).path
        secret = handler.headers.get("Authorization") or handler.headers.get("X-Key") or handler.path
        value = secret.split(" ")[-1].encode()
        sent = {"/echo": value, "/base64": base64.b64encode(value), "/base64-within": base64.b64encode(b"ab" + value + b"c"),
                "/percent": urllib.parse.quote(value, safe="").encode(), "/percent-all": "".join("%%%02x" % b for b in value).encode(),
                "/hex": value.hex().encode(), "/json": value.replace(b"/", b"\\/"), "/escaped": "".join("\\u%04x" % b for b in value).encode(),
                "/html": "".join("&#%d;" % b for b in value).encode(), "/upper": value.upper()}.get(path)
        if path == "/redirect":
            return self.send(handler, 302, b"", [("Location", urllib.parse.parse_qs(urllib.parse.urlsplit(handler.path).query)["to"][0])])
        if path == "/in-header":
            return self.send(handler, 200, b"see the header", [("X-Echo", value.decode())])
        if path == "/gzip":
            return self.send(handler, 200, b"\x1f\x8b" + value, [("Content-Encoding", "gzip")])
        if path == "/chunks":  # a byte of the secret in each
            handler.send_response(200)
            handler.send_header("Transfer-Encoding", "chunked")
            handler.end_headers()
            for byte in b"before " + value + b" behind":
                handler.wfile.write(b"1;x=y\r\n%c\r\n" % byte)
                handler.wfile.flush()
            handler.wfile.write(b"0\r\nX-Trailer: %s\r\n\r\n" % value)
            return None
        if path == "/slow":  # in two pieces, apart in time
            handler.send_response(200)
            handler.send_header("Content-Length", str(len(value)))
            handler.end_headers()
            half = len(value) // 2
            handler.wfile.write(value[:half])
            handler.wfile.flush()
            time.sleep(0.3)
            handler.wfile.write(value[half:])
            return None
        if path == "/until-end":
            handler.send_response(200)
            handler.send_header("Connection", "close")
            handler.end_headers()
            handler.wfile.write(b"without a length: " + value)
            handler.wfile.flush()
            if isinstance(handler.connection, ssl.SSLSocket):
                handler.connection.unwrap()  # an end that is said, not one that somebody made
            handler.close_connection = True
            return None
        if path == "/short":
            handler.send_response(200)
            handler.send_header("Content-Length", "1000")
            handler.end_headers()
            handler.wfile.write(b"not all")
            handler.close_connection = True
            return None
        if path == "/two-lengths":
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcde")
            handler.close_connection = True
            return None
        if path == "/interim":
            handler.wfile.write(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n")
        if path == "/upgrade":
            handler.wfile.write(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n")
            handler.close_connection = True
            return None
        return self.send(handler, 200, sent if sent is not None else f"this is {self.name}: {handler.command} {len(body)}".encode(), [])

    @staticmethod
    def send(handler, status, body, headers):
        handler.send_response(status)
        for name, value in headers:
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        if handler.command != "HEAD":
            handler.wfile.write(body)

    def text(self):
        return repr(self.requests)


class Registry:
    """A registry of Python and of Node packages with one package, greeter, in each. Its scripts would leave a trace."""

    def __init__(self, tls=None):
        registry = self
        self.requests = []

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def any(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                registry.requests.append((self.command, self.path, list(self.headers.items()), body))
                kind, answer = registry.answer(self.path)
                self.send_response(200 if answer else 404)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            do_GET = do_POST = do_PUT = any

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_: None
        self.port = self.server.server_address[1]
        self.scheme = "https" if tls else "http"
        if tls:
            self.server.socket = tls.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, path):
        if path.startswith("/simple/greeter"):
            digest = hashlib.sha256(wheel()).hexdigest()
            return "text/html", f'<a href="/files/greeter-1.0-py3-none-any.whl#sha256={digest}">greeter-1.0-py3-none-any.whl</a>'.encode()
        if path == "/greeter":
            digest = base64.b64encode(hashlib.sha512(tarball()).digest()).decode()
            version = {**PACKAGE, "hasInstallScript": True, "dist": {
                "tarball": f"{self.scheme}://{'localhost' if self.scheme == 'https' else '127.0.0.1'}:{self.port}/greeter/-/greeter-1.0.0.tgz", "integrity": "sha512-" + digest}}
            return "application/json", json.dumps({"name": "greeter", "dist-tags": {"latest": "1.0.0"},
                                                   "versions": {"1.0.0": version}}).encode()
        kind = "application/octet-stream"
        return kind, wheel() if path.endswith(".whl") else tarball() if path.endswith(".tgz") else b""


PACKAGE = {"name": "greeter", "version": "1.0.0", "main": "index.js", "scripts": {"install": "touch /scratch/script-has-run"}}


def wheel():
    out = io.BytesIO()
    info = "greeter-1.0.dist-info"
    files = {"greeter/__init__.py": "def hello():\n    return 'hello from greeter'\n", f"{info}/METADATA":
             "Metadata-Version: 2.1\nName: greeter\nVersion: 1.0\n", f"{info}/WHEEL":
             "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"}
    files[f"{info}/RECORD"] = "".join(f"{name},,\n" for name in [*files, f"{info}/RECORD"])
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name), text)
    return out.getvalue()


def tarball():
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, data in (("package/package.json", json.dumps(PACKAGE).encode()),
                           ("package/index.js", b"module.exports = () => 'hello from greeter';\n")):
            item = tarfile.TarInfo(name)
            item.size = len(data)
            archive.addfile(item, io.BytesIO(data))
    return gzip.compress(out.getvalue(), mtime=0)
