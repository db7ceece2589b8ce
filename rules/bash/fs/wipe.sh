# ruleid: bash.fs.wipe
rm -rf /
# ruleid: bash.fs.wipe
rm -rf /etc/x
# ruleid: bash.fs.wipe, bash.fs.fill
dd if=/dev/zero of=/dev/sda
# ok: bash.fs.wipe
rm -rf build
# ok: bash.fs.wipe
dd if=x of=y

# ruleid: bash.fs.wipe
rm -rf ..
# ruleid: bash.fs.wipe
rm -r -f ../*
# ruleid: bash.fs.wipe
chown -R x /
# ruleid: bash.fs.wipe
dd if=x of=/dev/$D
# ok: bash.fs.wipe
rm -rf ../build
# ok: bash.fs.wipe
rm ..
# ok: bash.fs.wipe
chmod -R u+x scripts

# ruleid: bash.fs.fill
cat /dev/zero > x
# ruleid: bash.fs.fill
yes > x
# ok: bash.fs.fill
dd if=/dev/zero of=x bs=1M count=1
# ok: bash.fs.fill
yes | head
