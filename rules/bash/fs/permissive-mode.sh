# ruleid: bash.fs.permissive-mode
chmod 777 x
# ruleid: bash.fs.permissive-mode
chmod u+s x
# ok: bash.fs.permissive-mode
chmod +x x
# ok: bash.fs.permissive-mode
chmod 644 x
