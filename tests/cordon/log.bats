# `cordon log` and what is written to it: records, the chain, who may go without, what a reader sees.
load ../lib

setup() {
    setup_folder
    cd "$FOLDER"
    LOG=$XDG_STATE_HOME/cordon/log.jsonl
    echo 'print(1)' >fine.py
    printf 'import os\nos.system("id")\n' >bad.py
}
teardown() { teardown_folder; }

# The fields of the last record, by a Python expression over `r`.
last() { tail -n "${2:-1}" "$LOG" | head -n 1 | python3 -c "import json, sys; r = json.load(sys.stdin); print($1)"; }

# Makes a log of ten records.
ten() { for _ in 1 2 3 4 5 6 7 8 9; do "$CORDON" check fine.py; done; }

# Writes the log again through a Python function `f(lines)`; the head stays.
rewrite() {
    python3 - "$LOG" "$1" <<'PY'
import sys
lines = open(sys.argv[1]).read().splitlines()
scope = {}
exec("def f(lines):\n" + "\n".join("    " + l for l in sys.argv[2].split(";")), scope)
scope["f"](lines)
open(sys.argv[1], "w").write("".join(l + "\n" for l in lines))
PY
}

@test "a check is on record with who asked, the digests, the verdict and its findings" {
    TRACEPARENT=00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01 run "$CORDON" check --actor 'ci job 7' bad.py
    [ "$status" = 1 ]
    [ "$(last 'r["event"], r["decision"], r["who"]["actor"], r["who"]["via"], r["who"]["uid"]')" = "check reject ci job 7 cli $(id -u)" ]
    [ "$(last 'r["source"]["sha256"]')" = "$(sha256sum bad.py | cut -d' ' -f1)" ]
    [ "$(last 'r["who"]["traceparent"][3:7], r["findings"][0]["rule"], r["findings"][0]["at"], r["missing"]')" = \
        "4bf9 python.exec.os-system [2, 1, 2, 16] [{'capability': 'exec', 'argument': 'sh'}]" ]
    [ "$(last 'r["policy"]["sha256"]')" = "$("$CORDON" policy show | sed -n 's/^# policy sha256://p')" ]
    [ "$(last 'len(r["rules"]["sha256"])')" = 64 ]
}

@test "a run has two records of one id: before the cell, and how it ended" {
    run "$CORDON" run --format json --allow-env A=secret-value fine.py -- secret-argument
    [ "$status" = 0 ]
    id=$(python3 -c 'import json, sys; print(json.load(sys.stdin)["record"])' <<<"$output")
    [ "$(last 'r["event"], r["decision"], r["plan"]["variables"], r["plan"]["arguments"]["count"], r["id"]' 2)" = "run.start approve ['A'] 1 $id" ]
    [ "$(last 'r["event"], r["id"], r["result"]["ended"], r["result"]["exit_code"], r["result"]["stdout"]["bytes"]')" = "run.end $id exited 0 2" ]
    run grep -c -e secret-value -e secret-argument "$LOG"
    [ "$output" = 0 ]
}

@test "refusals and failures are on record too" {
    run "$CORDON" run bad.py
    [ "$status" = 126 ]
    [ "$(last 'r["event"], r["decision"]')" = "run.refused reject" ]
    run "$CORDON" run missing.py
    [ "$status" = 125 ]
    [ "$(last 'r["event"], r["decision"], r["error"]["code"]')" = "run.failed undecided input" ]
    run "$CORDON" check missing.py
    [ "$status" = 2 ]
    [ "$(last 'r["event"], r["decision"], r["source"]["path"]')" = "check undecided missing.py" ]
    run "$CORDON" run --allow-read /nonexistent fine.py
    [ "$status" = 125 ]
    [ "$(last 'r["event"], r["decision"]')" = "run.failed approve" ]
    echo 'while True: pass' >loop.py
    run "$CORDON" run --gate warn --cpu 200ms loop.py
    [ "$(last 'r["result"]["limit"]')" = cpu ]
    [ "$(last 'r["gate"]' 2)" = warn ]
}

