#!/bin/sh
# Builds the fuzz targets with clang and libFuzzer, and runs each for FUZZ_SECONDS (default 30). The seeds are the shipped
# rules and their fixtures.
set -eu
cd "$(dirname "$0")/.."
build=${FUZZ_BUILD:-build-fuzz}
seconds=${FUZZ_SECONDS:-30}
test -f "$build/build.ninja" ||
    CC=clang meson setup "$build" -Dfuzz=true -Db_sanitize=address,undefined -Db_lundef=false >/dev/null
ninja -C "$build" >/dev/null
seeds=$build/seeds
mkdir -p "$seeds/rule" "$seeds/source" "$seeds/pattern" "$seeds/policy"
cp policies/*.yaml "$seeds/policy/"
mkdir -p "$seeds/request"
sed -n 's/^CASE("[^"]*", "\(.*\)", "[^"]*")$/\1/p' tests/gateway/request_cases.def |
    awk -v folder="$seeds/request" '{ printf "%s\n", $0 >(folder "/" NR ".txt") }'
for file in "$seeds"/request/*.txt; do printf '%b' "$(cat "$file")" >"$file.head" && rm "$file"; done
mkdir -p "$seeds/answer"
printf 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX: k%%2F3+y=%%25Zq ay8zK3k9JVpx\r\n\r\n' >"$seeds/answer/length"
printf 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n' >"$seeds/answer/chunked"
mkdir -p "$seeds/log" "$seeds/mcp" "$seeds/image"
printf 'rules:\n- {id: one, languages: [python], severity: INFO, message: m, pattern: f($X, ...)}\n' >"$seeds/one.yaml"
"$build/rule-compiler" "$seeds/image/one" rules "$seeds/one.yaml"
echo '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"run_code","arguments":{"language":"python","code":"print(1)","name":"x.py","arguments":["a"],"stdin":"b","limits":{"wall":"1s","memory":33554432}},"_meta":{"progressToken":7,"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}' >"$seeds/mcp/call"
echo '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"x"}}' >"$seeds/mcp/cancel"
(XDG_STATE_HOME=$PWD/$seeds/state && export XDG_STATE_HOME && "$build/cordon" check examples/*.py >/dev/null 2>&1 || true
    cat "$seeds/state/cordon/log.jsonl.head" "$seeds/state/cordon/log.jsonl" >"$seeds/log/log" && rm -rf "$seeds/state")
for file in $(find rules -name '*.yaml'); do cp "$file" "$seeds/rule/$(echo "$file" | tr / _)"; done
for file in $(find rules examples -name '*.py'); do (printf '\0'; cat "$file") >"$seeds/source/$(echo "$file" | tr / _)"; done
for file in $(find rules examples -name '*.js'); do (printf '\1'; cat "$file") >"$seeds/source/$(echo "$file" | tr / _)"; done
for file in $(find rules examples -name '*.ts'); do (printf '\2'; cat "$file") >"$seeds/source/$(echo "$file" | tr / _)"; done
for file in $(find rules examples -name '*.tsx'); do (printf '\3'; cat "$file") >"$seeds/source/$(echo "$file" | tr / _)"; done
for file in $(find rules examples -name '*.sh') tests/lib.bash scripts/fuzz.sh; do (printf '\4'; cat "$file") >"$seeds/source/$(echo "$file" | tr / _)"; done
mkdir -p "$seeds/hook"
cp tests/cordon/hooks/*.json "$seeds/hook/"
for target in "$build"/tests/fuzz/fuzz-*; do
    test -x "$target" && test -f "$target" || continue
    name=${target##*/fuzz-}
    mkdir -p "$build/corpus-$name" "$seeds/$name"
    echo "cordon: fuzzing $name for $seconds seconds"
    UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 "$target" -max_total_time="$seconds" -timeout=20 \
        -rss_limit_mb=4096 -max_len=16384 -print_final_stats=1 -artifact_prefix="$build/" "$build/corpus-$name" \
        "$seeds/$name" 2>"$build/fuzz-$name.log" || { tail -60 "$build/fuzz-$name.log"; exit 1; }
    grep number_of_executed_units "$build/fuzz-$name.log" || true
done
