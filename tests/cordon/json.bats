# JSON that programs rely on: it validates against the schemas in docs/schema.
load ../lib

setup() { setup_folder; cd "$FOLDER"; }
teardown() { teardown_folder; }

# /usr/bin: where the set-up puts jsonschema, whatever python3 comes first on PATH.
validate() { /usr/bin/python3 -c '
import json, os, sys, jsonschema
folder, name, document = sys.argv[1:]
schemas = [json.load(open(os.path.join(folder, file))) for file in os.listdir(folder)]
store = {schema["$id"]: schema for schema in schemas}
schema = next(schema for schema in schemas if schema["$id"].endswith("/" + name))
jsonschema.Draft202012Validator.check_schema(schema)
resolver = jsonschema.RefResolver(schema["$id"], schema, store=store)
jsonschema.Draft202012Validator(schema, resolver=resolver).validate(json.load(open(document)))' \
    "$ROOT/docs/schema" "$1" "$2"; }

@test "check: a rejection, with captures, capability and argument" {
    printf 'import os\nkey = os.environ["API_KEY"]\n' >x.py
    "$CORDON" check --format json x.py >out.json || [ $? = 1 ]
    validate check.json out.json
    run python3 -c '
import json
d = json.load(open("out.json"))
s = d["sources"][0]; f = s["findings"][0]
print(d["decision"], s["decision"], s["language"], s["bytes"], len(s["sha256"]), f["start"]["line"], f["start"]["col"], f["start"]["offset"], f["capability"], f["argument"], d["capabilities"]["missing"][0]["argument"])'
    [ "$output" = "reject reject python 38 64 2 7 16 env API_KEY API_KEY" ]
}

@test "check: an approval, and an unreadable file in errors" {
    echo 'print(1)' >x.py
    "$CORDON" check --format json x.py >out.json
    validate check.json out.json
    [ "$(python3 -c 'import json; print(json.load(open("out.json"))["decision"])')" = approve ]
    "$CORDON" check --format json x.py missing.py >out.json || [ $? = 2 ]
    validate check.json out.json
    [ "$(python3 -c 'import json; d=json.load(open("out.json")); print(d["decision"], len(d["errors"]))')" = "reject 1" ]
}

@test "run: each way to end says so in its own field" {
    echo 'import sys; print("out"); print("err", file=sys.stderr); sys.exit(3)' >x.py
    "$CORDON" run --format json x.py >out.json || [ $? = 3 ]
    validate run.json out.json
    run python3 -c '
import json
r = json.load(open("out.json"))["result"]
print(r["ended"], r["exit_code"], r["signal"], r["limit"], r["stdout"].strip(), r["stderr"].strip(), len(r["id"]))'
    [ "$output" = "exited 3 None None out err 32" ]
    echo 'import time; time.sleep(30)' >x.py
    "$CORDON" run --timeout 300ms --format json x.py >out.json || [ $? = 124 ]
    validate run.json out.json
    [ "$(python3 -c 'import json; r=json.load(open("out.json"))["result"]; print(r["ended"], r["limit"])')" = "limit wall" ]
    echo 'import os; os.system("id")' >x.py
    "$CORDON" run --format json x.py >out.json || [ $? = 126 ]
    validate run.json out.json
    [ "$(python3 -c 'import json; r=json.load(open("out.json")); print(r["result"]["ended"], r["verdict"]["decision"])')" = "refused reject" ]
}

@test "run: output that is no text is kept as base64 beside it" {
    echo 'import sys; sys.stdout.buffer.write(b"a\xff\x00")' >x.py
    "$CORDON" run --format json x.py >out.json
    validate run.json out.json
    [ "$(python3 -c 'import json,base64; r=json.load(open("out.json"))["result"]; print(base64.b64decode(r["stdout_base64"]))')" = "b'a\\xff\\x00'" ]
}

@test "doctor, spec and rules speak JSON too" {
    echo 'print(1)' >x.py
    "$CORDON" doctor --format json | python3 -c 'import json,sys; assert json.load(sys.stdin)["healthy"]'
    "$CORDON" spec --format json x.py | python3 -c 'import json,sys; d=json.load(sys.stdin); assert d["runs"] and d["network"] == "none" and d["environment"] == []'
    "$CORDON" rules list --format json | python3 -c 'import json,sys; assert len(json.load(sys.stdin)) >= 40'
}
