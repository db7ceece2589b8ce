# ruleid: bash.fs.outside
cat /etc/passwd
# ruleid: bash.fs.outside
ls /root
# ruleid: bash.fs.outside
cp x /usr/local/bin/
# ok: bash.fs.outside
cat x.txt
# ok: bash.fs.outside
ls /tmp
# ok: bash.fs.outside
echo etc
