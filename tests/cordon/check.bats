# `cordon check`: decisions, places, statuses, what is looked at and what is left out.
load ../lib

setup() { setup_folder; cd "$FOLDER"; }
teardown() { teardown_folder; }

@test "a dangerous line is rejected with its place, status 1" {
    printf 'import os; os.system("id")' >x.py
    run "$CORDON" check x.py
    [ "$status" = 1 ]
    [[ $output == *"error[python.exec.os-system]"* ]]
    [[ $output == *"x.py:1:12"* ]]
    [[ $output == *"^^^^^^^^^^^^^^^"* ]]
}

@test "a harmless program is approved, status 0, nothing on stdout" {
    echo 'print(sum(range(10)))' >x.py
    run --separate-stderr "$CORDON" check x.py
    [ "$status" = 0 ]
    [ -z "$output" ]
    [[ $stderr == approved:* ]]
}

@test "standard input wants a language, and takes a shebang for one" {
    run "$CORDON" check - <<<'print(1)'
    [ "$status" = 2 ]
    [[ $output == *"--lang"* ]]
    run "$CORDON" check - <<<$'#!/usr/bin/env python3\nprint(1)'
    [ "$status" = 0 ]
    run "$CORDON" check --lang python - <<<'print(1)'
    [ "$status" = 0 ]
}

@test "a name that ends in a dot is of no language" {
    echo 'print(1)' >"$FOLDER/new.py.."
    run "$CORDON" check "$FOLDER/new.py.."
    [ "$status" = 2 ]
    [[ $output == *language* ]]
}

@test "hidden and ignored files in a folder are looked at; links, devices and other languages are counted" {
    mkdir -p d/.hidden && echo 'import os; os.system("x")' >d/.hidden/a.py
    echo text >d/readme.txt
    ln -s /etc d/link
    mkfifo d/fifo
    printf '#!/usr/bin/python3\nimport os; os.system("x")\n' >d/script
    run "$CORDON" check d
    [ "$status" = 1 ]
    [[ $output == *"d/.hidden/a.py:1"* ]]
    [[ $output == *"d/script:2"* ]]
    [[ $output == *"2 sources checked, 2 rejected"* ]]
    [[ $output == *"1 symbolic links"* ]]
    [[ $output == *"1 of another language"* ]]
    [[ $output == *"1 special files"* ]]
}

@test "what is excluded is counted, and nothing checked is never approved" {
    mkdir d && echo 'import os; os.system("x")' >d/a.py
    run "$CORDON" check --exclude '*.py' d
    [ "$status" = 2 ]
    [[ $output == *"nothing was checked"* ]]
    [[ $output == *"1 excluded"* ]]
}

@test "--gitignore leaves out what git ignores, negations included, and counts it" {
    git init -q d
    printf '*.py\n!keep.py\n' >d/.gitignore
    echo 'import os; os.system("x")' >d/a.py
    echo 'print(1)' >d/keep.py
    cd d
    run "$CORDON" check --gitignore .
    [ "$status" = 0 ]
    [[ $output == *"1 ignored by git"* ]]
    run "$CORDON" check .
    [ "$status" = 1 ]
}

@test "a missing file, a folder that cannot be read and a device are errors, status 2" {
    run "$CORDON" check missing.py
    [ "$status" = 2 ]
    [[ $output == *"missing.py: "* ]]
    mkfifo fifo.py
    run timeout 20 "$CORDON" check fifo.py
    [ "$status" = 2 ]
    run timeout 20 "$CORDON" check --lang python /dev/zero
    [ "$status" = 2 ]
}

@test "names and text with control characters reach no terminal" {
    name=$'a\e[31m.py'
    printf 'import os; os.system("\xc2\x9b31m")\n' >"$name"
    run "$CORDON" check "$name"
    [ "$status" = 1 ]
    [[ $output != *$'\e'* ]]
    [[ $output != *$'\xc2\x9b'* ]]
}

@test "a grant turns a rejection into an approval, for exactly what it names" {
    printf 'import os\nos.environ["HOME"]\n' >x.py
    run "$CORDON" check x.py
    [ "$status" = 1 ]
    run "$CORDON" check --allow-env HOME x.py
    [ "$status" = 0 ]
    run "$CORDON" check --allow-env PATH x.py
    [ "$status" = 1 ]
    printf 'import urllib.request\nurllib.request.urlopen("https://a.example/x")\n' >y.py
    run "$CORDON" check --allow-net a.example:443 y.py
    [ "$status" = 0 ]
    run "$CORDON" check --allow-net a.example:80 y.py
    [ "$status" = 1 ]
}

