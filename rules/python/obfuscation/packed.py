import base64
import codecs
import marshal
import zlib
# ruleid: python.obfuscation.packed
zlib.decompress(base64.b64decode("eJwLSS0uAQAEXQHB"))
# ruleid: python.obfuscation.packed
base64.b64decode(text[::-1])
# ok: python.obfuscation.packed
base64.b64decode(text)
# ok: python.obfuscation.packed
zlib.decompress(data)
# ok: python.obfuscation.packed
json.loads(zlib.decompress(base64.b64decode(row)))

# ruleid: python.obfuscation.encoded-code
code = "aW1wb3J0IG9zCm9zLnN5c3RlbSgnaWQnKQ=="
# ruleid: python.obfuscation.encoded-code
code = "696d706f7274206f73"
# ruleid: python.obfuscation.encoded-code
code = "vzcbeg bf"
# ok: python.obfuscation.encoded-code
text = "import os"
# ok: python.obfuscation.encoded-code
data = "aGVsbG8="

# ruleid: python.obfuscation.hidden-code
x = 1;                                                                                import os
# ok: python.obfuscation.hidden-code
x = 1; y = 2
# ok: python.obfuscation.hidden-code
x = 1  # a long way off

# ruleid: python.obfuscation.obfuscator
__pyarmor__(__name__, __file__, b"\x50\x59", 1)
# ok: python.obfuscation.obfuscator
armor(1)

# ruleid: python.obfuscation.import-chain
__import__("os").getcwd()
# ruleid: python.obfuscation.import-chain
getattr(__import__("os"), "getcwd")()
# ok: python.obfuscation.import-chain
import os
# ok: python.obfuscation.import-chain
load("os").getcwd()