@test "where the log cannot be written nothing runs, and nothing is approved" {
    echo 'print("it ran")' >x.py
    : >file
    for place in "$FOLDER/file/x" /proc/nowhere /dev/null; do
        run "$CORDON" run --log "$place" x.py
        [ "$status" = 125 ]
        [[ $output != *"it ran"* && $output == *"audit log"* ]]
        run "$CORDON" check --log "$place" x.py
        [ "$status" = 2 ]
        [[ $output != *approved* ]]
    done
    ln -s "$FOLDER/elsewhere" link.jsonl
    run "$CORDON" check --log link.jsonl x.py
    [ "$status" = 2 ] && [ ! -e elsewhere ]
    echo "my notes" >notes.jsonl
    run "$CORDON" check --log notes.jsonl x.py
    [ "$status" = 2 ]
    [[ $output == *"no log of cordon"* ]]
    [ "$(cat notes.jsonl)" = "my notes" ]
    run env -u HOME -u XDG_STATE_HOME setpriv --reuid=65534 --regid=65534 --clear-groups "$FOLDER/cordon" check x.py
    [ "$(id -u)" != 0 ] || [ "$status" = 2 ]
    [ "$(id -u)" != 0 ] || [[ $output == *"--log PATH"* ]]
}

@test "a full disk: the record that does not fit is taken back, the run refused, the log whole" {
    "$CORDON" check fine.py
    echo 'print("it ran")' >x.py
    run bash -c "trap '' XFSZ; ulimit -f 1; '$CORDON' run x.py"
    [ "$status" = 125 ]
    [[ $output != *"it ran"* && $output == *"cannot append"* ]]
    run "$CORDON" log verify
    [ "$status" = 0 ]
    [[ $output == *"intact: 2 records"* ]]
}

@test "--no-log only where the policy says so" {
    run "$CORDON" check --no-log fine.py
    [ "$status" = 2 ]
    [[ $output == *"optional: true"* ]]
    printf 'extends: agent\nlog: {optional: true}\n' >p.yaml
    run "$CORDON" run --policy ./p.yaml --no-log fine.py
    [ "$status" = 0 ] && [ "$output" = 1 ]
    [ ! -e "$LOG" ]
    run "$CORDON" check --policy ./p.yaml fine.py
    [ -e "$LOG" ]
}

@test "the policy's log: path, a wrong key, a wrong value" {
    printf 'extends: agent\nlog: {path: ./logs, sync: always, rotate: 1MiB}\n' >p.yaml
    "$CORDON" check --policy ./p.yaml fine.py
    [ -s logs/log.jsonl ] && [ -s logs/log.jsonl.head ]
    run "$CORDON" log verify --policy ./p.yaml
    [ "$status" = 0 ]
    run "$CORDON" policy show --policy ./p.yaml
    [[ $output == *"log:"*"sync: always"* ]]
    printf 'log: {paht: x}\n' >p.yaml
    run "$CORDON" check --policy ./p.yaml fine.py
    [ "$status" = 2 ]
    [[ $output == *"p.yaml:1:7"*"did you mean 'path'"* ]]
    printf 'log: {sources: stor}\n' >p.yaml
    run "$CORDON" check --policy ./p.yaml fine.py
    [[ $output == *"did you mean 'store'"* ]]
}

@test "many processes write to one log at once, across rotations" {
    printf 'extends: agent\nlog: {rotate: 64KiB}\n' >p.yaml
    writers=
    for w in 1 2 3 4 5 6; do
        (for _ in $(seq 25); do "$CORDON" check --policy ./p.yaml --actor "w$w" bad.py >/dev/null 2>&1 || true; done) &
        writers="$writers $!"
    done
    for w in $writers; do wait "$w" || true; done
    run "$CORDON" log verify
    [ "$status" = 0 ]
    [ -e "$LOG.000001" ]
    for w in 1 2 3 4 5 6; do [ "$("$CORDON" log show --actor "w$w" --event check --format json | wc -l)" = 25 ]; done
}

