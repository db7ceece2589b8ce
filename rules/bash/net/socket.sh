# ruleid: bash.net.socket
nc example.com 80
# ruleid: bash.net.socket
ping -c 1 example.com
# ok: bash.net.socket
echo ping
# ok: bash.net.socket
sync
