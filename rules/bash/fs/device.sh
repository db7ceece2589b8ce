# ruleid: bash.fs.device
cat /dev/sda
# ruleid: bash.fs.device
dd if=/dev/mem of=x
# ok: bash.fs.device
cat /dev/null
