# `cordon hook install` and `uninstall`: shown, confirmed, what is there is kept, and taken back byte for byte.
bats_require_minimum_version 1.5.0
load ../lib

setup() {
    setup_folder
    cd "$FOLDER"
    export HOME=$FOLDER/home GIT_CONFIG_NOSYSTEM=1
    unset GIT_DIR GIT_INDEX_FILE GIT_WORK_TREE
    mkdir home work
    cd work
}
teardown() { teardown_folder; }

settings_of() {
    case $1 in
    claude-code) echo .claude/settings.json ;;
    codex) echo .codex/config.toml ;;
    gemini) echo .gemini/settings.json ;;
    cursor) echo .cursor/hooks.json ;;
    copilot) echo .github/hooks/cordon.json ;;
    esac
}

@test "every host: the change is shown and made; what it says runs; uninstall leaves nothing behind" {
    for host in claude-code codex gemini cursor copilot; do
        file=$(settings_of $host)
        run "$CORDON" hook install --agent $host --yes
        [ "$status" = 0 ]
        [[ $output == "new file $file"* ]]
        [[ $output == *"+ "*"hook --agent $host"* ]]
        run python3 -c '
import json, sys, tomllib
text = open(sys.argv[1], "rb").read().decode()
settings = tomllib.loads(text) if sys.argv[1].endswith("toml") else json.loads(text)
def commands(value):
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in ("command", "bash") and isinstance(inner, str): yield inner
            yield from commands(inner)
    if isinstance(value, list):
        for inner in value: yield from commands(inner)
print(sorted(set(commands(settings)))[0])' "$file"
        [[ $output == /*"hook --agent $host" ]]
        [ "$(echo '{"hook_event_name": "x"}' | sh -c "$output")" = '{}' ]
        run "$CORDON" hook install --agent $host --yes
        [[ $output == *"already installed"* ]]
        run "$CORDON" hook uninstall --agent $host --yes
        [ "$status" = 0 ]
        [ ! -e "$file" ]
        run "$CORDON" hook uninstall --agent $host --yes
        [ "$status" = 2 ]
    done
    [ -z "$(find . -type f)" ]
}

@test "settings that are there keep what they have, and come back byte for byte" {
    mkdir .claude .codex .cursor
    printf '{"model":"x",   "hooks": {"PreToolUse": [{"matcher":"Bash","hooks":[{"type":"command","command":"mine"}]}]},\n\n"z": [1,2]}' >.claude/settings.json
    printf 'model = "x"\n[tools]\nweb = true' >.codex/config.toml
    printf '{\n    "version": 1,\n    "hooks": {"stop": []}\n}\n' >.cursor/hooks.json
    chmod 600 .claude/settings.json
    cp -r . ../before
    for host in claude-code codex cursor; do "$CORDON" hook install --agent $host --yes; done
    [ "$(stat -c %a .claude/settings.json)" = 600 ]
    run python3 -c '
import json, tomllib
claude = json.load(open(".claude/settings.json"))
assert claude["model"] == "x" and claude["z"] == [1, 2] and list(claude) == ["model", "hooks", "z"]
assert claude["hooks"]["PreToolUse"][0]["hooks"][0]["command"] == "mine" and len(claude["hooks"]["PreToolUse"]) == 2
assert claude["hooks"]["PreToolUse"][1]["hooks"][0]["onFailure"] == "block"
codex = tomllib.load(open(".codex/config.toml", "rb"))
assert codex["model"] == "x" and codex["tools"] == {"web": True} and codex["hooks"]["PreToolUse"][0]["hooks"][0]["type"] == "command"
cursor = json.load(open(".cursor/hooks.json"))
assert cursor["hooks"]["stop"] == [] and all(cursor["hooks"][e][0]["failClosed"] for e in ("preToolUse", "beforeShellExecution", "beforeMCPExecution"))'
    [ "$status" = 0 ]
    for host in claude-code codex cursor; do "$CORDON" hook uninstall --agent $host --yes; done
    diff -r . ../before
}

@test "what was changed since is kept when the hook goes" {
    mkdir .claude
    echo '{"a": 1}' >.claude/settings.json
    "$CORDON" hook install --agent claude-code --yes
    sed -i 's/"a": 1/"a": 2/' .claude/settings.json
    "$CORDON" hook uninstall --agent claude-code --yes
    [ "$(python3 -c 'import json; print(json.load(open(".claude/settings.json")))')" = "{'a': 2}" ]
    [ "$(ls -A .claude)" = settings.json ]
    mkdir .codex
    printf 'a = 1\n' >.codex/config.toml
    "$CORDON" hook install --agent codex --yes
    printf '\n[b]\nc = 2\n' >>.codex/config.toml
    "$CORDON" hook uninstall --agent codex --yes
    [ "$(cat .codex/config.toml)" = $'a = 1\n\n[b]\nc = 2' ]
}

@test "nothing is changed without a yes, nor in what cannot be read" {
    run "$CORDON" hook install --agent claude-code </dev/null
    [ "$status" = 2 ]
    [[ $output == *"--yes"* ]]
    [ ! -e .claude ]
    mkdir .claude
    printf '{"a": 1, // mine\n}' >.claude/settings.json
    run "$CORDON" hook install --agent claude-code --yes
    [ "$status" = 2 ]
    [[ $output == *".claude/settings.json:1:"* ]]
    [ "$(cat .claude/settings.json)" = $'{"a": 1, // mine\n}' ]
    echo '{"hooks": []}' >.claude/settings.json
    run "$CORDON" hook install --agent claude-code --yes
    [ "$status" = 2 ]
    run "$CORDON" hook install --yes
    [ "$status" = 2 ]
    run "$CORDON" hook install --agent clade-code --yes
    [[ $output == *"did you mean claude-code"* ]]
}

@test "--global is the user's settings; a policy is passed on by its whole path; a link stays a link" {
    mkdir "$HOME/dotfiles" "$HOME/.claude"
    echo '{}' >"$HOME/dotfiles/settings.json"
    ln -s ../dotfiles/settings.json "$HOME/.claude/settings.json"
    echo 'extends: strict' >"pol'icy.yaml"
    "$CORDON" hook install --agent claude-code --global --yes --policy "./pol'icy.yaml"
    [ -L "$HOME/.claude/settings.json" ]
    command=$(python3 -c 'import json,os; print(json.load(open(os.environ["HOME"] + "/.claude/settings.json"))["hooks"]["PreToolUse"][0]["hooks"][0]["command"])')
    [[ $command == *"--policy '$PWD/pol'\\''icy.yaml'" ]]
    cd / && [ "$(echo '{"hook_event_name": "x"}' | sh -c "$command")" = '{}' ]
    "$CORDON" hook uninstall --agent claude-code --global --yes
    [ "$(cat "$HOME/dotfiles/settings.json")" = '{}' ]
}

@test "--git: the repository's own hook refuses what is dangerous; another one is left alone" {
    git init -q -b main . && git config user.name n && git config user.email n@example.invalid
    run "$CORDON" hook install --git --yes
    [ "$status" = 0 ]
    [ -x .git/hooks/pre-commit ]
    printf 'import os\nos.system("x")\n' >a.py && git add .
    run git commit -qm 1
    [ "$status" != 0 ]
    [[ $output == *"a.py:2:1"* ]]
    echo 'print(1)' >a.py && git add .
    git commit -qm 1
    printf 'import os\nos.system("x")\n' >>a.py
    run git commit -qam 2
    [ "$status" != 0 ]
    "$CORDON" hook uninstall --git --yes
    [ ! -e .git/hooks/pre-commit ]
    printf '#!/bin/sh\ntrue\n' >.git/hooks/pre-commit
    run "$CORDON" hook install --git --yes
    [ "$status" = 2 ]
    [[ $output == *"add this line to it"*"check --staged --diff HEAD || exit 1"* ]]
    run "$CORDON" hook uninstall --git --yes
    [ "$status" = 2 ]
    [ -e .git/hooks/pre-commit ]
}
