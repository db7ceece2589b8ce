# ruleid: bash.persist.detached
nohup ./x
# ruleid: bash.persist.detached
setsid ./x
# ok: bash.persist.detached
wait
