#!/bin/sh
# Builds the fuzz targets with clang and libFuzzer and runs each, from seeds that are the shipped rules and their fixtures.
# As it stands, always the same inputs in the same order: so many for each target (below), the same seed (FUZZ_SEED), no
# corpus of earlier runs. That is a test. To look for what is new: FUZZ_SECONDS=600, for so long, from another seed (0 is a
# different one each time), on top of the corpus of earlier runs. FUZZ_TARGETS names some of them. For very many executions:
# FUZZ_RUNS=1000000 FUZZ_LENGTH=200, so many of each target and no input longer, on that corpus; FUZZ_SANITIZE=undefined (in a
# FUZZ_BUILD of its own) is several times as fast as with AddressSanitizer.
set -eu
cd "$(dirname "$0")/.."
build=${FUZZ_BUILD:-build-fuzz}
seconds=${FUZZ_SECONDS:-}
many=${FUZZ_RUNS:-}
length=${FUZZ_LENGTH:-16384}
sanitize=${FUZZ_SANITIZE:-address,undefined}
seed=${FUZZ_SEED:-1}
# What about 20 seconds are for on two processors of 2024.
runs='answer:50000 hook:40000 image:1500000 log:12000 mcp:120000 pattern:12000 policy:200000 redos:20000 request:3000000 rule:8000 source:2500 taint:5000 tool:200000'
exec 2>&1 # what failed is said where the run is read
trap 'code=$?; [ $code = 0 ] || echo "cordon: fuzzing ended at \"$step\" with status $code"' EXIT
quiet() { # what a command says matters where it fails
    "$@" >"$build/quiet.log" || { code=$?; tail -60 "$build/quiet.log"; return $code; }
}
step='the build'
mkdir -p "$build"
test -f "$build/build.ninja" ||
    quiet env CC=clang meson setup "$build" -Dfuzz=true -Db_sanitize="$sanitize" -Db_lundef=false
