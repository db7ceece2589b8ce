# Policies: what is allowed, from profiles, files and flags; complaints with places; suppressions with an end.
bats_require_minimum_version 1.5.0
load ../lib

setup() { setup_folder; cd "$FOLDER"; }
teardown() { teardown_folder; }

@test "the shipped profiles load, validate against the schema, and say where each line is from" {
    for profile in agent strict data audit hook; do
        run "$CORDON" policy show --policy "$profile"
        [ "$status" = 0 ]
        [[ $output == *"# agent:"* ]]
        /usr/bin/python3 -c '
import json, sys, yaml, jsonschema
jsonschema.validate(yaml.safe_load(open(sys.argv[1])), json.load(open(sys.argv[2])))' \
            "$ROOT/policies/$profile.yaml" "$ROOT/docs/schema/policy.json"
    done
    run "$CORDON" policy list
    [ "${#lines[@]}" = 5 ]
}

@test "a file extends a profile, flags come on top, and the later one holds" {
    cat >p.yaml <<'Y'
extends: data
grants:
  - env: [HOME, LANG]
  - native
limits: {wall: 20s}
unknown: {env: cell}
Y
    run "$CORDON" policy show --policy ./p.yaml --allow-net a.example:443 --timeout 3s
    [ "$status" = 0 ]
    [[ $output == *"env: LANG"*"# ./p.yaml:3"* ]]
    [[ $output == *"net: a.example:443"*"# --allow-net"* ]]
    [[ $output == *"wall: 3s"*"# --timeout"* ]]
    [[ $output == *"memory: 1GiB"*"# data:7"* ]]
    [[ $output == *"env: cell"*"# ./p.yaml:6"* ]]
    "$CORDON" policy show --policy ./p.yaml --format json | python3 -c 'import json, sys; assert json.load(sys.stdin)["entries"]'
}

@test "what the policy grants passes both walls; without it each wall alone stops it" {
    printf 'import os\nprint(os.environ["CORDON_TEST"])\n' >x.py
    printf 'grants:\n  - env: CORDON_TEST\n' >p.yaml
    CORDON_TEST=there run "$CORDON" run --policy ./p.yaml x.py
    [ "$status" = 0 ]
    [ "$output" = there ]
    CORDON_TEST=there run "$CORDON" run x.py
    [ "$status" = 126 ]
    CORDON_TEST=there run "$CORDON" run --gate warn x.py
    [ "$status" = 1 ]
    [[ $output == *KeyError* ]]
}

@test "what is not granted can be left to whoever asks, but not what a critical rule finds" {
    printf 'import socket, os\nprint(os.environ["A"])\nsocket.create_connection(("a.example", 80))\n' >asks.py
    printf 'ungranted: {net: ask, env: ask}\nlog: {optional: true}\n' >ask.yaml
    printf 'extends: ./ask.yaml\nungranted: {env: reject}\n' >less.yaml
    printf 'extends: ./ask.yaml\nrules: {severity: {"python.env.*": critical}}\n' >critical.yaml
    run "$CORDON" check --policy ./ask.yaml --format json asks.py
    [ "$status" = 0 ]
    /usr/bin/python3 -c 'import json, sys; c = json.loads(sys.argv[1])["capabilities"]; assert c["missing"] == [] and len(c["used"]) == 2' "$output"
    for file in less critical; do
        run "$CORDON" check --policy "./$file.yaml" --format json asks.py
        [ "$status" = 1 ]
        /usr/bin/python3 -c 'import json, sys; c = json.loads(sys.argv[1])["capabilities"]; assert [m["capability"] for m in c["missing"]] == ["env"]' "$output"
    done
    run "$CORDON" policy show --policy ./less.yaml
    [[ $output == *"net: ask"*"ask.yaml:1"* && $output == *"env: reject"*"less.yaml:2"* ]]
    printf 'ungranted: {net: cell}\n' >wrong.yaml
    run "$CORDON" check --policy ./wrong.yaml asks.py
    [ "$status" = 2 ]
    [[ $output == *"wrong.yaml:1:18"* && $output == *"'reject' nor 'ask'"* ]]
}

