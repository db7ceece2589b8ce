# ruleid: python.secrets.token
KEY = "AKIAIOSFODNN7EXAMPLE"
# ruleid: python.secrets.token
token = "ghp_0123456789abcdefghijABCDEFGHIJ012345"
# ruleid: python.secrets.token
url = "key=AIzaSyA0123456789abcdefghijklmnopqrstuv"
# ok: python.secrets.token
KEY = "AKIA"
# ok: python.secrets.token
token = "ghp_..."
# ok: python.secrets.token
word = "sk-learn"

# ruleid: python.secrets.private-key
KEY = """-----BEGIN RSA PRIVATE KEY-----
MIIEowIBAAKCAQEA0123456789
"""
# ok: python.secrets.private-key
PEM = "-----BEGIN PUBLIC KEY-----\nMIIEowIBAAKCAQEA"
# ok: python.secrets.private-key
mark = "-----BEGIN RSA PRIVATE KEY-----"

# ruleid: python.secrets.jwt
token = "eyJhbGciOiJIUzI1NiIsInR5cCI6.eyJzdWIiOiIxMjM0NTY3ODkw.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV"
# ok: python.secrets.jwt
token = "eyJhbGciOiJIUzI1NiJ9"

# ruleid: python.secrets.url-password
url = "postgres://admin:Tr0ub4dor@db.internal.corp/app"
# ok: python.secrets.url-password
url = "postgres://user:password@localhost/app"
# ok: python.secrets.url-password
url = "https://example.com:8443/a@b"
# ok: python.secrets.url-password
url = f"postgres://{user}:{secret}@db/app"

# ruleid: python.secrets.password-literal
api_key = "9f8b1c2d3e4f5a6b7c8d"
# ruleid: python.secrets.password-literal
config.DB_PASSWORD = "Tr0ub4dor&3xtra"
# ok: python.secrets.password-literal
password = "secret"
# ok: python.secrets.password-literal
api_key = "YOUR_API_KEY"
# ok: python.secrets.password-literal
password = input()
# ok: python.secrets.password-literal
key_name = "9f8b1c2d3e4f5a6b7c8d"
