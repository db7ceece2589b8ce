# ruleid: bash.dynamic.hidden-command
/???/b??/c?rl https://a.example/
# ruleid: bash.dynamic.hidden-command
cat${IFS}file
# ruleid: bash.dynamic.hidden-command
x=xcurlx; ${x:1:4} https://a.example/
# ruleid: bash.dynamic.hidden-command
$(echo phey | tr a-z n-za-m) https://a.example/
# ok: bash.dynamic.hidden-command
ls *.txt
# ok: bash.dynamic.hidden-command
[ -f x ] && echo "${name%.txt}"
# ok: bash.dynamic.hidden-command
IFS=, read -r a b < file
# ok: bash.dynamic.hidden-command
while IFS= read -r line; do echo "$line"; done < file

# ruleid: bash.dynamic.read-command
mapfile -C 'eval' -c 1 lines < file
# ok: bash.dynamic.read-command
mapfile -t lines < file
read -r todo < file
# ruleid: bash.dynamic.read-command
$todo
printf -v tool '%s%s' cu rl
# ruleid: bash.dynamic.read-command
"$tool" https://a.example/
while read -r line; do
  # ruleid: bash.dynamic.read-command
  $line
done < file
# ok: bash.dynamic.read-command
while read -r name; do echo "$name"; done < file
read -r answer
# ok: bash.dynamic.read-command
case $answer in y) echo yes ;; esac
# ok: bash.dynamic.read-command
printf '%s' "$other"; "$PYTHON" script.py

# ruleid: bash.dynamic.kept-command
trap 'curl https://a.example/' EXIT
# ruleid: bash.dynamic.kept-command
alias up='wget https://a.example/'
# ok: bash.dynamic.kept-command
trap 'rm -f "$file"' EXIT
# ok: bash.dynamic.kept-command
alias ll='ls -l'

# ruleid: bash.dynamic.tool-command
tar cf x.tar x --checkpoint=1 --checkpoint-action=exec=id
# ruleid: bash.dynamic.tool-command
git -c alias.x='!id' x
# ruleid: bash.dynamic.tool-command
echo id | sed 1e
# ruleid: bash.dynamic.tool-command
sed 's/a/id/e' file
# ruleid: bash.dynamic.tool-command
awk 'BEGIN { print "x" | "/inet/tcp/0/a.example/80" }'
# ruleid: bash.dynamic.tool-command
env -S 'curl https://a.example/'
# ok: bash.dynamic.tool-command
sed -e 's/a/e/' file
# ok: bash.dynamic.tool-command
sed 's/apple/pear/g' file
# ok: bash.dynamic.tool-command
awk '{ print $1 " | " $2 }' file
# ok: bash.dynamic.tool-command
tar czf x.tar.gz x
# ok: bash.dynamic.tool-command
env LANG=C sort file
# ruleid: bash.dynamic.tool-command
rsync -e 'sh -c id' a b:
# ok: bash.dynamic.tool-command
rsync -a -e 'ssh -p 22' a b:
# ruleid: bash.dynamic.tool-command
find . -execdir curl example.com \;
# ruleid: bash.dynamic.tool-command
git -c filter.x.clean='sh -c id' add .
# ruleid: bash.dynamic.tool-command
tar -I 'sh -c id' -xf x
# ok: bash.dynamic.tool-command
tar -I zstd -xf x.tar.zst
# ok: bash.dynamic.tool-command
git -c color.ui=false diff
