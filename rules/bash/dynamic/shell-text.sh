# ruleid: bash.dynamic.shell-text
bash -c 'ls'
# ruleid: bash.dynamic.shell-text
cat x | sh
# ok: bash.dynamic.shell-text
bash x.sh
# ok: bash.dynamic.shell-text
echo sh
# ruleid: bash.dynamic.shell-text
bash <(echo id)
# ok: bash.dynamic.shell-text
diff <(sort a) <(sort b)
# ruleid: bash.dynamic.shell-text
bash <(echo id)
# ok: bash.dynamic.shell-text
diff <(sort a) <(sort b)
# ruleid: bash.dynamic.shell-text
bash <(echo id)
# ok: bash.dynamic.shell-text
diff <(sort a) <(sort b)
# ruleid: bash.dynamic.shell-text
bash <(echo id)
# ok: bash.dynamic.shell-text
diff <(sort a) <(sort b)
# ruleid: bash.dynamic.shell-text
bash <(echo id)
# ok: bash.dynamic.shell-text
diff <(sort a) <(sort b)
# ruleid: bash.dynamic.shell-text
bash <(echo id)
# ok: bash.dynamic.shell-text
diff <(sort a) <(sort b)
