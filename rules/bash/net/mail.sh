# ruleid: bash.net.mail
mail -s x a@example.com < y
# ok: bash.net.mail
echo mail
