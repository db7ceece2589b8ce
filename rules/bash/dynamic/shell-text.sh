# ruleid: bash.dynamic.shell-text
bash -c 'ls'
# ruleid: bash.dynamic.shell-text
cat x | sh
# ok: bash.dynamic.shell-text
bash x.sh
# ok: bash.dynamic.shell-text
echo sh
