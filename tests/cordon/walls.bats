# Two walls from one grant: what is granted passes both; what is not is stopped by the check alone (nothing runs), and by
# the cell alone (`--gate warn` runs it, and the effect does not happen). Each probe first shows that it works outside.
bats_require_minimum_version 1.5.0
load ../lib

setup() {
    setup_folder
    cd "$FOLDER"
    PLACE=$(mktemp -d /var/tmp/cordon-test-XXXXXX) # /tmp is the scratch folder's in the cell
    chmod 755 "$PLACE"
}
teardown() {
    teardown_folder
    case $PLACE in /var/tmp/cordon-test-*) rm -rf "$PLACE" ;; esac
}

# Neither the check nor the cell lets x.py do it.
stopped_by_each() {
    run "$CORDON" check x.py
    [ "$status" = 1 ]
    [[ $output == *"$1"* ]]
    run --separate-stderr "$CORDON" run --gate warn x.py
    [ "$status" != 0 ]
    [[ $output != *"it happened"* ]]
}

@test "fs.read" {
    echo secret >"$PLACE/data.txt"
    chmod 644 "$PLACE/data.txt"
    printf 'print(open("%s/data.txt").read().strip() + ": it happened")\n' "$PLACE" >x.py
    [[ $(python3 x.py) == "secret: it happened" ]]
    stopped_by_each fs.read
    run --separate-stderr "$CORDON" run --allow-read "$PLACE/data.txt" x.py
    [ "$status" = 0 ]
    [ "$output" = "secret: it happened" ]
    run --separate-stderr "$CORDON" run --allow-read /usr/share x.py # another grant is none
    [ "$status" = 126 ]
}

@test "fs.write" {
    mkdir -m 777 "$PLACE/out"
    printf 'open("%s/out/made", "w").write("x")\nprint("it happened")\n' "$PLACE" >x.py
    [[ $(python3 x.py) == "it happened" ]]
    rm -f "$PLACE/out/made"
    stopped_by_each fs.write
    [ ! -e "$PLACE/out/made" ]
    run --separate-stderr "$CORDON" run --allow-write "$PLACE/out" x.py
    [ "$status" = 0 ]
    [ -e "$PLACE/out/made" ]
    rm -f "$PLACE/out/made"
    run "$CORDON" run --gate warn --allow-read "$PLACE/out" x.py # reading is not writing
    [ "$status" != 0 ]
    [ ! -e "$PLACE/out/made" ]
}

@test "env" {
    printf 'import os\nprint(os.environ["CORDON_TEST"] + ": it happened")\n' >x.py
    export CORDON_TEST=there
    [[ $(python3 x.py) == "there: it happened" ]]
    stopped_by_each env
    run --separate-stderr "$CORDON" run --allow-env CORDON_TEST x.py
    [ "$status" = 0 ]
    [ "$output" = "there: it happened" ]
}

@test "exec" {
    printf 'import subprocess\nprint(subprocess.run(["/usr/bin/echo", "it happened"], capture_output=True, text=True).stdout)\n' >x.py
    [[ $(python3 x.py) == *"it happened"* ]]
    stopped_by_each exec
    run --separate-stderr "$CORDON" run --allow-exec /usr/bin/echo x.py
    [ "$status" = 0 ]
    [[ $output == *"it happened"* ]]
    run --separate-stderr "$CORDON" run --gate warn --allow-exec /usr/bin/true x.py
    [ "$status" != 0 ]
    [[ $output != *"it happened"* ]]
}

