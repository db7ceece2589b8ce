# ruleid: bash.fs.redirect-outside
echo x > /srv/x
# ruleid: bash.fs.redirect-outside
echo x | tee /srv/x
# ok: bash.fs.redirect-outside
echo x > y
# ok: bash.fs.redirect-outside
echo x > /tmp/y
# ok: bash.fs.redirect-outside
echo x > /dev/null
