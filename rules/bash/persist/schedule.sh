# ruleid: bash.persist.schedule
crontab -l
# ruleid: bash.persist.schedule
systemctl enable x
# ok: bash.persist.schedule
date
# ok: bash.persist.schedule
cat x