@test "the threshold, the severity of rules and the mode decide" {
    printf 'import os\nos.fork()\n' >x.py
    printf 'rules:\n  severity: {"python.exec.f*": error}\n' >severity.yaml
    run "$CORDON" check x.py
    [ "$status" = 0 ]
    run "$CORDON" check --policy ./severity.yaml x.py
    [ "$status" = 1 ]
    run "$CORDON" check --policy strict x.py
    [ "$status" = 1 ]
    printf 'import os\nos.system("x")\n' >y.py
    run "$CORDON" check --policy audit y.py
    [ "$status" = 0 ]
    [[ $output == *"rejected: 1 source"* ]]
    run "$CORDON" check --policy audit missing.py
    [ "$status" = 2 ]
}

@test "a suppression holds for its rule, its source and its time, never for a guard, and is shown" {
    printf 'import os\nos.system("x")\n' >x.py
    sum=$(sha256sum x.py | cut -c-64)
    policy() { printf 'suppress:\n  - rule: "%s"\n    reason: seen by the operator\n    until: "%s"\n%s' "$@" >p.yaml; }
    policy 'python.exec.*' 2999-12-31 ''
    run "$CORDON" check --policy ./p.yaml x.py
    [ "$status" = 0 ]
    [[ $output == *"accepted by the policy: seen by the operator"* ]]
    policy 'python.exec.*' 2001-01-01 ''
    run "$CORDON" check --policy ./p.yaml x.py
    [ "$status" = 1 ]
    policy 'python.net.*' 2999-12-31 ''
    run "$CORDON" check --policy ./p.yaml x.py
    [ "$status" = 1 ]
    policy '*' 2999-12-31 "    source: $sum"$'\n'
    run "$CORDON" check --policy ./p.yaml x.py
    [ "$status" = 0 ]
    echo >>x.py
    run "$CORDON" check --policy ./p.yaml x.py
    [ "$status" = 1 ]
    policy '*' 2999-12-31 ''
    printf 'x = (\n' >x.py
    run "$CORDON" check --policy ./p.yaml x.py
    [ "$status" = 1 ]
}

@test "an argument that is not known: rejected or left to the cell, as the policy says" {
    printf 'import sys\nopen(sys.argv[1]).read()\nimport os\nos.environ[sys.argv[1]]\n' >x.py
    printf 'unknown: {env: cell}\n' >cell.yaml
    run "$CORDON" check --policy ./cell.yaml x.py
    [ "$status" = 0 ]
    [[ $output == *"left to the cell"* ]]
    run "$CORDON" check x.py
    [ "$status" = 1 ]
}

@test "every complaint about a policy has its place and the nearest word, status 2" {
    expect() { # text, place, words
        printf '%b' "$1" >p.yaml
        run "$CORDON" check --policy ./p.yaml /dev/null
        [ "$status" = 2 ] && [[ $output == *"./p.yaml:$2"* ]] && [[ $output == *"$3"* ]] || {
            echo "$1: $output"
            return 1
        }
    }
    expect 'extnds: agent\n' 1:1 "did you mean 'extends'"
    expect 'extends: agnet\n' 1:10 'no such profile'
    expect 'extends: ./p.yaml\n' 1:10 'in a circle'
    expect 'extends: ./missing.yaml\n' 1:10 'cannot be read'
    expect 'mode: maybe\n' 1:7 'enforce or report'
    expect 'reject_at: bad\n' 1:12 'info, warning, error or critical'
    expect 'grants:\n  - nett: a.example\n' 2:5 "did you mean 'net'"
    expect 'grants:\n  - net: "a b"\n' 2:10 'HOST'
    expect 'grants:\n  - native: x\n' 2:13 'native'
    expect 'grants:\n  - net\n' 2:5 'HOST'
    expect 'grants:\n  - fs.read: etc\n' 2:14 'absolute'
    expect 'limits:\n  wal: 3s\n' 2:3 "did you mean 'wall'"
    expect 'limits:\n  wall: soon\n' 2:3 '10s'
    expect 'limits:\n  source: 9MiB\n' 2:3 'at most 8MiB'
    expect 'unknown:\n  native: cell\n' 2:3 'no argument'
    expect 'unknown:\n  net: perhaps\n' 2:8 'neither'
    expect 'rules:\n  pack: [shipped]\n' 2:3 "did you mean 'packs'"
    expect 'rules:\n  severity: {"a": bad}\n' 2:14 'severity'
    expect 'suppress:\n  - rule: x\n    until: 2030-01-01\n' 2:5 "without 'reason'"
    expect 'suppress:\n  - rule: x\n    reason: y\n' 2:5 "without 'until'"
    expect 'suppress:\n  - rule: x\n    reason: y\n    until: soon\n' 4:12 'YYYY-MM-DD'
    expect 'suppress:\n  - rule: x\n    reason: y\n    until: 2030-01-01\n    source: abc\n' 5:13 'SHA-256'
    expect 'suppress:\n  - rule: x\n    reason: y\n    until: 2030-02-29\n' 4:12 'YYYY-MM-DD'
    expect 'suppress:\n  - rule: cordon.guard.bidi\n    reason: y\n    until: 2030-01-01\n' 2:11 'cannot be suppressed'
    expect 'rules:\n  severity: {"cordon.guard.*": off}\n' 2:14 'cannot be changed'
    expect '[1]\n' 1:1 'mapping'
    run "$CORDON" check --policy strct /dev/null
    [ "$status" = 2 ]
    [[ $output == *"did you mean strict"* ]]
    run "$CORDON" check --policy ./nothing.yaml /dev/null
    [ "$status" = 2 ]
}

