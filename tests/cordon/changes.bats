# `cordon check --baseline`, `--diff`, `--staged`: only what is new, and nothing of a hostile repository is run.
load ../lib

setup() {
    setup_folder
    cd "$FOLDER"
    export HOME=$FOLDER GIT_CONFIG_NOSYSTEM=1
    unset GIT_DIR GIT_INDEX_FILE GIT_WORK_TREE
    git init -q -b main r
    cd r
    git config user.name n
    git config user.email n@example.invalid
}
teardown() { teardown_folder; }

bad() { printf 'import os\nos.system("%s")\n' "$1"; }

@test "--baseline: known findings do not count, moved ones neither; a second equal one does" {
    bad x >a.py
    "$CORDON" check --format json=../b.json --format sarif=../b.sarif . || [ $? = 1 ]
    for baseline in ../b.json ../b.sarif; do
        run "$CORDON" check --baseline $baseline .
        [ "$status" = 0 ]
        [[ $output == *"0 findings besides 1 known"* ]]
        run "$CORDON" check --baseline $baseline "$PWD/a.py"
        [ "$status" = 0 ]
    done
    printf '# moved\n\nimport os\nos.system("x")\n' >a.py
    run "$CORDON" check --baseline ../b.json .
    [ "$status" = 0 ]
    echo 'os.system("x")' >>a.py
    run "$CORDON" check --baseline ../b.json .
    [ "$status" = 1 ]
    [[ $output == *"a.py:5:1"* ]]
    # the same line in another file is new
    bad x >a.py
    bad x >b.py
    run "$CORDON" check --baseline ../b.json .
    [ "$status" = 1 ]
    [[ $output == *"b.py:2:1"* ]]
    [[ $output != *"a.py:2:1"* ]]
}

@test "--baseline: a source that a guard refuses is never known, and what was granted then is not accepted" {
    printf 'eval(x' >a.py
    printf 'import os\nos.environ["A"]\n' >b.py
    "$CORDON" check --allow-env A --format json=../b.json . || [ $? = 1 ]
    run "$CORDON" check --baseline ../b.json a.py
    [ "$status" = 1 ]
    run "$CORDON" check --baseline ../b.json b.py
    [ "$status" = 1 ]
}

@test "--baseline: a file that is none is an error" {
    echo 'print(1)' >a.py
    echo '{"x": 1}' >../b.json
    run "$CORDON" check --baseline ../b.json a.py
    [ "$status" = 2 ]
    [[ $output == *"no report of cordon"* ]]
    echo '{' >../b.json
    run "$CORDON" check --baseline ../b.json a.py
    [ "$status" = 2 ]
    [[ $output == *"b.json:"* ]]
    run "$CORDON" check --baseline none.json a.py
    [ "$status" = 2 ]
}

@test "--diff: only changed files and lines; new and untracked files whole" {
    bad old >a.py
    echo 'print(1)' >b.py
    git add . && git commit -qm 1
    run "$CORDON" check --diff HEAD .
    [ "$status" = 0 ]
    [[ $output == *"2 unchanged"* ]]
    printf 'import os\n# more\nos.system("old")\nx = 1\n' >a.py
    run "$CORDON" check --diff HEAD .
    [ "$status" = 0 ]
    [[ $output == *"1 known"* ]]
    bad new >c.py
    echo 'os.system("new")' >>a.py
    run "$CORDON" check --diff HEAD .
    [ "$status" = 1 ]
    [[ $output == *"a.py:5:1"* ]]
    [[ $output == *"c.py:2:1"* ]]
    [[ $output != *"a.py:3:1"* ]]
    mkdir s && cd s
    run "$CORDON" check --diff main ../a.py
    [ "$status" = 1 ]
    [[ $output == *"../a.py:5:1"* ]]
}

@test "--diff: a line that comes alive without a change of its own is new" {
    printf 'import os\n"""\nos.system("x")\n"""\n' >a.py
    git add . && git commit -qm 1
    printf 'import os\nos.system("x")\n' >a.py
    run "$CORDON" check --diff HEAD a.py
    [ "$status" = 1 ]
    printf 'import os\ndef run(x): pass\nrun("x")\n' >a.py
    git commit -qam 2
    printf 'from os import system as run\nrun("x")\n' >a.py
    run "$CORDON" check --diff HEAD a.py
    [ "$status" = 1 ]
}

@test "--diff: a version before that a guard refused vouches for nothing" {
    printf 'import os\nos.system("x")\n(\n' >a.py
    git add . && git commit -qm 1
    printf 'import os\nos.system("x")\n' >a.py
    run "$CORDON" check --diff HEAD a.py
    [ "$status" = 1 ]
}

@test "--diff: a revision that is none, an option for one, and a folder without a repository are errors" {
    echo 'print(1)' >a.py
    git add . && git commit -qm 1
    for revision in none --help --output=../x ''; do
        run "$CORDON" check --diff "$revision" a.py
        [ "$status" = 2 ]
    done
    [ ! -e ../x ]
    cd ..
    run "$CORDON" check --diff HEAD r
    [ "$status" = 2 ]
    [[ $output == *"not a git repository"* ]]
}

