# Files in, artifacts out, and grants of paths: what was named and nothing that it leads to.
load ../lib

setup() { setup_folder; cd "$FOLDER"; }
teardown() { teardown_folder; }

record() { python3 -c "import json, sys; r = json.load(sys.stdin); print($1)" <<<"$output"; }

@test "copies go in under their own name or another; the host's file stays as it was" {
    echo one >a.csv && echo two >b.csv
    printf 'print(open("a.csv").read() + open("in/deep/b").read())\nopen("a.csv", "w").write("changed")\n' >x.py
    run "$CORDON" run --file a.csv --file b.csv:in/deep/b x.py
    [ "$status" = 0 ]
    [[ $output == *one*two* ]]
    [ "$(cat a.csv)" = one ]
}

@test "what leads elsewhere, is no file, or would leave the scratch folder does not go in" {
    echo 1 >x.py
    ln -s /etc/passwd link && mkfifo fifo && mkdir real && echo x >real/f && ln -s real dir
    for file in link dir/f fifo real missing "x.py:../x" "x.py:/etc/x" "x.py:a/./b" "x.py:" "x.py:a//b"; do
        run timeout 20 "$CORDON" run --file "$file" x.py
        [ "$status" = 125 ]
    done
    run "$CORDON" run --file dir/f x.py
    [[ $output == *"leads through a link to '"*"/real/f'"*"pass /"* ]]
    run "$CORDON" run --file x.py:a --file x.py:a x.py
    [ "$status" = 125 ]
    [[ $output == *"two files are named 'a'"* ]]
    head -c 200000 /dev/zero >big
    run "$CORDON" run --disk 100KiB --file big x.py
    [ "$status" = 125 ]
}