@test "policy check: a rule that is not there, a pack that is not there, what has ended" {
    printf 'rules:\n  severity: {"python.exec.os-sytem": off}\n' >p.yaml
    run "$CORDON" policy check ./p.yaml
    [ "$status" = 2 ]
    [[ $output == *"./p.yaml:2"*"did you mean 'python.exec.os-system'"* ]]
    printf 'suppress:\n  - rule: "python.nothing.*"\n    reason: x\n    until: 2999-01-01\n' >p.yaml
    run "$CORDON" policy check ./p.yaml
    [ "$status" = 2 ]
    [[ $output == *"./p.yaml:2"*"no rule in force"* ]]
    printf 'rules:\n  packs: [./none]\n' >p.yaml
    run "$CORDON" policy check ./p.yaml
    [ "$status" = 2 ]
    [[ $output == *none* ]]
    printf 'suppress:\n  - rule: python.fault.endless-loop\n    reason: x\n    until: 2001-01-01\n' >p.yaml
    run "$CORDON" policy check ./p.yaml
    [ "$status" = 0 ]
    [[ $output == *"p.yaml:2: this suppression has ended"*"fine"* ]]
    # By id: everything off, and on again what is meant.
    printf 'rules:\n  severity: {"*": off, "python.exec.*": error}\n' >p.yaml
    printf 'import os\nos.system("x")\n' >x.py
    run "$CORDON" check --policy ./p.yaml x.py
    [ "$status" = 1 ]
    printf 'import pickle\npickle.loads(b"")\n' >y.py
    run "$CORDON" check --policy ./p.yaml y.py
    [ "$status" = 0 ]
}

@test "a policy beside the code under test is never taken" {
    printf 'import os\nos.system("x")\n' >x.py
    printf 'mode: report\ngrants: [native]\n' | tee cordon.yaml >.cordon.yaml
    run "$CORDON" check .
    [ "$status" = 1 ]
}