@test "a URL that begins with a whole host is a use of that host, whatever follows; no other is" {
    local line
    while IFS= read -r line; do
        printf 'import requests, sys\nx = sys.argv[1]\nbase = "https://a.example/v1"\n%s\n' "$line" >y.py
        run "$CORDON" check --allow-net a.example:443 y.py
        [ "$status" = 0 ] || { echo "$line: $output"; false; }
    done <<'EOF'
requests.get(f"https://a.example/{x}")
requests.get("https://a.example/" + x + "/y")
requests.get(base + "/" + x)
requests.get(rf"https://a.example/{x}")
EOF
    while IFS= read -r line; do
        printf 'import requests, sys\nx = sys.argv[1]\n%s\n' "$line" >y.py
        run "$CORDON" check --allow-net a.example:443 y.py
        [ "$status" = 1 ] || { echo "$line: $output"; false; }
    done <<'EOF'
requests.get(f"https://a.example{x}")
requests.get(f"https://a.example:{x}/")
requests.get(f"https://a.example@{x}/")
requests.get(f"https://a.example\\{x}/")
requests.get(f"{x}https://a.example/")
requests.get(f"https://b.example/https://a.example/{x}")
requests.get(f"https://a.example/{x}".replace("a.", "b."))
requests.get(f"https://a.example/{x}"[5:])
requests.get("https://a.example/" and x)
requests.get("https://a.example/" * 0 + x)
EOF
    printf '%s\n' 'const x = process.argv[2]; fetch(`https://a.example/${x}`); fetch("https://a.example/" + x);' >y.js
    run "$CORDON" check --allow-net a.example:443 y.js
    [ "$status" = 0 ]
    while IFS= read -r line; do
        echo "const x = process.argv[2]; $line" >y.js
        run "$CORDON" check --allow-net a.example:443 y.js
        [ "$status" = 1 ] || { echo "$line: $output"; false; }
    done <<'EOF'
fetch(`https://a.example${x}`);
fetch(`https://a.example@${x}/`);
fetch(x + "https://a.example/");
fetch(`https://a.example/${x}`.replace("a.", "b."));
fetch(x ? `https://a.example/${x}` : x);
fetch(tag`https://a.example/${x}`);
EOF
}

@test "--rules replaces the pack; a wrong rule file is named with line and column, status 2" {
    printf 'import os; os.system("x"); forbidden()\n' >x.py
    printf 'rules:\n  - id: mine\n    languages: [python]\n    severity: ERROR\n    message: no\n    pattern: forbidden()\n' >r.yaml
    run "$CORDON" check --rules r.yaml x.py
    [ "$status" = 1 ]
    [[ $output == *"error[mine]"* ]]
    [[ $output != *os-system* ]]
    sed -i 's/pattern:/patern:/' r.yaml
    run "$CORDON" check --rules r.yaml x.py
    [ "$status" = 2 ]
    [[ $output == *"r.yaml:6:5"* ]]
    [[ $output == *"did you mean 'pattern'"* ]]
}

@test "--reject-at decides from which severity on a finding rejects" {
    printf 'import os\nos.fork()\n' >x.py
    run "$CORDON" check x.py
    [ "$status" = 0 ]
    [[ $output == *"warning[python.exec.fork]"* ]]
    run "$CORDON" check --reject-at warning x.py
    [ "$status" = 1 ]
}

@test "colour only where it is asked for" {
    printf 'import os; os.system("id")' >x.py
    run "$CORDON" check x.py
    [[ $output != *$'\e['* ]]
    CLICOLOR_FORCE=1 run "$CORDON" check x.py
    [[ $output == *$'\e['* ]]
    CLICOLOR_FORCE=1 NO_COLOR=1 run "$CORDON" check x.py
    [[ $output != *$'\e['* ]]
}

@test "wrong options name the nearest right one, status 2" {
    run "$CORDON" check --formt json x.py
    [ "$status" = 2 ]
    [[ $output == *"did you mean --format"* ]]
    run "$CORDON" chek x.py
    [ "$status" = 2 ]
    [[ $output == *"did you mean check"* ]]
    run "$CORDON" check --lang pyhton -
    [ "$status" = 2 ]
    [[ $output == *"did you mean python"* ]]
}

@test "a source over the size limit is refused by name, and a policy may raise it" {
    head -c 300000 /dev/zero | tr '\0' ' ' | fold -w 100 >x.py
    run "$CORDON" check x.py
    [ "$status" = 1 ]
    [[ $output == *"cordon.guard.size"* ]]
    run "$CORDON" check --max-source 1MiB x.py
    [ "$status" = 0 ]
}

@test "known adversaries end in a named finding, well within the deadline of a hang" {
    python3 -c 'print("(" * 100000)' >parens.py
    python3 -c 'print("def f(" * 11700)' >def.py
    python3 -c 'print("x = " + "1" * 1000000)' >line.py
    python3 -c 'print("= ] ) if : ? " * 4000)' >noise.py
    python3 -c 'import random; random.seed(1); print("".join(random.choice("(){}[];:,.<>?/|+-=*&^%$#@!~\"'"'"'") for _ in range(50000)))' >punctuation.js
    for file in parens.py def.py line.py noise.py punctuation.js; do
        run timeout 10 "$CORDON" check --max-source 2MiB "$file"
        [ "$status" = 1 ]
        [[ $output == *"cordon.guard."* ]]
    done
}

@test "rules that are compiled for one language find what those for all find" {
    printf '#!/usr/bin/env node\nrequire("child_process").exec("id")\n' >"$BATS_TEST_TMPDIR/unnamed"
    mkdir "$BATS_TEST_TMPDIR/alone" "$BATS_TEST_TMPDIR/mixed"
    cp "$CORDON_SOURCE_ROOT"/examples/*.py "$BATS_TEST_TMPDIR/alone"
    cp "$CORDON_SOURCE_ROOT"/examples/*.py "$BATS_TEST_TMPDIR/unnamed" "$CORDON_SOURCE_ROOT"/examples/*.js "$BATS_TEST_TMPDIR/mixed"
    list='import json, sys; print(*sorted((s["sha256"], f["rule_id"], f["start"]["offset"]) for s in json.load(sys.stdin)["sources"] if s["language"] == sys.argv[1] for f in s["findings"]), sep="\n")'
    cd "$BATS_TEST_TMPDIR"
    alone=$("$CORDON" check --format json alone | python3 -c "$list" python)
    mixed=$("$CORDON" check --format json mixed | python3 -c "$list" python)
    [ -n "$alone" ] && [ "$alone" = "$mixed" ]
    # a file whose language only its first line tells
    run "$CORDON" check --format json unnamed
    [ "$status" -eq 1 ]
    [[ $output == *javascript.exec* ]]
}
