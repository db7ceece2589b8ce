# ruleid: bash.persist.startup-file
echo x >> ~/.bashrc
# ruleid: bash.persist.startup-file
cp x /etc/cron.d/x
# ok: bash.persist.startup-file
cat profile.txt
