# ruleid: bash.net.drop-site
u=https://webhook.site/x
# ok: bash.net.drop-site
u=https://example.com/webhook
