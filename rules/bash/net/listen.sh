# ruleid: bash.net.listen
nc -l 80
# ruleid: bash.net.listen
python3 -m http.server 8000
# ok: bash.net.listen
nc -z localhost 80
