# What a cell holds: the runtime, its libraries, and programs that were granted with theirs. Nothing else.
load ../lib

setup() { setup_folder; cd "$FOLDER"; }
teardown() { teardown_folder; }

@test "the cell holds the interpreter, its libraries and its standard library, and that is all" {
    cat >x.py <<'E2'
import os
print(sorted(os.listdir("/")), sorted(os.listdir("/usr")), sorted(os.listdir("/etc")), sorted(os.listdir("/dev")))
files = [os.path.join(f, n) for f, _, names in os.walk("/", onerror=None) for n in names if not f.startswith("/proc")]
print(sorted(os.path.basename(p) for p in files if os.access(p, os.X_OK) and ".so" not in p and not p.startswith(("/dev", "/usr/lib/python"))))
print([p for p in files if os.lstat(p).st_mode & 0o6000])
E2
    run --separate-stderr "$CORDON" run --gate warn x.py
    [ "$status" = 0 ]
    [[ ${lines[0]} == "['cordon', 'dev', 'etc', 'lib', 'lib64', 'proc', 'program', 'scratch', 'tmp', 'usr'] ['bin', 'lib', 'share'] ['ld.so.cache', 'passwd'] "* ]]
    [[ ${lines[1]} =~ ^\[\'python3[.0-9]*\'\]$ ]] # not cordon-cell either
    [ "${lines[2]}" = "[]" ]
}

@test "every module of the standard library finds its libraries" {
    cat >x.py <<'E2'
import os, importlib, sys
folder = os.path.join(os.path.dirname(os.__file__), "lib-dynload")
for name in sorted(n.split(".")[0] for n in os.listdir(folder)):
    if name.startswith(("_tkinter", "_test", "_ctypes_test", "xx")): continue
    importlib.import_module(name)
import zoneinfo
print(zoneinfo.ZoneInfo("Europe/Berlin"))
E2
    run --separate-stderr "$CORDON" run --gate warn x.py
    [ "$status" = 0 ]
    [ "$output" = Europe/Berlin ]
}

@test "a granted program is there with its libraries, under the name it was given; a script with its interpreter" {
    cat >x.py <<'E2'
import subprocess
run = lambda *a: subprocess.run(a, input="b a\n", capture_output=True, text=True).stdout.strip()
print(run("git", "init", "-q", "r"), run("git", "-C", "r", "symbolic-ref", "HEAD"), run("sed", "s/b/c/"), run("awk", "{print $2}"))
try: run("/usr/bin/id")
except OSError as error: print(error.errno)
E2
    git config --global --list >/dev/null 2>&1 || true
    run --separate-stderr "$CORDON" run --gate warn --allow-exec git --allow-exec sed --allow-exec awk x.py
    [ "$status" = 0 ]
    [[ ${lines[0]} == *"refs/heads/"*" c a a" ]]
    [ "${lines[1]}" = 2 ]
    printf '#!/usr/bin/env -S python3\n' >e
    printf '#!/bin/sh\necho "from a script $1"\n' >s && chmod 755 s
    printf 'import os\nos.execv("%s", ["s", "one"])\n' "$FOLDER/s" >x.py
    run --separate-stderr "$CORDON" run --gate warn --allow-exec "$FOLDER/s" x.py
    [ "$output" = "from a script one" ]
    run "$CORDON" run --gate warn --allow-exec "$FOLDER/none" x.py
    [ "$status" = 125 ]
    run "$CORDON" run --gate warn --allow-exec "$FOLDER/x.py" x.py
    [ "$status" = 125 ] # no program: it cannot be executed
}

@test "libraries are kept in a folder that only this user can write to, and are made anew when one has changed" {
    mkdir cache shared && chown 65534 cache shared && chmod 755 cache && chmod 777 shared
    echo 'import ssl; print(1)' >x.py
    as_user() { as_nobody env XDG_CACHE_HOME="$1" "$FOLDER/cordon" run --log "$FOLDER/cache/log.jsonl" x.py; }
    run as_user "$FOLDER/shared"
    [ "$output" = 1 ]
    [ -z "$(ls -A shared/cordon 2>/dev/null)" ]
    run as_user "$FOLDER/cache"
    [ "$output" = 1 ]
    folder=$(echo cache/cordon/libraries-*)
    [ -f "$folder/lib/libc.so.6" ] && [ "$(stat -c %a "$folder/lib")" = 755 ]
    # A list that is not about the files as they are is not believed.
    sed -i '3s/ [0-9]* [0-9.-]* [0-9.-]*$/ 1 1.0 1.0/' "$folder/list"
    before=$(stat -c %i "$folder/lib")
    run as_user "$FOLDER/cache"
    [ "$output" = 1 ]
    [ "$(stat -c %i "$folder/lib")" != "$before" ]
    # Nor is one in a folder that others can write to.
    chmod 777 "$folder"
    run as_user "$FOLDER/cache"
    [ "$output" = 1 ]
    [ "$(stat -c %a "$folder")" = 755 ]
}

@test "folders of libraries that nothing has used for long are removed when one is made" {
    mkdir -p cache/cordon/libraries-0001/lib cache/cordon/libraries-0002/lib cache/cordon/libraries-0003.7.1/lib cache/cordon/other
    for folder in cache/cordon/*; do touch "$folder/list"; done
    touch cache/cordon/libraries-0001/lib/libx.so.1
    touch -d '8 days ago' cache/cordon/libraries-0001 cache/cordon/libraries-0003.7.1 cache/cordon/other
    chown -R 65534 cache && chmod -R go-w cache && chmod 755 cache
    echo 'print(1)' >x.py
    as_user() { as_nobody env XDG_CACHE_HOME="$FOLDER/cache" "$FOLDER/cordon" run --log "$FOLDER/cache/log.jsonl" x.py; }
    run as_user
    [ "$output" = 1 ]
    [ "$(cd cache/cordon && echo libraries-000* other)" = "libraries-0002 other" ]
    # What is used is young again.
    used=$(echo cache/cordon/libraries-????????????????????????????????)
    touch -d '8 days ago' "$used"
    run as_user
    [ "$output" = 1 ]
    [ -n "$(find "$used" -maxdepth 0 -mtime -1)" ]
}
