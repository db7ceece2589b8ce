"""The cost of a request through the gateway against a direct connection, each to the same server on loopback. The client is the same;
the server does nothing but answer."""
import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests/gateway"))
import peers  # noqa: E402

CLIENT = """
import json, socket, time
def ask(place, url, host):
    s = socket.create_connection(place)
    s.sendall(f"GET {url} HTTP/1.1\\r\\nHost: {host}\\r\\n\\r\\n".encode())
    got = b""
    while part := s.recv(65536): got += part
    s.close()
    assert got.startswith(b"HTTP/1.1 200"), got
def timed(*words):
    start = time.perf_counter()
    ask(*words)
    return (time.perf_counter() - start) * 1e3
def rounds(count, *words):
    return [timed(*words) for _ in range(count + 20)][20:]
"""


def answer(connection):
    try:
        while b"\r\n\r\n" not in connection.recv(65536):
            pass
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
        if hasattr(connection, "unwrap"):
            connection.unwrap()
    except OSError:
        pass
    finally:
        connection.close()


def serve(tls=None):
    """A server that answers anything; its port."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)

    def loop():
        while True:
            connection, _ = listener.accept()
            try:
                answer(tls.wrap_socket(connection, server_side=True) if tls else connection)
            except OSError:
                pass
    threading.Thread(target=loop, daemon=True).start()
    return listener.getsockname()[1]


def measure(program, count=300):
    """{name: [milliseconds]} of a request and its answer."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="cordon-bench-"))
    port = serve()
    secure = serve(peers.context(folder, peers.authority(folder), ["DNS:localhost"]))
    (folder / "policy.yaml").write_text(f"""
extends: agent
limits: {{wall: 5m, cpu: 5m}}
gateway: {{ca: ./authority.pem}}
grants: [{{net: "127.0.0.1:{port}"}}]
secrets:
  plain: {{from: {{env: BENCH_KEY}}, host: "http://127.0.0.1:{port}", header: "X-Key: {{}}", paths: /secret}}
  secure: {{from: {{env: BENCH_KEY}}, host: "localhost:{secure}", header: "X-Key: {{}}"}}
""")
    direct = subprocess.run([sys.executable, "-c", CLIENT + f"print(json.dumps(rounds({count}, ('127.0.0.1', {port}), '/', 'x')))"],
                            capture_output=True, text=True, check=True)
    taken = {"direct": json.loads(direct.stdout)}
    for name, url, host in (("through the gateway", f"http://127.0.0.1:{port}/", f"127.0.0.1:{port}"),
                            ("with a secret", "http://plain.cordon.internal/secret", "plain.cordon.internal"),
                            ("with a secret, over TLS", "http://secure.cordon.internal/", "secure.cordon.internal")):
        code = folder / "client.py"
        code.write_text(CLIENT + f"print(json.dumps(rounds({count}, ('127.0.0.1', 3128), {url!r}, {host!r})))")
        ran = subprocess.run([program, "run", "--gate", "warn", "--policy", folder / "policy.yaml", code], capture_output=True, text=True,
                             env={**os.environ, "BENCH_KEY": "a-key-of-the-bench", "XDG_STATE_HOME": str(folder / "state")}, check=True)
        taken[name] = json.loads(ran.stdout)
    return taken


if __name__ == "__main__":
    import statistics
    for name, values in measure(sys.argv[1]).items():
        print(f"{name}: {statistics.median(values):.3f} ms")