# A server on loopback that answers "it happened" to whatever it is asked, and puts its number into $PORT.
start_server() {
    cat >server.py <<'P'
import http.server, socketserver
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.send_header("Content-Length", "11"); self.end_headers(); self.wfile.write(b"it happened")
    def log_message(self, *args): pass
server = socketserver.TCPServer(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
P
    timeout 120 python3 server.py >port 3>&- &
    SERVER=$!
    for _ in $(seq 100); do [ -s port ] && break; sleep 0.1; done
    PORT=$(cat port)
}

@test "net" {
    start_server
    printf 'import urllib.request\nprint(urllib.request.urlopen("http://127.0.0.1:%s/", timeout=9).read().decode())\n' "$PORT" >x.py
    [[ $(env -u http_proxy -u HTTP_PROXY python3 x.py) == "it happened" ]]
    stopped_by_each net
    run --separate-stderr "$CORDON" run --allow-net "127.0.0.1:$PORT" x.py
    [ "$status" = 0 ]
    [ "$output" = "it happened" ]
    run --separate-stderr "$CORDON" run --allow-net "127.0.0.1:1" x.py # another grant is none
    [ "$status" = 126 ]
    run --separate-stderr "$CORDON" run --gate warn --allow-net "127.0.0.1:1" x.py
    [ "$status" != 0 ]
    [[ $output != *"it happened"* ]]
    kill "$SERVER"
}

# With the grant a program reaches its own port; nobody else does: the network is the cell's own.
@test "net.listen" {
    cat >x.py <<'P'
import http.server, threading, socketserver
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers(); self.wfile.write(b"it happened")
    def log_message(self, *args): pass
server = http.server.HTTPServer(("127.0.0.1", 18734), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
import socket
asks = socket.create_connection(("127.0.0.1", 18734), 9)
asks.sendall(b"GET / HTTP/1.0\r\n\r\n")
print(b"".join(iter(lambda: asks.recv(99), b"")).decode().split()[-2:])
P
    [[ $(python3 x.py) == "['it', 'happened']" ]]
    stopped_by_each net.listen
    # To ask itself, the check wants to know of the host too; the cell does not.
    run --separate-stderr "$CORDON" run --allow net.listen=18734 --allow-net 127.0.0.1:18734 x.py
    [ "$status" = 0 ]
    [ "$output" = "['it', 'happened']" ]
    run --separate-stderr "$CORDON" run --gate warn --allow net.listen=18734 x.py
    [ "$output" = "['it', 'happened']" ]
    run --separate-stderr "$CORDON" run --allow net.listen=1 --allow-net 127.0.0.1:18734 x.py # another port
    [ "$status" = 126 ]
    # In front of the door: it listens for as long as the test knocks, and is not heard.
    printf 'import socket, time\ns = socket.create_server(("127.0.0.1", 18735))\nprint("listens", flush=True)\ntime.sleep(6)\n' >y.py
    "$CORDON" run --allow net.listen=18735 y.py >said 3>&- &
    local cell=$!
    for _ in $(seq 50); do [ -s said ] && break; sleep 0.1; done
    [[ $(cat said) == listens ]]
    run python3 -c 'import socket; socket.create_connection(("127.0.0.1", 18735), 2)'
    [ "$status" != 0 ]
    kill "$cell" || true
}

@test "net.listen in JavaScript" {
    cat >x.js <<'P'
const http = require('http');
const server = http.createServer((request, answer) => answer.end('it happened'));
server.listen(18736, () => http.get({ host: '127.0.0.1', port: 18736, agent: false }, (answer) => {
  answer.on('data', (text) => console.log(String(text)));
  answer.on('end', () => process.exit(0));
}));
server.on('error', () => process.exit(3));
P
    [[ $(node x.js) == "it happened" ]]
    run "$CORDON" run x.js
    [ "$status" = 126 ]
    [[ $output == *net.listen* ]]
    run --separate-stderr "$CORDON" run --gate warn x.js
    [[ $output != *"it happened"* ]]
    run --separate-stderr "$CORDON" run --gate warn --allow net.listen=18736 x.js
    [ "$output" = "it happened" ]
}

# Machine code that the program brought or made. Libraries of the machine may be called: what they then ask of the kernel is
# judged as everything is.
@test "native" {
    printf 'int cordon_answer(void) { return 42; }\n' >brought.c
    cc -shared -fPIC -o brought.so brought.c
    cat >x.py <<'P'
import ctypes, os, shutil
shutil.copy("brought.so", "again.so")
print(ctypes.CDLL(os.path.abspath("again.so")).cordon_answer(), "it happened")
P
    [[ $(python3 x.py) == "42 it happened" ]]
    run "$CORDON" run --file brought.so x.py
    [ "$status" = 126 ]
    [[ $output == *native* ]]
    run --separate-stderr "$CORDON" run --gate warn --file brought.so x.py
    [ "$status" != 0 ]
    [[ $stderr == *"failed to map"* && $output != *"it happened"* ]]
    run --separate-stderr "$CORDON" run --allow native --file brought.so x.py
    [ "$status" = 0 ]
    [ "$output" = "42 it happened" ]
    # What is granted to be written to is no place for it either.
    mkdir -m 777 "$PLACE/out"
    cp brought.so "$PLACE/out/"
    chmod 755 "$PLACE/out/brought.so"
    printf 'import ctypes\nprint(ctypes.CDLL("%s/out/brought.so").cordon_answer(), "it happened")\n' "$PLACE" >y.py
    run "$CORDON" run --gate warn --allow-write "$PLACE/out" y.py
    [ "$status" != 0 ]
    [[ $output == *"failed to map"* ]]
    run --separate-stderr "$CORDON" run --allow native --allow-write "$PLACE/out" y.py
    [ "$output" = "42 it happened" ]
}

# No kernel sees whether a program runs text, looks into its interpreter or rebuilds an object. What the second wall answers is
# what the code does then: here it reads a file of the host's or starts a program, and neither is there; the grant opens
# nothing else either. What stays within what it has does what it was granted.
made_at_run_time_is_held() { # CAPABILITY, options
    local word=$1
    shift
    [[ $(python3 x.py) == *"it happened"* ]]
    run "$CORDON" check x.py
    [ "$status" = 1 ]
    [[ $output == *"$word"* ]]
    run "$CORDON" check --allow "$word" x.py
    [ "$status" = 0 ]
    run --separate-stderr "$CORDON" run --gate warn "$@" x.py
    [ "$status" != 0 ]
    [[ $output != *"it happened"* ]]
    run --separate-stderr "$CORDON" run --allow "$word" "$@" x.py
    [ "$status" != 0 ]
    [[ $output != *"it happened"* ]]
}

@test "dynamic" {
    echo secret >"$PLACE/data.txt"
    printf 'exec(open("code.txt").read())\n' >x.py
    printf 'print(open("%s/data.txt").read().strip() + ": it happened")\n' "$PLACE" >code.txt
    made_at_run_time_is_held dynamic --file code.txt
    printf 'print("fine")\n' >code.txt
    run --separate-stderr "$CORDON" run --allow dynamic --file code.txt x.py
    [ "$output" = fine ]
}

@test "introspect" {
    cat >x.py <<'P'
found = [c for c in ().__class__.__base__.__subclasses__() if c.__name__ == "Popen" or c.__name__ == "_wrap_close"]
system = found[0].__init__.__globals__["sys" + "tem"]
print("it happened" if system("true") == 0 else 1 / 0)
P
    made_at_run_time_is_held introspect
    printf 'print("fine" if ().__class__.__base__.__subclasses__() else "")\n' >x.py
    run "$CORDON" run x.py
    [ "$status" = 126 ]
    run --separate-stderr "$CORDON" run --allow introspect x.py
    [ "$output" = fine ]
}

@test "deserialize" {
    printf 'import pickle\nwith open("data", "rb") as f: got = pickle.load(f)\nassert not got\nprint("fine")\n' >x.py
    printf "cposix\nsystem\n(S'echo it happened'\ntR." >data
    made_at_run_time_is_held deserialize --file data
    printf '(l.' >data
    run --separate-stderr "$CORDON" run --allow deserialize --file data x.py
    [ "$status" = 0 ]
    [ "$output" = fine ]
}

# The grant is the check's: in the cell there are the processes of the program itself, granted or not.
@test "signal" {
    sleep 60 3>&- &
    local victim=$!
    printf 'import os\nos.kill(%s, 9)\nprint("it happened")\n' "$victim" >x.py
    stopped_by_each signal
    kill -0 "$victim"
    run --separate-stderr "$CORDON" run --allow signal x.py
    [ "$status" != 0 ]
    [[ $output != *"it happened"* ]]
    kill -0 "$victim"
    [[ $(python3 x.py) == "it happened" ]]
    run ! kill -0 "$victim"
    printf 'import os, signal\nsignal.signal(signal.SIGUSR1, lambda *a: print("it came"))\nos.kill(os.getpid(), signal.SIGUSR1)\n' >y.py
    run --separate-stderr "$CORDON" run --allow signal y.py
    [ "$status" = 0 ]
    [ "$output" = "it came" ]
}

# The grant is the check's: nothing that a cell leaves is there in the next one, unless its folder is granted too.
@test "persist" {
    printf 'import os\nos.makedirs(os.path.expanduser("%s/.config/autostart"), exist_ok=True)\nwith open("%s/.config/autostart/x.desktop", "a") as f: f.write("Exec=x")\nprint("it happened")\n' "$PLACE" "$PLACE" >x.py
    [[ $(python3 x.py) == "it happened" ]]
    rm -rf "$PLACE/.config"
    stopped_by_each persist
    [ ! -e "$PLACE/.config" ]
    cat >y.py <<'P'
import os
line = open(".bashrc").read() if os.path.exists(".bashrc") else "nothing"
with open(".bashrc", "a") as f: f.write("x")
print(line)
P
    run "$CORDON" run y.py
    [ "$status" = 126 ]
    [[ $output == *persist* ]]
    for _ in 1 2; do
        run --separate-stderr "$CORDON" run --allow persist y.py
        [ "$status" = 0 ]
        [ "$output" = nothing ]
    done
    python3 y.py && [[ $(python3 y.py) == x ]] # outside it stays
}
