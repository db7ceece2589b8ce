# `cordon run`: the acceptance of the README, statuses, streams, limits by name.
load ../lib

setup() { setup_folder; cd "$FOLDER"; }
teardown() { teardown_folder; }

@test "Python and JavaScript programs run, from files and from standard input" {
    run bash -c "printf 'print(sum(range(10)))' | '$CORDON' run --lang python -"
    [ "$status" = 0 ] && [ "$output" = 45 ]
    run bash -c "printf 'console.log(6*7)' | '$CORDON' run --lang javascript -"
    [ "$status" = 0 ] && [ "$output" = 42 ]
    printf 'import { join } from "node:path";\nconsole.log(join("a", "b"), await Promise.resolve(1));\n' >m.js
    run "$CORDON" run m.js
    [ "$status" = 0 ] && [ "$output" = "a/b 1" ]
}

@test "a language that is checked and not run is refused with the remedy" {
    printf 'const x: number = 1;\n' >m.ts
    run "$CORDON" check m.ts
    [ "$status" = 0 ]
    run "$CORDON" run m.ts
    [ "$status" = 125 ]
    [[ "$output" == *"no runtime for typescript (compile it"* ]]
}

@test "a shell script is checked and not run" {
    printf '#!/bin/sh\necho a\n' >s
    run "$CORDON" check s
    [ "$status" = 0 ]
    run "$CORDON" run s
    [ "$status" = 125 ]
    [[ "$output" == *"no runtime for bash (cordon checks shell scripts"* ]]
}

@test "arguments, standard input and standard error are the program's own" {
    printf 'import sys\nprint(sys.argv[1:], sys.stdin.read())\nprint("e", file=sys.stderr)\n' >x.py
    run --separate-stderr "$CORDON" run x.py -- a --b 'c d' <<<hello
    [ "$output" = "['a', '--b', 'c d'] hello" ]
    [ "$stderr" = e ]
}

@test "output arrives as it is produced" {
    printf 'import time\nprint("first", flush=True)\ntime.sleep(20)\n' >x.py
    run bash -c "timeout 8 '$CORDON' run x.py | head -n 1"
    [ "$output" = first ]
}

@test "the status is the program's; 128+n for a signal; 126 for the gate; 125 for cordon itself" {
    echo 'import sys; sys.exit(7)' >x.py
    run "$CORDON" run x.py
    [ "$status" = 7 ]
    echo 'import ctypes' >x.py
    printf 'process.kill(process.pid, "SIGKILL")' >x.js
    run "$CORDON" run --allow signal x.js
    [ "$status" = 137 ]
    echo 'import os; os.system("id")' >x.py
    run "$CORDON" run x.py
    [ "$status" = 126 ]
    run "$CORDON" run missing.py
    [ "$status" = 125 ]
    run "$CORDON" run --memory 1 x.py
    [ "$status" = 125 ]
    [[ $output == *"from 16777216"* ]]
}

@test "--gate warn runs in spite of findings; the second wall stops it" {
    printf 'import os\nprint(os.system("id"))\n' >x.py
    run --separate-stderr "$CORDON" run --gate warn x.py
    [ "$status" = 0 ]
    [[ $stderr == *"python.exec.os-system"* ]]
    [ "$output" != 0 ] # no shell in the cell
}

@test "each limit is named when it ends a program" {
    limit_of() { "$CORDON" run --gate warn --format json "$@" | python3 -c 'import json,sys; r=json.load(sys.stdin)["result"]; print(r["ended"], r["limit"])'; }
    echo 'import time; time.sleep(30)' >x.py
    [ "$(limit_of --timeout 300ms x.py)" = "limit wall" ]
    echo 'while True: pass' >x.py
    [ "$(limit_of --cpu 200ms x.py)" = "limit cpu" ]
    printf 'x = []\nwhile True: x.append(bytearray(1 << 20))\n' >x.py
    [ "$(limit_of --memory 64MiB x.py)" = "limit memory" ]
    printf 'const x = [];\nfor (;;) x.push(Buffer.alloc(1 << 20, 1));\n' >x.js
    [ "$(limit_of --memory 128MiB x.js)" = "limit memory" ]
    printf 'import os\nwhile True:\n    try: os.fork()\n    except OSError: pass\n' >x.py
    [ "$(limit_of x.py)" = "limit processes" ]
    printf 'while True: print("x" * 1000)\n' >x.py
    [ "$(limit_of --output 4KiB x.py)" = "limit output" ]
    printf 'n = 0\nwhile True:\n    n += 1\n    open(f"f{n}", "wb").write(bytes(1 << 20))\n' >x.py
    [ "$(limit_of --disk 4MiB x.py)" = "limit disk" ]
}

