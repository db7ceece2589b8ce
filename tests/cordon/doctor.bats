# `cordon doctor` says yes where cells hold, and no with the remedy where they cannot be made; then nothing runs.
load ../lib

setup() { setup_folder; cd "$FOLDER"; echo 'print("ran")' >x.py; }
teardown() { teardown_folder; }

in_namespace() { # UIDS COMMAND...
    python3 "$ROOT/tests/namespace.py" "$@"
}

@test "five threats are answered yes with the evidence, then the layers; JSON says the same" {
    run "$CORDON" doctor
    [ "$status" = 0 ]
    for threat in secrets network filesystem "tenant isolation" "resource limits: memory" "resource limits: processes" "resource limits: cpu" \
        "layer: user namespaces" "layer: seccomp" "layer: bubblewrap" "layer: control group" "layer: user"; do
        [[ $output == *"yes  $threat: "* ]]
    done
    [[ $output == *"version 0."* ]]
    run --separate-stderr "$CORDON" doctor --format json
    [ "$status" = 0 ]
    [ "$(python3 -c 'import json, sys; d = json.load(sys.stdin); print(d["healthy"], all(p["yes"] and p["evidence"] for p in d["probes"]), len(d["probes"]) >= 12)' <<<"$output")" = "True True True" ]
}

@test "without user namespaces doctor ends non-zero with the remedy, and run refuses" {
    cat >none.sh <<E2
echo 0 >/proc/sys/user/max_user_namespaces || exit 9
"$FOLDER/cordon" doctor; echo "doctor \$?"
"$FOLDER/cordon" run --weaker user x.py; echo "run \$?"
E2
    run in_namespace 4294967295 sh none.sh
    [[ $output == *"no   secrets: "* ]]
    [[ $output == *"no   layer: user namespaces: no cell could be made"* ]]
    [[ $output == *"user.max_user_namespaces is 0: sysctl -w user.max_user_namespaces=10000"* ]]
    [[ $output == *"doctor 1"* ]]
    [[ $output == *"run 125"* ]]
    [[ $output != *"ran"* ]]
}

@test "root without uids for cells is refused, and --weaker user is on record" {
    [ "$(id -u)" = 0 ] || return 0 # what an unprivileged user's namespace has is one uid
    run in_namespace 65536 "$FOLDER/cordon" run x.py
    [ "$status" = 125 ]
    [[ $output == *"cannot become a user of its own"*"--weaker user"* ]]
    run in_namespace 65536 "$FOLDER/cordon" doctor
    [ "$status" = 1 ]
    [[ $output == *"no   layer: user: root, and the uids"* ]]
    run --separate-stderr in_namespace 65536 "$FOLDER/cordon" run --weaker user --format json x.py
    [[ $output == *'"user": "shared"'* ]]
    [[ $output == *'"stdout": "ran\n"'* ]]
    run "$CORDON" run --weaker everything x.py
    [ "$status" = 125 ]
    run --separate-stderr "$CORDON" run --weaker user --format json x.py
    [[ $output == *'"user": "own"'* ]] # it accepts, and does not ask for it
}
