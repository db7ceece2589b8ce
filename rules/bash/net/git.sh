# ruleid: bash.net.git
git push http://example.com/x
# ruleid: bash.net.git
git -C a submodule update --init
# ok: bash.net.git
git status
# ok: bash.net.git
git remote -v

# ruleid: bash.net.tls-client
openssl s_client -connect example.com:443
# ok: bash.net.tls-client
openssl dgst -sha256 x