@test "writers that are killed at any moment leave a log that verifies" {
    head -c 200000 /dev/urandom | base64 -w 90 | sed 's/.*/"&"/' >big.py
    for i in $(seq 20); do
        "$CORDON" check --policy strict bad.py big.py bad.py >/dev/null 2>&1 &
        pid=$!
        sleep "0.0$((i % 10))"
        kill -KILL $pid 2>/dev/null || true
        wait $pid 2>/dev/null || true
    done
    run "$CORDON" log verify
    [ "$status" = 0 ]
    "$CORDON" check fine.py
    run "$CORDON" log verify
    [ "$status" = 0 ]
}

@test "a write that was cut short is closed by the next writer and explained" {
    ten
    printf '{"v":1,"seq":10,"prev":"00' >>"$LOG"
    run "$CORDON" log verify
    [ "$status" = 0 ]
    [[ $output == *"unfinished record"* ]]
    "$CORDON" check fine.py
    run "$CORDON" log verify
    [ "$status" = 0 ]
    [[ $output == *"log.jsonl:11: note: a write was cut short"* ]]
    # The same words where nothing was cut are a fault.
    ten
    rewrite 'lines[10] = "garbage"'
    run "$CORDON" log verify
    [ "$status" = 1 ]
    [[ $output == *"log.jsonl:11: fault"* ]]
}

@test "a changed record is found, with its line" {
    ten
    rewrite 'lines[4] = lines[4].replace("approve", "reject")'
    run "$CORDON" log verify
    [ "$status" = 1 ]
    [[ $output == *"log.jsonl:5: fault: record 4 was changed"* ]]
}

@test "a changed last record is found by the head" {
    ten
    rewrite 'lines[-1] = lines[-1].replace("approve", "reject")'
    run "$CORDON" log verify
    [ "$status" = 1 ]
    [[ $output == *"log.jsonl:10: fault: record 9 was changed: the head"* ]]
}

@test "a removed record is found, with its line" {
    ten
    rewrite 'del lines[4]'
    run "$CORDON" log verify
    [ "$status" = 1 ]
    [[ $output == *"log.jsonl:5: fault: record 5 follows record 3"* ]]
    # Also where the numbers were made to fit.
    rewrite 'lines[4:] = [l.replace(f"\"seq\":{i}", f"\"seq\":{i-1}") for i, l in enumerate(lines[4:], 5)]'
    run "$CORDON" log verify
    [ "$status" = 1 ]
    [[ $output == *"log.jsonl:4: fault"* ]]
}

@test "records in another order are found" {
    ten
    rewrite 'lines[4], lines[5] = lines[5], lines[4]'
    run "$CORDON" log verify
    [ "$status" = 1 ]
    [[ $output == *"log.jsonl:6: fault: record 4 stands behind record 5"* ]]
}

@test "a cut tail is found, before and after the next record" {
    ten
    rewrite 'del lines[7:]'
    run "$CORDON" log verify
    [ "$status" = 1 ]
    [[ $output == *"log.jsonl:7: fault: the tail is cut: the records 7 to 9"* ]]
    "$CORDON" check fine.py
    run "$CORDON" log verify
    [ "$status" = 1 ]
    [[ $output == *"log.jsonl:8: fault: the records 7 to 9 were gone"* ]]
}

@test "a log that is gone, a beginning that is gone, a head that is gone" {
    ten
    rm "$LOG"
    run "$CORDON" log verify
    [ "$status" = 2 ]
    "$CORDON" check fine.py
    run "$CORDON" log verify
    [ "$status" = 1 ]
    rm "$LOG" "$LOG.head"
    ten
    rewrite 'del lines[:3]'
    run "$CORDON" log verify
    [ "$status" = 1 ]
    [[ $output == *"log.jsonl:1: fault: the records 0 to 2"* ]]
    run "$CORDON" log verify --partial
    [ "$status" = 0 ]
    rm "$LOG" "$LOG.head"
    ten
    rm "$LOG.head"
    run "$CORDON" log verify
    [ "$status" = 1 ]
    [[ $output == *"there is no head"* ]]
    "$CORDON" check fine.py
    run "$CORDON" log verify
    [ "$status" = 1 ]
    [[ $output == *"the head was gone before"* ]]
}

