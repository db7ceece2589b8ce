# ruleid: bash.net.http
curl https://example.com
# ruleid: bash.net.http
sudo wget -q https://example.com/x
# ruleid: bash.net.http
xargs -n1 curl < urls
# ok: bash.net.http
echo curl
# ok: bash.net.http
curly x
# ok: bash.net.http
grep curl notes.txt
