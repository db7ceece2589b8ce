# ruleid: bash.net.remote
ssh user@example.com ls
# ruleid: bash.net.remote
scp x example.com:
# ok: bash.net.remote
echo ssh
