# ruleid: bash.net.download-run
curl -s https://example.com/a.sh | sudo bash
# ruleid: bash.net.download-run
eval "$(curl -s https://example.com/a)"
# ok: bash.net.download-run
cat a.sh | tee b
