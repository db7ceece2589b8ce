# ruleid: bash.signal.fork-bomb
bomb() { bomb | bomb & }
# ruleid: bash.signal.fork-bomb
while true; do
  work &
done
# ok: bash.signal.fork-bomb
work() { step | other; }
