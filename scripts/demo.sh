#!/bin/sh
# Shows cordon at work on examples/: two programs that are approved and run, two that are rejected. Ends 0 only when each
# of them ended as it should.
set -eu
cordon=$(realpath "$1")
cd "$(dirname "$0")/.."
XDG_STATE_HOME=$(dirname "$cordon")/demo-state # the audit log of the demo
export XDG_STATE_HOME
rm -rf "$XDG_STATE_HOME"

step() {
    expected=$1
    shift
    printf '\n$ cordon %s\n' "$*"
    status=0
    "$cordon" "$@" || status=$?
    if [ "$status" != "$expected" ]; then
        echo "cordon: the demo expected status $expected, and saw $status" >&2
        exit 1
    fi
}

step 0 check examples/primes.py examples/words.js
step 0 run --stats examples/primes.py -- 50
step 0 run --stats examples/words.js
step 1 check examples/steals_keys.py
step 126 run examples/shell.js
step 0 log show --event run
step 0 log verify
printf '\nTwo programs were approved and ran in cells of their own; two were rejected before they could run.\n'
