# ruleid: python.persist.startup
open("/etc/cron.d/job", "w")
# ruleid: python.persist.startup
name = "/home/user/.bashrc"
# ruleid: python.persist.startup
hook = ".git/hooks/pre-commit"
# ok: python.persist.startup
name = "cron.txt"
# ok: python.persist.startup
text = "edit your profile"
