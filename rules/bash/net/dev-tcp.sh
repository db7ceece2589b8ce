# ruleid: bash.net.dev-tcp
echo x > /dev/tcp/example.com/80
# ruleid: bash.net.dev-tcp
cat < /dev/udp/10.0.0.1/53
# ok: bash.net.dev-tcp
cat /dev/null