@test "a log that was made anew with its head is found by an anchor, and by nothing else" {
    ten
    anchor=$("$CORDON" log head)
    python3 - "$LOG" <<'PY'
import hashlib, re, sys
path = sys.argv[1]
prev, out = "0" * 64, []
for line in open(path).read().splitlines():
    line = re.sub(r'"prev":"[0-9a-f]{64}"', f'"prev":"{prev}"', line.replace("approve", "reject"))
    prev = hashlib.sha256(line.encode()).hexdigest()
    out.append(line + "\n")
open(path, "w").write("".join(out))
head = open(path + ".head").read().split(" ")
head[4] = prev + "\n"
open(path + ".head", "w").write(" ".join(head))
PY
    run "$CORDON" log verify
    [ "$status" = 0 ]
    run "$CORDON" log verify --anchor "$anchor"
    [ "$status" = 1 ]
    [[ $output == *"log.jsonl:10: fault: record 9 is not the one of the anchor"* ]]
    run "$CORDON" log verify --anchor 7:zz
    [ "$status" = 2 ]
}

@test "every head goes to the policy's anchor; without a listener nothing runs" {
    printf 'extends: agent\nlog: {anchor: %s/anchor}\n' "$FOLDER" >p.yaml
    run "$CORDON" run --policy ./p.yaml fine.py
    [ "$status" = 125 ]
    [[ $output == *"heads cannot be sent"* ]]
    python3 - "$FOLDER/anchor" >heads <<'PY' &
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
for _ in range(3):
    print(s.recv(1000).decode(), flush=True)
PY
    pid=$!
    for _ in $(seq 100); do [ -S anchor ] && break; sleep 0.1; done
    run "$CORDON" run --policy ./p.yaml fine.py
    [ "$status" = 0 ]
    wait $pid
    [[ $(tail -n 1 heads) == *"seq 2 sha256 $("$CORDON" log head | cut -d: -f2)" ]]
}

@test "sources are kept under their digest where the policy wants it; a changed one is found" {
    printf 'extends: agent\nlog: {sources: store}\n' >p.yaml
    run "$CORDON" check --policy ./p.yaml bad.py
    digest=$(sha256sum bad.py | cut -d' ' -f1)
    kept=$LOG.sources/${digest:0:2}/$digest
    cmp "$kept" bad.py
    run "$CORDON" log verify
    [ "$status" = 0 ]
    chmod u+w "$kept"
    echo '# harmless' >"$kept"
    run "$CORDON" log verify
    [ "$status" = 1 ]
    [[ $output == *"log.jsonl:2: fault: its source"*"changed in the store"* ]]
}

@test "no byte of a program, its name or its actor breaks a record or reaches a terminal" {
    name=$'a\n\x1b[31m\x7f\xff\xe2\x80\xae"}.py'
    printf 'import os\nos.system("\x1b]0;x\x07\x7f\xff\xe2\x80\xae\\n</script>")\n' >"$name"
    "$CORDON" check --actor $'eve\n\x1b[2J' --gate x "$name" || true
    run "$CORDON" check --actor $'eve\n\x1b[2J' "$name"
    printf 'import os\nos.system("a\\x1b\xe2\x82\xac")\n' >"$name"
    run "$CORDON" check --actor $'eve\n\x1b[2J' "$name"
    [ "$(wc -l <"$LOG")" = 3 ]
    run env LC_ALL=C grep -c -P '[^\x20-\x7e]' "$LOG"
    [ "$output" = 0 ]
    "$CORDON" log show >shown
    run env LC_ALL=C grep -c -P '[\x00-\x09\x0b-\x1f\x7f]|\xe2\x80\xae' shown
    [ "$output" = 0 ]
    run "$CORDON" log verify
    [ "$status" = 0 ]
}

