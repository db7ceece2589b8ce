# ruleid: bash.signal.kill
pkill x
# ruleid: bash.signal.kill
kill -9 1234
# ruleid: bash.signal.kill
pgrep x | xargs kill
# ok: bash.signal.kill
kill $!
# ok: bash.signal.kill
kill -0 "$pid"
