#!/bin/bash
python=python3
# ok: bash.dynamic.unknown-command
"$@"
if test -f x; then verbose=true; else verbose=false; fi
# ok: bash.dynamic.unknown-command
$verbose && echo 1
# ruleid: bash.dynamic.unknown-command
${x#x} http://example.com
# ruleid: bash.dynamic.unknown-command
${!v} http://example.com
found=(find . -name x)
# ok: bash.dynamic.unknown-command
"${found[@]}"
# ruleid: bash.dynamic.unknown-command
$unknown x
# ok: bash.dynamic.unknown-command
$python a.py
# ok: bash.dynamic.unknown-command
echo "$1"

# ruleid: bash.dynamic.listed-command
command=(curl -s http://example.com)
# ok: bash.dynamic.listed-command
names=(a b curl)
# ok: bash.dynamic.listed-command
tools=(curl wget jq)

# ruleid: bash.dynamic.here-code
sh <<E
id
E
# ruleid: bash.dynamic.here-code
python3 - <<E
import os
E
# ok: bash.dynamic.here-code
cat <<E
sh
E

# ruleid: bash.dynamic.shell-hook
complete -C id ls
# ruleid: bash.dynamic.shell-hook
hash -p /tmp/x ls
# ruleid: bash.dynamic.shell-hook
make SHELL=/tmp/x all
# ok: bash.dynamic.shell-hook
make CC=clang all
# ok: bash.dynamic.shell-hook
hash -r
read -ra words <x
# ruleid: bash.dynamic.unknown-command
"${words[@]}"
# ruleid: bash.dynamic.here-code
echo 'import os' | python3
# ok: bash.dynamic.here-code
echo 1 | python3 a.py