@test "log show filters, reads well, follows" {
    "$CORDON" check --actor alice fine.py
    run "$CORDON" check --actor bob bad.py
    "$CORDON" run --actor alice fine.py
    run "$CORDON" log show --actor 'al*'
    [[ $output == *"check        approve       fine.py  by alice (cli)"*"run.end      exited 0"* ]]
    [[ $output != *bob* ]]
    run "$CORDON" log show --decision reject
    [[ $output == *"bad.py  by bob"*"line 2: python.exec.os-system"* ]]
    [ "$("$CORDON" log show --rule 'python.exec.*' --format json | wc -l)" = 1 ]
    [ "$("$CORDON" log show --event run | wc -l)" -ge 2 ]
    [ "$("$CORDON" log show --since 1h --format json | wc -l)" = 5 ]
    [ -z "$("$CORDON" log show --until 2020-01-01)" ]
    [ "$("$CORDON" log show --last 1 --format json | python3 -c 'import json, sys; print(json.load(sys.stdin)["event"])')" = run.end ]
    run "$CORDON" log show --since yesterday
    [ "$status" = 2 ]
    "$CORDON" log show --follow --actor carol >followed &
    pid=$!
    sleep 0.3
    "$CORDON" check --actor carol fine.py
    for _ in $(seq 100); do [ -s followed ] && break; sleep 0.1; done
    kill $pid
    [[ $(cat followed) == *"by carol"* ]]
}

@test "the page is one file without a script; what a program says is text in it" {
    printf 'extends: agent\nlog: {sources: store}\n' >p.yaml
    printf 'import os\nos.system("</pre><script>alert(1)</script>")\n' >'x<img src=y>.py'
    run "$CORDON" run --policy ./p.yaml --actor '"><b>' 'x<img src=y>.py'
    "$CORDON" run --policy ./p.yaml fine.py
    "$CORDON" log report --html page.html
    python3 - page.html <<'PY'
import html.parser, sys
class Page(html.parser.HTMLParser):
    tags, text = set(), ""
    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        assert not any(k.startswith("on") or k in ("src", "href") for k, _ in attrs), attrs
    def handle_data(self, data):
        self.text += data
page = Page()
page.feed(open(sys.argv[1]).read())
assert not page.tags & {"script", "img", "b%"}, page.tags
for wanted in ('os.system("</pre><script>alert(1)</script>")', "x<img src=y>.py", '"><b>', "The chain is intact.",
               "python.exec.os-system", "exited 0"):
    assert wanted in page.text, wanted
PY
}

@test "a log that somebody wrote into: no member of it is markup, or moves a cursor, in the page" {
    "$CORDON" check bad.py || true
    "$CORDON" run --actor alice fine.py
    python3 - "$LOG" <<'PY'
import copy, json, sys
records = [json.loads(line) for line in open(sys.argv[1])]
def members(value, way=()):
    for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield from ([way + (key,)] if isinstance(value[key], str) else members(value[key], way + (key,)))
with open(sys.argv[1], "a") as log:
    for record in records:
        for *way, last in members(record):
            inside = written = copy.deepcopy(record)
            for key in way:
                inside = inside[key]
            inside[last] = "<img src=" + str(last) + ">\x7f\x1b[2J"
            log.write(json.dumps(written, separators=(",", ":")) + "\n")
PY
    "$CORDON" log report --html page.html
    python3 - page.html <<'PY'
import html.parser, sys
class Page(html.parser.HTMLParser):
    text = ""
    def handle_starttag(self, tag, attrs):
        assert tag != "img", self.getpos()
    def handle_data(self, data):
        self.text += data
page = Page()
page.feed(open(sys.argv[1]).read())
assert "The chain is broken." in page.text
assert all(f"<img src={member}>"[:19] in page.text for member in ("time", "event", "path", "rule", "actor", "message")), page.text
assert not any(c < " " and c != "\n" or c == "\x7f" for c in page.text), page.text
PY
}
