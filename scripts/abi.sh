#!/bin/sh
# The library's binary interface against that of the last tag, by abidiff: abi.sh BUILD. A function or a field that went or
# changed is a failure; what was added at an end is said. Where there is no tag there is nothing to compare with, and it
# says so.
set -eu
cd "$(dirname "$0")/.."
build=${1:?the build folder}
tag=$(git describe --tags --abbrev=0 2>/dev/null || true)
if [ -z "$tag" ]; then
    echo "abi: there is no tag yet, so no released library to compare with (the symbols and structs are held by tests/cordon/abi.golden)"
    exit 0
fi
old=$(mktemp -d)
trap 'git worktree remove --force "$old/tree" 2>/dev/null || true; rm -rf "$old"' EXIT
git worktree add --quiet --detach "$old/tree" "$tag"
ln -s "$PWD/grammars/node_modules" "$old/tree/grammars/node_modules" # the sources that a lock file names are the same
if ! { meson setup "$old/build" "$old/tree" -Dtests=false && meson compile -C "$old/build" cordon:shared_library; } >"$old/log" 2>&1; then
    tail -20 "$old/log"
    echo "abi: the library of $tag could not be built"
    exit 1
fi
library_of() { find "$1" -maxdepth 1 -name 'libcordon.so.*.*' | head -1; }
soname_of() { readelf -d "$1" | sed -n 's/.*SONAME.*\[\(.*\)\]/\1/p'; }
before=$(library_of "$old/build") now=$(library_of "$build")
status=0
abidiff --headers-dir1 "$old/tree/cordon" --headers-dir2 cordon --drop-private-types "$before" "$now" || status=$?
if [ $((status & 3)) != 0 ]; then
    echo "abi: abidiff could not compare with $tag"
    exit 1
fi
if [ $((status & 8)) != 0 ] && [ "$(soname_of "$before")" = "$(soname_of "$now")" ]; then
    echo "abi: incompatible with $tag under the same soname"
    exit 1
fi
echo "abi: compatible with $tag$([ "$status" = 0 ] || echo ', with the changes above')"
