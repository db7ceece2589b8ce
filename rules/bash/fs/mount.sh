# ruleid: bash.fs.mount
mount /dev/sda1 x
# ok: bash.fs.mount
amount x
