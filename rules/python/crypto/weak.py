import hashlib
import hmac
import random
import uuid
from Crypto.Cipher import AES, DES
from cryptography.hazmat.primitives.asymmetric import rsa
import jwt
# ruleid: python.crypto.weak-hash
hashlib.md5(data)
# ruleid: python.crypto.weak-hash
hashlib.new("sha1", data)
# ok: python.crypto.weak-hash
hashlib.sha256(data)
# ok: python.crypto.weak-hash
hashlib.md5(data, usedforsecurity=False)
# ok: python.crypto.weak-hash
table.md5(data)

# ruleid: python.crypto.weak-cipher
DES.new(key)
# ruleid: python.crypto.weak-cipher
AES.new(key, AES.MODE_ECB)
# ok: python.crypto.weak-cipher
AES.new(key, AES.MODE_GCM)
# ok: python.crypto.weak-cipher
des.new(key)

# ruleid: python.crypto.weak-key
rsa.generate_private_key(65537, 1024)
# ruleid: python.crypto.weak-key
rsa.generate_private_key(public_exponent=65537, key_size=512)
# ok: python.crypto.weak-key
rsa.generate_private_key(65537, 3072)
# ok: python.crypto.weak-key
rsa.generate_private_key(65537, bits)

# ruleid: python.crypto.pseudo-random
token = random.randint(0, 10**9)
# ruleid: python.crypto.pseudo-random
session_id = str(uuid.uuid1())
# ok: python.crypto.pseudo-random
die = random.randint(1, 6)
# ok: python.crypto.pseudo-random
token = secrets.token_hex(8)
# ok: python.crypto.pseudo-random
tokens = random.sample(words, 3)

# ruleid: python.crypto.fixed-iv
AES.new(b"0123456789abcdef", AES.MODE_CBC)
# ruleid: python.crypto.fixed-iv
hashlib.pbkdf2_hmac("sha256", password, b"salt", 600000)
# ok: python.crypto.fixed-iv
AES.new(key, AES.MODE_CBC, iv)

# ruleid: python.crypto.jwt-unchecked
jwt.decode(token, options={"verify_signature": False})
# ok: python.crypto.jwt-unchecked
jwt.decode(token, key, algorithms=["HS256"])

# ruleid: python.crypto.timing
if hmac.new(key, data, "sha256").hexdigest() == given: pass
# ok: python.crypto.timing
if hmac.compare_digest(a, b): pass
