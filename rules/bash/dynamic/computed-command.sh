# ruleid: bash.dynamic.computed-command
$(echo ls) x
# ruleid: bash.dynamic.computed-command
$a$b x
# ok: bash.dynamic.computed-command
x=$(ls)
# ok: bash.dynamic.computed-command
echo $a$b
