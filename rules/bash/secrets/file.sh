# ruleid: bash.secrets.file
cat ~/.ssh/id_rsa
# ruleid: bash.secrets.file
cat /etc/shadow
# ruleid: bash.secrets.file
cp .env x
# ok: bash.secrets.file
cat readme.md
# ok: bash.secrets.file
echo environment
