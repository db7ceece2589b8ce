# ruleid: bash.persist.account
useradd -o -u 0 x
# ruleid: bash.persist.account
echo a:b | chpasswd
# ok: bash.persist.account
users