@test "artifacts come out, in the record with their digest; what went in and was not changed does not" {
    echo same >same.txt && echo old >old.txt
    printf 'import os\nos.makedirs("d/e")\nopen("d/e/f.bin", "wb").write(b"abc")\nopen("old.txt", "w").write("new")\nos.symlink("/etc/passwd", "link")\nopen("no", "w").close()\nos.chmod("no", 0)\nos.chmod("d", 0)\n' >x.py
    run --separate-stderr "$CORDON" run --gate warn --format json --file same.txt --file old.txt --artifacts out x.py
    [ "$status" = 0 ]
    [ "$(record '[(a["name"], a["bytes"]) for a in r["result"]["artifacts"]]')" = "[('d/e/f.bin', 3), ('no', 0), ('old.txt', 3)]" ]
    [ "$(record 'r["result"]["artifacts"][0]["sha256"]')" = ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad ]
    [ "$(record 'r["result"]["artifacts_skipped"]')" = "[{'name': 'link', 'reason': 'a link'}]" ]
    [ "$(cat out/d/e/f.bin out/old.txt)" = abcnew ]
    # The same digests are in the record of the run's end, and are those of the files that came out.
    run "$CORDON" log show --event run.end --format json
    [ "$status" = 0 ]
    for file in d/e/f.bin no old.txt; do
        [ "$(record "[a[\"sha256\"] for a in r[\"result\"][\"artifacts\"] if a[\"name\"] == \"$file\"]")" = "['$(sha256sum "out/$file" | cut -d" " -f1)']" ]
    done
    [ "$(stat -c %a out/no)" = 644 ]
    run "$CORDON" run --gate warn --artifacts out x.py
    [[ $output == *"not collected: "*"something there already"* ]]
}

@test "artifacts come out of a cell that was ended at a limit, and to an unprivileged user" {
    chmod 777 . && printf 'import os\nopen("half", "w").write("x")\nos.chmod("half", 0)\nwhile True: pass\n' >x.py
    run as_nobody "$FOLDER/cordon" run --gate warn --cpu 200ms --artifacts "$FOLDER/out" x.py
    [ "$status" = 124 ]
    [ "$(cat out/half)" = x ]
}

@test "limits of artifacts have names; a folder that cannot be written is cordon's failure" {
    printf 'for i in range(5): open(f"f{i}", "w").write("x")\n' >x.py
    run --separate-stderr "$CORDON" run --format json --limit artifacts=2 --artifacts out x.py
    [ "$status" = 0 ]
    [ "$(record '(len(r["result"]["artifacts"]), r["result"]["artifacts_skipped_count"])')" = "(2, 3)" ]
    run "$CORDON" run --limit artefacts=2 x.py
    [ "$status" = 125 ]
    [[ $output == *"did you mean"*"artifacts"* ]]
    ln -s /tmp link
    run "$CORDON" run --artifacts link x.py
    [ "$status" = 125 ]
    run "$CORDON" run --artifacts no/such/folder x.py
    [ "$status" = 125 ]
}

@test "grants in grants: a folder before what is in it, nothing below what is written to, no ghost files" {
    mkdir -p data/in data/out && echo x >data/in/f && chmod -R a+rwX data
    printf 'import sys\np = sys.argv[1]\nprint(open(p + "/data/in/f").read().strip())\nopen(p + "/data/out/g", "w").write("y")\ntry: open(p + "/data/h", "w")\nexcept OSError as e: print(e.errno)\n' >x.py
    run "$CORDON" run --allow-write data/out --allow-read data x.py -- "$FOLDER"
    [ "$status" = 0 ]
    [ "$output" = "x
30" ]
    run "$CORDON" run --allow-write data --allow-read data/in x.py -- "$FOLDER"
    [ "$status" = 125 ]
    [[ $output == *"granted for reading inside"* ]]
    echo 'print(1)' >x.py
    before=$(find . | sort)
    run "$CORDON" run --allow-read missing/path x.py
    [ "$status" = 125 ]
    run "$CORDON" run --allow-write data --allow-write data/out --allow-read data/in/f x.py
    [ "$(find . | sort)" = "$before" ]
}

@test "the flight recorder: where it wanted to connect, and what it looked for outside of the cell" {
    printf 'import socket\nfor f in (lambda: socket.create_connection(("192.0.2.7", 443)), lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("192.0.2.8", 53)), lambda: socket.socket(socket.AF_UNIX).connect("/run/docker.sock"), lambda: open("/root/.ssh/id_rsa"), lambda: open("../etc/shadow"), lambda: open("/usr/x", "w"), lambda: open("/proc/1/environ")):\n  try: f()\n  except OSError: pass\n' >x.py
    run --separate-stderr "$CORDON" run --gate warn --format json x.py
    [ "$status" = 0 ]
    tried=$(record 'sorted((a["kind"], a["target"]) for a in r["result"]["activity"]["attempts"] if a["kind"] != "socket")')
    [ "$tried" = "[('connect', '192.0.2.7:443'), ('connect', '192.0.2.8:53'), ('connect', 'unix:/run/docker.sock'), ('open', '/proc/1/environ'), ('open', '/root/.ssh/id_rsa'), ('open', '/scratch/../etc/shadow'), ('open', '/usr/x')]" ]
    printf 'open("x", "w").write(open(__file__).read())\nimport json, ssl, sqlite3\n' >y.py
    run --separate-stderr "$CORDON" run --gate warn --format json y.py
    [ "$(record 'r["result"]["activity"]["attempts"]')" = "[]" ]
    printf 'require("fs").writeFileSync("x", require("fs").readFileSync(__filename)); require("crypto");' >y.js
    run --separate-stderr "$CORDON" run --gate warn --format json y.js
    [ "$(record 'r["result"]["activity"]["attempts"]')" = "[]" ]
}

@test "a local socket in a granted folder leads nowhere, by path and by descriptor" {
    mkdir shared && chmod 755 shared
    python3 -c 'import socket, sys
s = socket.socket(socket.AF_UNIX); s.bind("shared/s"); s.listen(); s.settimeout(20)
d = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); d.bind("shared/d"); d.settimeout(0.1)
import os; os.chmod("shared/s", 0o777); os.chmod("shared/d", 0o777); open("shared/ready", "w").close()
c = 0
try: s.accept(); c = 1
except OSError: pass
try: d.recv(9); c += 2
except OSError: pass
print(c)' >seen.txt &
    server=$!
    for _ in $(seq 200); do [ -e shared/ready ] && break; sleep 0.05; done
    cat >x.py <<'E2'
import socket, sys
for kind, name in ((socket.SOCK_STREAM, "/s"), (socket.SOCK_DGRAM, "/d")):
    try:
        socket.socket(socket.AF_UNIX, kind).connect(sys.argv[1] + name)
        print("connected")
    except OSError as error:
        print(error.errno)
a, b = socket.socketpair()
try:
    a.sendto(b"x", sys.argv[1] + "/d")
    print("sent")
except OSError as error:
    print(error.errno)
E2
    # The probe works outside.
    run python3 x.py "$FOLDER/shared"
    [ "${lines[0]}" = connected ]
    wait $server
    [ "$(cat seen.txt)" = 1 ]
    run --separate-stderr "$CORDON" run --gate warn --allow-read shared --allow-write shared x.py -- "$FOLDER/shared"
    [ "$output" = "101
101
101" ]
}

@test "two cells at once see nothing of each other" {
    cat >x.py <<'E2'
import os, sys, time
open("/dev/shm/meet-" + sys.argv[1], "w").write("here")
open("/tmp/meet-" + sys.argv[1], "w").write("here")
end = time.time() + 1.5
seen = set()
while time.time() < end:
    seen.update(n for f in ("/dev/shm", "/tmp", "/scratch") for n in os.listdir(f) if n.startswith("meet-"))
    seen.update(p for p in os.listdir("/proc") if p.isdigit())
    time.sleep(0.02)
print(sorted(seen))
E2
    "$CORDON" run --gate warn x.py -- a >a.txt 2>/dev/null &
    first=$!
    "$CORDON" run --gate warn x.py -- b >b.txt 2>/dev/null
    wait $first
    [ "$(cat a.txt)" = "['1', '2', 'meet-a']" ]
    [ "$(cat b.txt)" = "['1', '2', 'meet-b']" ]
}
