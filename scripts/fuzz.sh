#!/bin/sh
# Builds the fuzz targets with clang and libFuzzer, and runs each for FUZZ_SECONDS (default 30) from its seeds.
set -eu
cd "$(dirname "$0")/.."
build=${FUZZ_BUILD:-build-fuzz}
seconds=${FUZZ_SECONDS:-30}
test -f "$build/build.ninja" ||
    CC=clang meson setup "$build" -Dfuzz=true -Dtests=true -Db_sanitize=address,undefined -Db_lundef=false >/dev/null
ninja -C "$build" >/dev/null
for target in "$build"/tests/fuzz/*_fuzz; do
    name=$(basename "$target" _fuzz)
    corpus=$build/corpus-$name
    mkdir -p "$corpus"
    echo "cordon: fuzzing $name for $seconds seconds"
    ASAN_OPTIONS=detect_leaks=1 "$target" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=4096 -max_len=65536 \
        -verbosity=0 -print_final_stats=1 "$corpus" "tests/fuzz/seeds-$name" 2>"$build/fuzz-$name.log" ||
        { tail -40 "$build/fuzz-$name.log"; exit 1; }
    grep -E 'number_of_executed_units' "$build/fuzz-$name.log" || true
done
