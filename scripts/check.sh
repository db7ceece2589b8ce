#!/bin/sh
# Runs every test of a build folder and prints one line: N passed, N failed, N skipped.
set -u
build=$1
status=0
meson test -C "$build" --print-errorlogs || status=$?
python3 "$(dirname "$0")/summary.py" "$build/meson-logs/testlog.junit.xml" || status=1
exit $status