@test "--staged: the content of the index, not of the work tree" {
    echo 'print(1)' >a.py
    git add .
    run "$CORDON" check --staged # no commit yet
    [ "$status" = 0 ]
    [[ $output == *"1 source checked"* ]]
    git commit -qm 1
    bad x >a.py
    run "$CORDON" check --staged
    [ "$status" = 0 ]
    git add .
    echo 'print(2)' >a.py
    run "$CORDON" check --staged
    [ "$status" = 1 ]
    [[ $output == *"a.py:2:1"* ]]
    rm a.py
    run "$CORDON" check --staged
    [ "$status" = 1 ]
    mkdir s && cd s
    run "$CORDON" check --staged
    [[ $output == *"../a.py:2:1"* ]]
    run "$CORDON" check --staged .
    [ "$status" = 0 ]
    run "$CORDON" check --staged ../a.py
    [ "$status" = 1 ]
    run "$CORDON" check --staged ../..
    [ "$status" = 2 ]
}

@test "--staged --diff: only what is new in the index" {
    bad old >a.py
    git add . && git commit -qm 1
    echo 'x = 1' >>a.py
    git add .
    run "$CORDON" check --staged
    [ "$status" = 1 ]
    run "$CORDON" check --staged --diff HEAD
    [ "$status" = 0 ]
    echo 'os.system("new")' >>a.py
    git add .
    run "$CORDON" check --staged --diff HEAD
    [ "$status" = 1 ]
    [[ $output == *"a.py:4:1"* ]]
}

@test "--staged: the index that git names to its hooks is the one" {
    echo 'print(1)' >a.py
    git add . && git commit -qm 1
    bad x >a.py
    cp "$CORDON" ../gate
    printf '#!/bin/sh\nexec "%s" check --staged\n' "$FOLDER/gate" >.git/hooks/pre-commit
    chmod +x .git/hooks/pre-commit
    run git commit -qam 2 # with an index of its own
    [ "$status" != 0 ]
    [[ $output == *"a.py:2:1"* ]]
    echo 'print(2)' >a.py
    run git commit -qam 2
    [ "$status" = 0 ]
}

@test "--staged: an unmerged path is not decided" {
    echo 'print(1)' >a.py && git add . && git commit -qm 1
    git checkout -q -b other && echo 'print(2)' >a.py && git commit -qam 2
    git checkout -q main && echo 'print(3)' >a.py && git commit -qam 3
    git merge -q other || true
    run "$CORDON" check --staged
    [ "$status" = 2 ]
    [[ $output == *"not merged"* ]]
}

@test "nothing that a hostile repository names is run" {
    echo 'print(1)' >a.py && git add . && git commit -qm 1
    bad x >b.py && git add b.py
    mark="touch $FOLDER/ran; false"
    git config core.fsmonitor "$mark"
    git config diff.external "$mark"
    git config diff.mine.textconv "$mark"
    git config diff.mine.command "$mark"
    git config filter.mine.clean "$mark"
    git config filter.mine.smudge "$mark"
    git config core.sshCommand "$mark"
    git config core.pager "$mark"
    git config remote.origin.url ssh://example.invalid/x
    git config remote.origin.promisor true
    git config core.repositoryformatversion 1
    git config extensions.partialClone origin
    printf '*.py diff=mine filter=mine\n' >.gitattributes
    for hook in post-index-change pre-commit reference-transaction; do
        printf '#!/bin/sh\ntouch %s/ran\n' "$FOLDER" >.git/hooks/$hook && chmod +x .git/hooks/$hook
    done
    git diff HEAD >/dev/null 2>&1 || true
    [ -e ../ran ] # the probe works where git is asked plainly
    rm ../ran
    echo 'print(2)' >a.py
    run "$CORDON" check --diff HEAD .
    [ "$status" = 1 ]
    run "$CORDON" check --staged
    [ "$status" = 1 ]
    [[ $output == *"b.py:2:1"* ]]
    "$CORDON" check --gitignore --diff HEAD . || [ $? = 1 ]
    # an object that is missing is not fetched
    rm -f ".git/objects/$(git rev-parse HEAD:a.py | sed 's,^..,&/,')"
    rm -f ../ran
    run timeout 60 "$CORDON" check --diff HEAD a.py
    [ "$status" = 2 ]
    [ ! -e ../ran ]
}

@test "names with every byte in them" {
    name=$'a \t\n"\xff.py'
    bad x >"$name"
    git add .
    run "$CORDON" check --staged
    [ "$status" = 1 ]
    git commit -qm 1
    echo '# more' >>"$name"
    run "$CORDON" check --diff HEAD .
    [ "$status" = 0 ]
    [[ $output == *"1 known"* ]]
}