# A flag of V8's would cost the start a fifth; what is told of the machine does not.
@test "a Node program's heap is bounded by its cell, and not by flags where that can be had" {
    echo 'console.log(process.execArgv.length, require("os").totalmem() / 2 ** 20, require("v8").getHeapStatistics().heap_size_limit / 2 ** 20)' >x.js
    heap_of() { "$CORDON" run --memory "$1MiB" x.js | { read -r flags shown bound; echo "$flags $shown $((${bound%.*} <= $2))"; }; }
    [ "$(heap_of 256 400)" = "0 768 1" ]
    [ "$(heap_of 1024 1024)" = "0 1536 1" ]
    [[ $(heap_of 128 160) == "1 "*" 1" ]]
    # Garbage is collected before it reaches the limit, and what is no garbage ends at the limit by name.
    printf 'const live = [];\nfor (let i = 0; i < 500000; i++) live.push({i, s: "k" + i});\nfor (let r = 0; r < 8; r++) for (let i = 0; i < live.length; i++) live[i] = {i, s: "k" + i + r};\nconsole.log(live.length);\n' >x.js
    [ "$("$CORDON" run x.js)" = 500000 ]
    printf 'const live = [];\nfor (let i = 0;; i++) live.push({i, s: "k" + i});\n' >x.js
    [ "$("$CORDON" run --gate warn --cpu 60s --timeout 60s --format json x.js | python3 -c 'import json,sys; r=json.load(sys.stdin)["result"]; print(r["ended"], r["limit"])')" = "limit memory" ]
}

@test "a child that holds standard output open does not hang the run" {
    printf 'import os, time\nif os.fork() == 0:\n    time.sleep(60)\nprint("done")\n' >x.py
    run timeout 20 "$CORDON" run x.py
    [ "$status" = 0 ]
    [[ $output == *done* ]]
}

@test "a grant of a path puts exactly this path into the cell" {
    mkdir in out && echo data >in/a.txt
    chmod 777 out
    printf 'import sys\nprint(open(sys.argv[1] + "/in/a.txt").read().strip())\nopen(sys.argv[1] + "/out/b.txt", "w").write("x")\n' >x.py
    run "$CORDON" run --allow-read in --allow-write out x.py -- "$FOLDER"
    [ "$status" = 0 ] && [ "$output" = data ]
    [ "$(cat out/b.txt)" = x ]
    run "$CORDON" run --allow-read in x.py -- "$FOLDER"
    [ "$status" = 1 ]
    ln -s /etc link
    run "$CORDON" run --allow-read link x.py
    [ "$status" = 125 ]
    [[ $output == *"leads through a link"* ]]
}

@test "a granted variable is there, and no other" {
    printf 'import os\nprint(os.environ["A"], len(os.environ))\n' >x.py
    B=2 run "$CORDON" run --allow-env A=1 x.py
    [ "$status" = 0 ] && [ "$output" = "1 1" ]
}

@test "Ctrl-C and SIGTERM end the cell" {
    printf 'import time\nprint("up", flush=True)\ntime.sleep(60)\n' >x.py
    "$CORDON" run x.py >out.txt &
    pid=$!
    for _ in $(seq 100); do [ -s out.txt ] && break; sleep 0.1; done
    kill -TERM $pid
    run timeout 10 tail --pid=$pid -f /dev/null
    [ "$status" = 0 ]
}

@test "as an unprivileged user: the same" {
    echo 'print(sum(range(10)))' >x.py
    run as_nobody "$FOLDER/cordon" run x.py
    [ "$status" = 0 ] && [ "$output" = 45 ]
    run as_nobody "$FOLDER/cordon" doctor
    [ "$status" = 0 ]
}

@test "the record says what the program tried, and which layers held it" {
    printf 'import os, socket, ctypes\nfor f in (lambda: socket.socket(), lambda: os.execv("/proc/self/exe", ["x"]), lambda: ctypes.CDLL(None).ptrace(0, 0, 0, 0)):\n  try: f()\n  except OSError: pass\n' >x.py
    run --separate-stderr "$CORDON" run --gate warn --format json x.py
    [ "$status" = 0 ]
    tried=$(python3 -c 'import json, sys; r = json.load(sys.stdin)["result"]; print(*sorted((a["kind"], a["target"], a["denied"]) for a in r["activity"]["attempts"])); print(r["layers"]["cgroup"] in ("v1", "v2", "none"), r["activity"]["programs_started"])' <<<"$output")
    [[ $tried == *"('call', 'ptrace', True)"*"('exec', '/proc/self/exe', True)"*"family 2"* ]]
    [[ $tried == *"True 1" ]]
}

@test "a supervisor that is killed leaves no process and no control group" {
    printf 'import time\nprint("up", flush=True)\ntime.sleep(60)\n' >x.py
    "$CORDON" run x.py >out.txt &
    pid=$!
    for _ in $(seq 100); do [ -s out.txt ] && break; sleep 0.1; done
    kill -KILL $pid
    for _ in $(seq 100); do find /sys/fs/cgroup -name "cordon-$pid-*" 2>/dev/null | grep -q . || break; sleep 0.1; done
    [ -z "$(find /sys/fs/cgroup -name "cordon-$pid-*" 2>/dev/null)" ] # groups of others vanish while it looks
}