quiet ninja -C "$build" fuzz-targets || quiet ninja -C "$build" -j1 fuzz-targets # many compilers at once may lack memory
step='the seeds'
seeds=$build/seeds
rm -rf "$seeds"
mkdir -p "$seeds/rule" "$seeds/source" "$seeds/pattern" "$seeds/policy" "$seeds/taint"
cp policies/*.yaml "$seeds/policy/"
mkdir -p "$seeds/request"
sed -n 's/^CASE("[^"]*", "\(.*\)", "[^"]*")$/\1/p' tests/gateway/request_cases.def |
    awk -v folder="$seeds/request" '{ printf "%s\n", $0 >(folder "/" NR ".txt") }'
for file in "$seeds"/request/*.txt; do printf '%b' "$(cat "$file")" >"$file.head" && rm "$file"; done
mkdir -p "$seeds/answer"
printf 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX: k%%2F3+y=%%25Zq ay8zK3k9JVpx\r\n\r\n' >"$seeds/answer/length"
printf 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n' >"$seeds/answer/chunked"
mkdir -p "$seeds/log" "$seeds/mcp" "$seeds/image" "$seeds/tool"
# Images of one kind of rule each, since all of them would be longer than what is tried.
image() { printf 'rules:\n- {id: x, severity: INFO, message: "m $X", %s}\n' "$2" >"$seeds/$1.yaml" && "$build/rule-compiler" "$seeds/image/$1" rules "$seeds/$1.yaml"; }
image call 'languages: [python], pattern: "f($X, ...)"'
image text 'languages: [generic], pattern-regex: "(?i)secret[a-z]{3,}=([0-9]+)"'
image taint 'languages: [python], mode: taint, pattern-sources: [pattern: "input(...)"], pattern-sanitizers: [pattern: "int(...)"], pattern-sinks: [pattern: "os.system($X)"]'
image combined 'languages: [javascript, typescript], patterns: [pattern-either: [pattern: "eval($X)", pattern: "new Function(..., $X)"], pattern-not: "eval(1)", metavariable-regex: {metavariable: $X, regex: "^(run|go)[0-9]+$"}]'
{ printf '\000\000\000\000\000\000\000\000\000\000\000\000'; printf '\021\000\000\000\001\000\000\000\004\000\000\000echo{"a":[1,"b"]}'; } >"$seeds/tool/call"
printf '\006\000\000\000\007\000\000\000\004\000\000\000echo{}\004\000\000\000\010\000\000\000\004\000\000\000none' >"$seeds/tool/calls"
echo '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"run_code","arguments":{"language":"python","code":"print(1)","name":"x.py","arguments":["a"],"stdin":"b","limits":{"wall":"1s","memory":33554432}},"_meta":{"progressToken":7,"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}' >"$seeds/mcp/call"
echo '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"x"}}' >"$seeds/mcp/cancel"
(XDG_STATE_HOME=$PWD/$seeds/state && export XDG_STATE_HOME && "$build/cordon" check examples/*.py >/dev/null 2>&1 || true
    # Time, names and processes are taken out, and the chain is made anew: the same bytes each time.
    python3 - "$seeds/state/cordon/log.jsonl" "$seeds/log/log" <<'END'
import hashlib, pathlib, re, sys
before, lines = "0" * 64, []
for line in pathlib.Path(sys.argv[1]).read_text().splitlines():
    line = re.sub(r'"prev":"[0-9a-f]*"', f'"prev":"{before}"', line, count=1)
    line = re.sub(r'"(log|id)":"[0-9a-f]*"', r'"\1":"' + "a" * 32 + '"', line)
    line = re.sub(r'"(time)":"[^"]*"', r'"\1":"2027-01-31T12:00:00.000Z"', line)
    line = re.sub(r'"(pid|uid|ms|[a-z]+_ms)":[0-9.]+', r'"\1":1', line)
    lines.append(line)
    before = hashlib.sha256(line.encode()).hexdigest()
head = f"cordon-log-head 1 {'a' * 32} {len(lines) - 1:020} {before}\n"
pathlib.Path(sys.argv[2]).write_text(head + "\n".join(lines) + "\n")
END
    rm -rf "$seeds/state")
for file in $(find rules -name '*.yaml'); do cp "$file" "$seeds/rule/$(echo "$file" | tr / _)"; done
# EXTENSION BYTE LANGUAGE - programs, and patterns of rules, with the byte in front by which a target chooses the language.
language() {
    for file in $(find rules examples scripts tests/lib.bash -name "*.$1"); do
        (printf "$2"; cat "$file") >"$seeds/source/$(echo "$file" | tr / _)"
    done
    cat $(find rules -path "*/$3/*.yaml") </dev/null | sed -n "s/^ *-* *pattern: //p" | LC_ALL=C sort -u | awk -v n=20 'NR % n == 1' |
        while read -r pattern; do
            count=$((${count:-0} + 1))
            (printf "$2"; printf '%s\n' "$pattern") >"$seeds/pattern/$3-$1-$count"
        done
}
language py '\0' python
language js '\1' javascript
language ts '\2' javascript
language tsx '\3' javascript
language sh '\4' bash
cp "$seeds/source/"* "$seeds/taint/"
mkdir -p "$seeds/redos"
printf '\0(a+)+$' >"$seeds/redos/nested"
printf '\1^([a-z]|\\d)*x{2,30}(?=y)' >"$seeds/redos/choice"
mkdir -p "$seeds/hook"
cp tests/cordon/hooks/*.json "$seeds/hook/"

# LOG - what broke a target, without what it had learnt before, and the input.
failure_show() {
    grep -vE '^(#[0-9]+|[[:blank:]]*NEW_FUNC)' "$1" | tail -60
    file=$(sed -n 's/.*Test unit written to //p' "$1" | tail -1)
    [ -z "$file" ] || { echo "cordon: the input, by base64:"; base64 "$file" | head -200; }
}

# NAME RUNS - one target; its log and what broke it are in the build folder.
fuzz() {
    step=$1
    corpus=$build/corpus-$1
    log=$build/fuzz-$1.log
    scratch=$build/scratch-$1
    rm -rf "$scratch"
    mkdir -p "$seeds/$1" "$scratch"
    if [ -n "$seconds" ]; then
        echo "cordon: fuzzing $1 for $seconds seconds"
        bound=-max_total_time=$seconds
    elif [ -n "$many" ]; then
        echo "cordon: fuzzing $1, $many runs"
        bound="-runs=$many -entropic=0"
    else
        echo "cordon: fuzzing $1, $2 runs"
        bound=-runs=$2
        rm -rf "$corpus"
    fi
    mkdir -p "$corpus"
    # By name, because the order in which a folder is read is the file system's; a last newline would be of the last name.
    find "$seeds/$1" -type f | LC_ALL=C sort | paste -sd, | tr -d '\n' >"$build/seeds-$1"
    # shellcheck disable=SC2086 # words
    env -i PATH=/usr/bin:/bin FUZZ_SCRATCH="$scratch" UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 \
        $still "$build/tests/fuzz/fuzz-$1" $bound -seed="$seed" -timeout=20 -reload=0 \
        -rss_limit_mb=4096 -max_len="$length" -print_final_stats=1 -artifact_prefix="$build/" -seed_inputs="@$build/seeds-$1" \
        "$corpus" 2>"$log" || { code=$?; failure_show "$log"; return $code; }
    grep -E '^#[0-9]+.DONE' "$log" || true
}

# Addresses are among what libFuzzer learns from: the same ones each time, where the machine allows it, and so an environment
# of the same length, too.
still=$(setarch -R true 2>/dev/null && echo setarch -R || true)
for line in $runs; do
    case " ${FUZZ_TARGETS:-${line%%:*}} " in
    *" ${line%%:*} "*) fuzz "${line%%:*}" "${line#*:}" ;;
    esac
done
