# No process, no control group and no folder outlives its supervisor, whenever that ends and however.
load ../lib

setup() {
    setup_folder
    cd "$FOLDER"
    printf 'import os, sys, time\nif os.fork() == 0: time.sleep(600)\nprint("up", flush=True)\ntime.sleep(600)\n' >x.py
}
teardown() { teardown_folder; }

# What is left of the cells of a supervisor: its control groups with what is in them, and programs, which carry this
# test's folder as their argument. A user of the test's own has none at all: not bubblewrap's first moments either.
left_of() { # PID
    # But for the dead that nobody has waited for yet: that is the machine's first process's affair.
    [ -z "$OWN_UID" ] || find /proc -maxdepth 1 -name '[0-9]*' -uid "$OWN_UID" -exec grep -Ls '^State:.*[ZX]' {}/status ';' 2>/dev/null
    find /sys/fs/cgroup -maxdepth 6 -name "cordon-$1-*" 2>/dev/null
    grep -ls "cordon-$1-" /proc/[0-9]*/cgroup 2>/dev/null
    grep -lsa "/program/main.py.*$FOLDER" /proc/[0-9]*/cmdline 2>/dev/null
    true
}

now_us() { echo $((${EPOCHREALTIME/[.,]/})); }

# A second at the pace of this machine at this moment: 200 starts of bare bubblewrap, which on a quiet one take it. By
# the slowest of five, since what else it does comes in bursts.
second_us() {
    local start slowest=0 took
    for _ in 1 2 3 4 5; do
        start=$(now_us)
        bwrap --unshare-all --ro-bind / / --proc /proc /bin/true
        took=$(($(now_us) - start))
        [ "$took" -le "$slowest" ] || slowest=$took
    done
    echo $((200 * slowest))
}

wait_gone() { # PID: within a second, as promised
    local start took
    start=$(now_us)
    for _ in $(seq 2000); do
        [ -z "$(left_of "$1")" ] && break
        sleep 0.01
    done
    took=$(($(now_us) - start))
    left=$(left_of "$1")
    [ -z "$left" ] || { echo "$left"; return 1; }
    [ "$took" -le "${SECOND_US:=$(second_us)}" ] && return 0
    SECOND_US=$(second_us) # it may have become busier
    [ "$took" -le "$SECOND_US" ] || { echo "gone after $took us; a second is $SECOND_US us here"; return 1; }
}

# Kills a supervisor at 24 moments, evenly from its start to a quarter behind the moment when its program is up.
killed_at_any_stage() { # COMMAND...
    local start up_us pid
    start=$(now_us)
    "$@" run --gate warn x.py -- "$FOLDER" >up.txt 2>/dev/null &
    pid=$!
    for _ in $(seq 2000); do [ -s up.txt ] && break; sleep 0.01; done
    up_us=$(($(now_us) - start))
    [ -s up.txt ]
    for moment in $(seq 0 24); do
        kill -KILL "$pid" 2>/dev/null
        wait "$pid" 2>/dev/null || true
        wait_gone "$pid"
        "$@" run --gate warn x.py -- "$FOLDER" >/dev/null 2>&1 &
        pid=$!
        sleep "$(printf '%d.%06d' $((moment * up_us * 5 / 96 / 1000000)) $((moment * up_us * 5 / 96 % 1000000)))"
    done
    kill -KILL "$pid" 2>/dev/null
    wait "$pid" 2>/dev/null || true
    wait_gone "$pid"
}

@test "kill -9 of the supervisor at any stage leaves nothing within a second" {
    killed_at_any_stage "$CORDON"
}

@test "kill -9 of an unprivileged supervisor at any stage leaves nothing within a second" {
    # In the place of the shell that starts it, so that it is the supervisor that is killed.
    OWN_UID=$((1000000000 + $$))
    start_as_nobody() { XDG_STATE_HOME=$FOLDER/state-nobody exec setpriv --reuid="$OWN_UID" --regid=65534 --clear-groups -- "$FOLDER/cordon" "$@"; }
    [ "$(id -u)" = 0 ] || { OWN_UID=; start_as_nobody() { exec "$FOLDER/cordon" "$@"; }; }
    killed_at_any_stage start_as_nobody
}

@test "kill -9 while artifacts are collected, and while the output is held, leaves nothing" {
    printf 'for i in range(2000): open(f"f{i}", "w").write("x" * 4000)\n' >y.py
    for wait in 0.05 0.1 0.15 0.2; do
        "$CORDON" run --gate warn --limit artifacts=2000 --artifacts "out$wait" y.py -- "$FOLDER" >/dev/null 2>&1 &
        pid=$!
        sleep "$wait"
        kill -KILL $pid 2>/dev/null || true
        wait $pid 2>/dev/null || true
        wait_gone $pid
    done
}