@test "--explain: the table, the flags that would do, and that they do" {
    printf 'import os\nkey = os.environ["K"]\nopen("/data/x")\n' >x.py
    run "$CORDON" check --explain x.py
    [ "$status" = 1 ]
    [[ $output == *"env          K"*"MISSING"*"line 2"* ]]
    flags=$(grep '^to allow it:' <<<"$output")
    # shellcheck disable=SC2086 # words
    eval run "$CORDON" check ${flags#to allow it:} x.py
    [ "$status" = 0 ]
    "$CORDON" check --explain x.py | sed -n '/^grants:/,/^$/p' >p.yaml
    run "$CORDON" check --policy ./p.yaml x.py
    [ "$status" = 0 ]
}

@test "--explain: the shortest flags, for uses that are not known too, and what no grant changes" {
    cat >x.py <<'P'
import os, subprocess, sys
open("/data/sub/x"), open("/data/sub/x")
for path in ["a"]: open("/data/sub")
subprocess.run([sys.argv[1]]), subprocess.run([sys.argv[2]])
subprocess.run(["git"])
P
    run "$CORDON" check --explain x.py
    [ "$status" = 1 ]
    flags=$(grep '^to allow it:' <<<"$output")
    [ "${flags#to allow it: }" = "--allow fs.read=/data/sub --unknown exec=cell --allow exec=git" ]
    [[ $output == *"fs.read      /data/sub/x"*"line 2"* ]]
    [[ $output == *"exec         (not known before it runs)"*"line 4"* ]]
    # shellcheck disable=SC2086 # words
    eval run "$CORDON" check ${flags#to allow it:} x.py
    [ "$status" = 0 ]
    "$CORDON" check --explain x.py | sed -n '/^grants:/,/^$/p' >p.yaml
    run "$CORDON" check --policy ./p.yaml x.py
    [ "$status" = 0 ]
    run "$CORDON" policy show --unknown exec=cell
    [[ $output == *"exec: cell"*"# --unknown"* ]]
    run "$CORDON" check --unknown native=cell x.py
    [ "$status" = 2 ]
    printf 'while True:\n    pass\n' >>x.py
    run "$CORDON" check --explain x.py
    [[ $output == *"no grant changes these"*"python.fault.endless-loop, line 6"* ]]
}

@test "--format agent: one compact text with line, need and ways on" {
    printf 'import os\nkey = os.environ["K"]\n' >x.py
    run --separate-stderr "$CORDON" check --format agent x.py
    [ "$status" = 1 ]
    [[ ${lines[0]} == "REJECTED x.py" ]]
    [[ $output == *"line 2: key = os.environ"*"needs: env=K"*"do: "*"Two ways on:"*"--allow env=K."* ]]
    run --separate-stderr "$CORDON" run --format agent --allow-env K=v x.py
    [ "$status" = 0 ]
    [[ ${lines[0]} == "APPROVED x.py" ]]
    [[ $output == *"RAN: exited with status 0"* ]]
}

@test "packages are there for the check and for the cell, read-only, and only where they are given" {
    mkdir -p packages/mylib packages/node_modules/leftie packages/node_modules/@team/part
    echo 'x = 41' >packages/mylib/__init__.py
    echo 'module.exports = 42' >packages/node_modules/leftie/index.js
    echo 'module.exports = 43' >packages/node_modules/@team/part/index.js
    chmod -R a+rX packages
    printf 'import mylib\nprint(mylib.x)\n' >x.py
    printf 'console.log(require("leftie") + require("@team/part"))\n' >x.cjs
    printf 'import l from "leftie"\nconsole.log(l)\n' >x.mjs
    for file in x.py x.cjs x.mjs; do
        run "$CORDON" run "$file"
        [ "$status" = 126 ]
        [[ $output == *fault.missing-module* ]]
        run "$CORDON" run --gate warn "$file"
        [ "$status" = 1 ]
    done
    run "$CORDON" run --packages packages x.py
    [ "$output" = 41 ]
    run "$CORDON" run --packages ./packages x.cjs
    [ "$output" = 85 ]
    printf 'packages: ./packages\n' >p.yaml
    run "$CORDON" run --policy ./p.yaml x.mjs
    [ "$output" = 42 ]
    run "$CORDON" policy show --policy ./p.yaml
    [[ $output == *"packages: "*"/packages"*"# ./p.yaml:1"* ]]
    printf 'import mylib\nopen(mylib.__file__, "a")\n' >write.py
    run "$CORDON" run --gate warn --packages packages write.py
    [ "$status" = 1 ]
    [[ $output == *"Read-only file system"* || $output == *"Permission denied"* ]]
    run "$CORDON" run --packages packages/none x.py
    [ "$status" = 125 ]
    [[ $output == *"are no folder"* ]]
}

@test "a rule that is switched off is silent, and its severity may be changed" {
    printf 'while True:\n    pass\n' >x.py
    run "$CORDON" check x.py
    [ "$status" = 1 ]
    [[ $output == *"error[python.fault.endless-loop]"* ]]
    printf 'rules:\n  severity: {"*.fault.endless-loop": off}\n' >off.yaml
    run "$CORDON" check --policy ./off.yaml x.py
    [ "$status" = 0 ]
    [[ $output != *endless-loop* ]]
    printf 'rules:\n  severity: {"*.fault.endless-loop": warning}\n' >warn.yaml
    run "$CORDON" check --policy ./warn.yaml x.py
    [ "$status" = 0 ]
    [[ $output == *"warning[python.fault.endless-loop]"* ]]
    run "$CORDON" rules show python.fault.endless-loop
    [ "$status" = 0 ]
    [[ $output == *"CWE-835"* ]]
}

@test "the files of a project may import each other" {
    mkdir -p project/inner
    printf 'import helper, inner.part\n' >project/main.py
    printf 'x = 1\n' >project/helper.py
    printf 'x = 1\n' >project/inner/part.py
    run "$CORDON" check project
    [ "$status" = 0 ]
    [[ $output != *fault* ]]
    run "$CORDON" check project/main.py
    [ "$status" = 0 ]
    run "$CORDON" run project/main.py # alone in its cell
    [ "$status" = 126 ]
}

@test "secrets: every form is taken, fits the schema and is shown as a policy" {
    cat >s.yaml <<'Y'
gateway: {ca: ./ca.pem, intercept: [api.a.example, "*.b.example:443"]}
install: {pip: "http://a.example/simple/", npm: {registry: "https://b.example", hosts: ["c.example:443"]}}
secrets:
  a: {from: {env: A_KEY}, host: api.a.example, header: "Authorization: Bearer {}"}
  b-2: {from: {file: ./b}, host: "https://API.b.example:8443/", query: "ap.id", paths: [/v1, /v2/*], methods: [GET, POST]}
  c: {from: {command: [pass, show, "c \"d\""]}, host: "[2001:db8::1]:443", basic: user, placeholder: C_KEY, paths: /, address: [10.0.0.7, "fd00::7"]}
  d: {from: {command: ./d}, host: "http://127.0.0.1:9", header: "X-Key: {}", methods: PUT}
Y
    run "$CORDON" policy check s.yaml
    [ "$status" = 0 ]
    /usr/bin/python3 -c '
import json, sys, yaml, jsonschema
jsonschema.validate(yaml.safe_load(open("s.yaml")), json.load(open(sys.argv[1])))' "$ROOT/docs/schema/policy.json"
    "$CORDON" policy show --policy ./s.yaml >shown.yaml
    run "$CORDON" policy check shown.yaml
    [ "$status" = 0 ]
    [ "$("$CORDON" policy show --policy ./shown.yaml | grep -c 'from:')" = 4 ]
}

@test "secrets: what is wrong is told with its place" {
    wrong() { # LINE what is said
        printf 'secrets:\n  w: {from: {env: W_KEY}, host: api.w.example, header: "X-Key: {}"}\n' | sed "$1" >w.yaml
        run "$CORDON" policy check w.yaml
        [ "$status" = 2 ] || { echo "$1: taken"; return 1; }
        [[ $output == *"w.yaml:2:"*"$2"* ]] || { echo "$1: $output"; return 1; }
    }
    wrong 's/ w:/ W_:/' "the name of a secret"
    wrong 's/from: {env: W_KEY}, //' "without 'from'"
    wrong 's/host: [^,]*, //' "without 'host'"
    wrong 's/, header.*}"/, methods: GET/' "without 'header', 'query' or 'basic'"
    wrong 's/header:/heder:/' "did you mean 'header'?"
    wrong 's/env:/enw:/' "did you mean 'env'?"
    wrong 's/W_KEY/W-KEY/' "no name of a variable"
    wrong 's/env: W_KEY/env: A, file: B/' "one of env, file and command"
    wrong 's/env: W_KEY/command: []/' "an empty list"
    wrong 's/api.w.example/"*.w.example"/' "this is no host"
    wrong 's/api.w.example/"https:\/\/u@w.example"/' "this is no host"
    wrong 's/api.w.example/"https:\/\/w.example\/x"/' "this is no host"
    wrong 's/api.w.example/"http:\/\/w.example"/' "over TLS"
    wrong 's/api.w.example/x.cordon.internal/' "no hosts"
    wrong 's/X-Key: {}/X-Key: {} {}/' "no header with one {}"
    wrong 's/X-Key: {}/X-Key/' "no header with one {}"
    wrong 's/X-Key: {}/Host: {}/' "no header with one {}"
    wrong 's/X-Key: {}/X Key: {}/' "no header with one {}"
    wrong 's/header/query: a, header/' "only one of header, query and basic"
    wrong 's/header: "X-Key: {}"/query: "a=b"/' "no key of a query"
    wrong 's/header: "X-Key: {}"/basic: "a:b"/' "no user of basic"
    wrong 's/header/address: a.example, header/' "no address in numbers"
    wrong 's/header/paths: v1, header/' "this is no path"
    wrong 's/header/paths: [\/a*b], header/' "this is no path"
    wrong 's/header/paths: [\/a\/..\/b], header/' "this is no path"
    wrong 's/header/methods: get, header/' "no method that a secret goes with"
    wrong 's/header/methods: [GET, TRACE], header/' "no method that a secret goes with"
    wrong 's/header/placeholder: "A=B", header/' "no name of a variable"
}
