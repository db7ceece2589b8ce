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

# The cell has no network, granted or not: here the grant is the check's alone.
@test "net" {
    python3 -c 'import socket, time; s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen(); print(s.getsockname()[1], flush=True); time.sleep(60)' >port 3>&- &
    local server=$!
    for _ in $(seq 100); do [ -s port ] && break; sleep 0.1; done
    printf 'import socket\nsocket.create_connection(("127.0.0.1", %s), 5)\nprint("it happened")\n' "$(cat port)" >x.py
    [[ $(python3 x.py) == "it happened" ]]
    stopped_by_each net
    kill "$server"
}

# What persists would lie in the home of the caller, and what is signalled would be a process of theirs.
@test "persist and signal" {
    printf 'import os\nwith open("%s/crontab", "a") as f: f.write("* * * * * x")\nprint("it happened")\n' "$PLACE" >x.py
    [[ $(python3 x.py) == "it happened" ]]
    rm -f "$PLACE/crontab"
    run "$CORDON" run --gate warn x.py
    [ "$status" != 0 ]
    [ ! -e "$PLACE/crontab" ]
    sleep 60 3>&- &
    local victim=$!
    printf 'import os\nos.kill(%s, 9)\nprint("it happened")\n' "$victim" >x.py
    stopped_by_each signal
    kill -0 "$victim"
    [[ $(python3 x.py) == "it happened" ]]
}
