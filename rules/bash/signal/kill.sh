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
# ruleid: bash.signal.everything, bash.signal.kill
kill -9 -1
# ruleid: bash.signal.everything
killall5
# ok: bash.signal.everything
kill "$child"
