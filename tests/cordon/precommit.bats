# The real pre-commit, the script of the composite action, and git's own hook: a bad change is refused, a good one passes.
bats_require_minimum_version 1.5.0
load ../lib

setup() {
    setup_folder
    cd "$FOLDER"
    export HOME=$FOLDER GIT_CONFIG_NOSYSTEM=1 PATH=$FOLDER:$PATH PRE_COMMIT_HOME=$FOLDER/cache
    unset GIT_DIR GIT_INDEX_FILE GIT_WORK_TREE
    git config --global user.name n
    git config --global user.email n@example.invalid
    git config --global init.defaultBranch main
    git init -q r
}
teardown() { teardown_folder; }

# A repository that offers the hooks, as this one does.
offer() {
    git init -q hooks
    cp "$ROOT/.pre-commit-hooks.yaml" hooks/
    git -C hooks add . && git -C hooks commit -qm 1 && git -C hooks tag v1
    printf 'repos:\n  - repo: file://%s/hooks\n    rev: v1\n    hooks:\n      - id: %s\n' "$FOLDER" "$1" >r/.pre-commit-config.yaml
    cd r
    git add . && git commit -qm 1
    pre-commit install >/dev/null
}

@test "pre-commit refuses a commit with a dangerous file and passes a clean one" {
    offer cordon
    printf 'import os\nos.system("x")\n' >bad.py
    git add .
    run git commit -qm 2
    [ "$status" != 0 ]
    [[ $output == *"error[python.exec.os-system]"* ]]
    [ "$(git log --oneline | wc -l)" = 1 ]
    printf 'print(1)\n' >bad.py
    printf 'text\n' >readme.txt
    printf '#!/usr/bin/env node\nconsole.log(1)\n' >script && chmod +x script
    git add .
    run git commit -qm 2
    [ "$status" = 0 ]
    [[ $output == *"Passed"* ]]
    [ "$(git log --oneline | wc -l)" = 2 ]
}

@test "cordon-staged and the first commit of a repository: everything is new" {
    mkdir r/sub && printf 'import os\nos.system("x")\n' >r/sub/bad.py
    cd r
    git add .
    run "$CORDON" check --staged --diff HEAD
    [ "$status" = 1 ]
    [[ $output == *"sub/bad.py:2:1"* ]]
    printf 'print(1)\n' >sub/bad.py
    git add .
    run "$CORDON" check --staged --diff HEAD
    [ "$status" = 0 ]
    run "$CORDON" check --staged --diff main
    [ "$status" = 2 ]
}

@test "pre-commit with cordon-staged: an old finding does not stop a change, a new one does" {
    git init -q r && cd r
    printf 'import os\nos.system("old")\n' >a.py
    git add . && git commit -qm 0 && cd ..
    offer cordon-staged
    echo 'x = 1' >>a.py
    git add .
    run git commit -qm 2
    [ "$status" = 0 ]
    echo 'os.system("new")' >>a.py
    git add .
    run git commit -qm 3
    [ "$status" != 0 ]
    [[ $output == *"a.py:4:1"* ]]
    [[ $output != *"a.py:2:1"* ]]
}

# The script of action.yml with inputs as a workflow hands them over.
action_run() {
    /usr/bin/python3 -c 'import sys, yaml; print(yaml.safe_load(open(sys.argv[1]))["runs"]["steps"][0]["run"])' "$ROOT/action.yml" >"$FOLDER/action.sh"
    GITHUB_OUTPUT=$FOLDER/output CORDON_PROGRAM=cordon CORDON_PATHS=$1 CORDON_POLICY=agent CORDON_DIFF=${2-} CORDON_BASELINE='' \
        CORDON_SARIF=o.sarif bash --noprofile --norc -eo pipefail "$FOLDER/action.sh"
}

@test "the action annotates, writes SARIF, says its decision, and takes inputs for data" {
    cd r
    printf 'import os\nos.system("x")\n' >bad.py
    echo 'print(1)' >good.py
    run --separate-stderr action_run $'good.py\nbad.py'
    [ "$status" = 1 ]
    [[ $output == "::error file=bad.py,line=2,"* ]]
    [ "$(cat "$FOLDER/output")" = decision=reject ]
    [ -s o.sarif ]
    rm "$FOLDER/output"
    run --separate-stderr action_run good.py
    [ "$status" = 0 ]
    [ "$(cat "$FOLDER/output")" = decision=approve ]
    rm "$FOLDER/output"
    echo 'print(1)' >'--policy=audit; touch x.py'
    run --separate-stderr action_run $'$(touch ran)\n--policy=audit; touch x.py'
    [ "$status" = 2 ]
    [ ! -e ran ] && [ ! -e x.py ]
    [ "$(cat "$FOLDER/output")" = decision=undecided ]
    git add good.py && git commit -qm 1
    run --separate-stderr action_run . HEAD
    [ "$status" = 1 ]
}

@test "the action's inputs never stand in the text of its script" {
    run grep -A40 'run: |' "$ROOT/action.yml"
    [[ $output != *'${{'* ]]
}
