# ruleid: bash.secrets.token
KEY=AKIAIOSFODNN7EXAMPLE
# ok: bash.secrets.token
KEY=AKIA
