# ruleid: bash.signal.other
ps aux
# ruleid: bash.signal.other
netstat -an
# ok: bash.signal.other
echo ps
# ok: bash.signal.other
whoami
