# The other commands: rules, spec, tree, names, match, doctor, help; and `meson install`.
load ../lib

setup() { setup_folder; cd "$FOLDER"; }
teardown() { teardown_folder; }

@test "rules list and show; an unknown id is an error with the way on" {
    run "$CORDON" rules list
    [ "$status" = 0 ]
    [[ $output == *"python.exec.os-system"* ]]
    run "$CORDON" rules show python.exec.os-system
    [ "$status" = 0 ]
    [[ $output == *"capability  exec"* ]]
    [[ $output == *"python/exec/process.yaml:"* ]]
    run "$CORDON" rules show nothing
    [ "$status" = 2 ]
}

@test "rules list --by: groups with what they mean; another word is an error" {
    run "$CORDON" rules list --by capability
    [ "$status" = 0 ]
    [[ $output == *"exec: start a program, "*" rules"* ]]
    [[ $output == *"findings: no capability"* ]]
    run "$CORDON" rules list --by severity
    [[ ${lines[0]} == "critical, "*" rules" ]]
    run "$CORDON" rules list --by size
    [ "$status" = 2 ]
}

@test "rules test says which lines are missed and surplus, status 1" {
    printf 'rules:\n  - id: a\n    languages: [python]\n    severity: ERROR\n    message: m\n    pattern: f(...)\n' >r.yaml
    printf '# ruleid: a\ng()\n# ok: a\nf()\n# ruleid: a\nf(1)\n# todoruleid: a\nh()\n' >r.py
    run "$CORDON" rules test r.yaml
    [ "$status" = 1 ]
    [[ $output == *"r.py:2: missed a"* ]]
    [[ $output == *"r.py:4: surplus a"* ]]
    [[ $output == *"2 ruleid lines, 1 missed; 1 ok lines, 1 surplus; 1 set aside"* ]]
    run "$CORDON" rules test --format json r.yaml
    [ "$(python3 -c 'import json,sys; d=json.loads(sys.argv[1]); print(d["clean"], d["missed"], d["surplus"])' "$output")" = "False 1 1" ]
}

@test "rules check names file, line, column and the nearest word" {
    printf 'rules:\n  - id: a\n    languages: [pyton]\n    severity: ERROR\n    message: m\n    pattern: f(...)\n' >r.yaml
    run "$CORDON" rules check r.yaml
    [ "$status" = 2 ]
    [[ $output == *"r.yaml:3:17"* ]]
    [[ $output == *"did you mean 'python'"* ]]
    printf 'rules:\n  - id: a\n    languages: [python]\n    severity: ERROR\n    message: m\n    pattern: "f(("\n' >r.yaml
    run "$CORDON" rules check r.yaml
    [ "$status" = 2 ]
    [[ $output == *"r.yaml:6"* ]]
}

@test "rules check says every complaint, with its place and the nearest word, in text and JSON" {
    cat >r.yaml <<'YAML'
rules:
  - id: a
    languages: [pyton]
    severity: HIGHT
    message: m
    patterns:
      - patern: f(...)
      - pattern: f(...)
      - metavariable-regex: {metavariable: $X, regx: a}
  - id: b
    languages: [python]
    severity: HIGH
    message: m
    patterns:
      - pattern: "f(("
      - query: (calls)
  - id: c
    languages: [python]
    severity: HIGH
    message: m
    match: {all: [f(), {nott: g()}]}
  - id: d
    languages: [python]
    severity: HIGH
    message: m
    min-version: 99.0.0
    pattern: f()
YAML
    run "$CORDON" rules check r.yaml
    [ "$status" = 2 ]
    for part in "r.yaml:3:17: rule a: unknown language 'pyton' (did you mean 'python'?)" "r.yaml:4:15: rule a: unknown severity" \
        "r.yaml:7:9: rule a: unknown operator 'patern' (did you mean 'pattern'?)" "r.yaml:9:48: rule a: unknown key 'regx'" \
        "r.yaml:15:18: rule b: the pattern is not python code" "r.yaml:16:16: rule b: query: python has no kind of node 'calls'" \
        "r.yaml:21:25: rule c: unknown operator 'nott' of match (did you mean 'not'?)" "note: rule d matches nothing here"; do
        [[ $output == *"$part"* ]] || { echo "missing: $part"; echo "$output"; false; }
    done
    run "$CORDON" rules check --format json r.yaml
    [ "$status" = 2 ]
    [ "$(python3 -c 'import json,sys; d=json.loads(sys.argv[1]); print(d["clean"], len(d["complaints"]), d["complaints"][0]["line"])' "$output")" = "False 7 3" ]
}

@test "spec prints the cell without making it" {
    echo 'print(1)' >x.py
    run "$CORDON" spec --memory 64MiB x.py -- one
    [ "$status" = 0 ]
    [[ $output == *"network   none"* ]]
    [[ $output == *"memory         67108864 bytes"* ]]
    [[ $output == *"/program/main.py one"* ]]
}

@test "tree, names and match --explain show what each stage saw" {
    printf 'import subprocess as sp\nsp.run("id")\n' >x.py
    run "$CORDON" tree x.py
    [ "$status" = 0 ]
    [[ $output == *"import_statement 1:1-1:"* ]]
    run "$CORDON" names x.py
    [[ $output == *'"sp.run" is "subprocess.run"'* ]]
    run "$CORDON" match --explain python.exec.subprocess-other x.py
    [ "$status" = 0 ]
    [[ $output == *"subprocess.run(...)"* ]]
}

@test "every command has help, and --version a version" {
    for command in check run rules spec doctor tree names match; do
        run "$CORDON" $command --help
        [ "$status" = 0 ]
        [[ $output == usage:* ]]
    done
    run "$CORDON" --version
    [[ $output == "cordon "[0-9]* ]]
    run "$CORDON"
    [ "$status" = 2 ]
}

@test "meson install puts everything in the usual places" {
    [ -n "${CORDON_BUILD_ROOT:-}" ]
    DESTDIR=$FOLDER/dest meson install -C "$CORDON_BUILD_ROOT" --no-rebuild --quiet
    cd "$FOLDER/dest"
    for name in bin/cordon include/cordon/cordon.h share/cordon/rules/python/exec/process.yaml share/man/man1/cordon.1; do
        [ -n "$(find . -path "*/$name")" ]
    done
    [ -n "$(find . -name libcordon.so.0)" ] && [ -n "$(find . -name libcordon.a)" ] && [ -n "$(find . -name cordon.pc)" ]
    library=$(find . -name libcordon.so.0)
    run bash -c "nm -D --defined-only '$library' | awk '\$2 != \"A\" {print \$3}' | grep -v '^cordon_'"
    [ -z "$output" ]
}

@test "doctor tries the threats in cells and says yes to each; without namespaces it says no, and run refuses" {
    run "$CORDON" doctor
    [ "$status" = 0 ]
    for threat in secrets network filesystem "tenant isolation" "resource limits: memory" "resource limits: processes" "resource limits: cpu"; do
        [[ $output == *"yes  $threat: "* ]]
    done
    echo 'print(1)' >x.py
    # A user namespace with one uid, in which no further one can be made.
    run unshare -U -r sh -c "echo 0 >/proc/sys/user/max_user_namespaces; '$CORDON' doctor"
    [ "$status" = 1 ]
    [[ $output == *"no   secrets: "*"remedy: "* ]]
    run unshare -U -r sh -c "echo 0 >/proc/sys/user/max_user_namespaces; '$CORDON' run x.py"
    [ "$status" = 125 ]
}