@test "INT, TERM and HUP end the cell and then the supervisor" {
    for signal in INT TERM HUP; do
        env --default-signal="$signal" "$CORDON" run --gate warn x.py -- "$FOLDER" >out.txt 2>/dev/null &
        pid=$!
        for _ in $(seq 200); do [ -s out.txt ] && break; sleep 0.05; done
        kill -$signal $pid
        status=0
        wait $pid || status=$?
        [ "$status" -gt 128 ]
        wait_gone $pid
        : >out.txt
    done
}

@test "a closed output pipe ends the cell" {
    printf 'import time\nwhile True:\n    print("x" * 1000, flush=True)\n    time.sleep(0.01)\n' >y.py
    run timeout 20 bash -c "'$CORDON' run y.py | head -c 10; exit \${PIPESTATUS[0]}"
    [ "$status" != 124 ]
}

@test "two fork bombs of one user run, and a third cell still starts" {
    printf 'import os\nwhile True:\n    try: os.fork()\n    except OSError: pass\n' >bomb.py
    printf 'import os, time\nfor _ in range(30):\n    if os.fork() == 0: time.sleep(600)\nprint("up", flush=True)\ntime.sleep(600)\n' >full.py
    echo 'print("here")' >z.py
    mkdir logs && chmod 777 logs
    start() { as_nobody "$FOLDER/cordon" run --gate warn --log "logs/$1" "${@:2}"; }
    start a full.py >a.txt 2>/dev/null &
    a=$!
    start b full.py >b.txt 2>/dev/null &
    b=$!
    for _ in $(seq 200); do [ -s a.txt ] && [ -s b.txt ] && break; sleep 0.05; done
    for i in 1 2 3 4 5 6; do start "c$i" bomb.py >/dev/null 2>&1 & bombs="$bombs $!"; done
    run start z z.py
    [ "$status" = 0 ]
    [ "$output" = here ]
    kill $a $b
    wait $a $b $bombs || true
}

@test "many runs leak nothing: no process, group, mount, descriptor, folder" {
    echo 'print(1)' >z.py
    "$CORDON" run z.py >/dev/null # the log and the cache are there from now on
    files=$(ls -A | sort)
    before="$(ls /proc/self/fd | wc -l) $(wc -l </proc/mounts) 0"
    # Their own groups: others may run cells on this machine.
    own=$(for _ in $(seq "${CORDON_LEAK_RUNS:-40}"); do
        "$CORDON" run z.py >/dev/null &
        echo "/cordon-$!-" # its groups begin with its number
        wait $!
    done)
    for _ in $(seq 100); do
        after="$(ls /proc/self/fd | wc -l) $(wc -l </proc/mounts) $(find /sys/fs/cgroup -name 'cordon-*' 2>/dev/null | grep -cF "$own" || true)"
        [ "$after" = "$before" ] && break
        sleep 0.1
    done
    [ "$after" = "$before" ]
    [ "$(ls -A | sort)" = "$files" ]
}

@test "a configured number of cells: more wait, up to a bound, and then hear that it is busy" {
    printf 'import time\nprint("up", flush=True)\ntime.sleep(600)\n' >long.py
    printf 'import time\ntime.sleep(0.3)\nprint("done")\n' >short.py
    mkdir cache logs && chmod 777 cache logs && chmod 755 cache && chown "$(as_nobody id -u)" cache
    start() { as_nobody env XDG_CACHE_HOME="$FOLDER/cache" "$FOLDER/cordon" run --log "logs/$1" --limit cells=1 "${@:2}"; }
    start a long.py >a.txt 2>/dev/null &
    long=$!
    for _ in $(seq 200); do [ -s a.txt ] && break; sleep 0.05; done
    run start b --limit queue=0 short.py
    [ "$status" = 125 ]
    [[ $output == *"busy: 1 cells run, and no more may wait (queue)"* ]]
    run start c --limit queue_time=100ms short.py
    [ "$status" = 125 ]
    [[ $output == *"none has ended in time (queue_time)"* ]]
    start d short.py >d.txt 2>/dev/null &
    waits=$!
    sleep 0.2
    [ ! -s d.txt ]
    kill -KILL $(pgrep -f "$FOLDER/cordon run --log logs/a" | tail -n 1)
    wait $long || true
    wait $waits
    [ "$(cat d.txt)" = "done" ]
    # Waiting ends with its caller.
    start e long.py >e.txt 2>/dev/null &
    long=$!
    for _ in $(seq 200); do [ -s e.txt ] && break; sleep 0.05; done
    run start f --format json --limit queue=0 short.py
    [[ $output == *'"code": "busy"'* ]]
    kill $long
    wait $long || true
}
