# ruleid: bash.dynamic.eval
eval "$x"
# ok: bash.dynamic.eval
evaluate x
