# An operator's rules are compiled once: what is kept, where, and what is not believed.
load ../lib

setup() {
    setup_folder
    cd "$FOLDER"
    mkdir cache && cp -r "$ROOT/rules/python" rules && chmod -R a+rX rules
    printf 'import os\nos.system("ls")\n' >x.py
    chmod 644 x.py
}
teardown() { teardown_folder; }

check() { as_nobody env XDG_CACHE_HOME="$FOLDER/cache/of-nobody" HOME="$FOLDER" "$FOLDER/cordon" check --format json --rules rules x.py; }
findings() { python3 -c "import json, sys; print([(f['rule_id'], f['start'], f['end'], f['message'], f['metavars']) for f in json.load(sys.stdin)['sources'][0]['findings']])" <<<"$output"; }

# The folder of nobody's cache.
folder() {
    mkdir cache/of-nobody
    if [ "$(id -u)" = 0 ]; then chown 65534:65534 cache/of-nobody; fi
}
entries() { find cache/of-nobody/cordon -name 'rules-*' 2>/dev/null; }

@test "a second check finds the same by an entry of the cache" {
    folder
    run check
    [ "$status" = 1 ]
    first=$output
    [ "$(entries | wc -l)" = 1 ]
    [ "$(stat -c %a "$(entries)")" = 600 ]
    run check
    [ "$status" = 1 ]
    [ "$(findings)" = "$(output=$first findings)" ]
    [ "$(entries | wc -l)" = 1 ]
}

@test "rules that change are compiled again" {
    folder
    run check
    printf 'rules:\n- {id: my.own, languages: [python], severity: ERROR, message: mine, pattern: os.system(...)}\n' >rules/zz.yaml
    chmod 644 rules/zz.yaml
    run check
    [ "$status" = 1 ]
    [[ $output == *my.own* ]]
    [ "$(entries | wc -l)" = 2 ]
    printf 'rules:\n- {id: my.own, wrong: 1}\n' >rules/zz.yaml
    run check
    [ "$status" = 2 ]
    [[ $output == *zz.yaml* ]]
}

@test "an entry that is damaged, cut or another's is passed over and made anew" {
    folder
    run check
    wanted=$(findings)
    entry=$(entries)
    size=$(stat -c %s "$entry")
    for at in 0 100 5000 $((size / 2)) $((size - 20)) $((size - 1)); do
        python3 - "$entry" "$at" <<'END'
import sys
with open(sys.argv[1], "r+b") as entry:
    entry.seek(int(sys.argv[2]))
    byte = entry.read(1)[0]
    entry.seek(int(sys.argv[2]))
    entry.write(bytes([byte ^ 4]))
END
        cp "$entry" damaged
        run check
        [ "$status" = 1 ] && [ "$(findings)" = "$wanted" ]
        ! cmp -s "$entry" damaged
    done
    for length in 0 64 $((size / 2)) $((size - 1)); do
        truncate -s "$length" "$entry"
        run check
        [ "$status" = 1 ] && [ "$(findings)" = "$wanted" ]
        [ "$(stat -c %s "$entry")" = "$size" ]
    done
}

@test "no entry is believed that another user could have written" {
    folder
    run check
    wanted=$(findings)
    entry=$(entries)
    chmod 666 "$entry"
    before=$(stat -c %i "$entry")
    run check
    [ "$status" = 1 ] && [ "$(findings)" = "$wanted" ]
    [ "$(stat -c %i "$entry")" != "$before" ] # another file, by our own hand
    [ "$(stat -c %a "$entry")" = 600 ]
    chmod 777 cache/of-nobody/cordon
    before=$(stat -c %i "$entry")
    chmod 666 "$entry"
    run check
    [ "$status" = 1 ] && [ "$(findings)" = "$wanted" ]
    [ "$(stat -c %i "$entry")" = "$before" ] # nothing is kept where others can write
}

@test "the cache does not grow without end" {
    folder
    for i in $(seq 1 20); do
        echo "# $i" >>rules/$(cd rules && find . -name '*.yaml' | sort | head -1)
        run check
    done
    [ "$(entries | wc -l)" -le 16 ]
    [ "$(entries | wc -l)" -ge 10 ]
}
