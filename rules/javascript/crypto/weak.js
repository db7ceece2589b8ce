const crypto = require('crypto');
const jwt = require('jsonwebtoken');
// ruleid: javascript.crypto.weak-hash
crypto.createHash('md5');
// ok: javascript.crypto.weak-hash
crypto.createHash('sha256');

// ruleid: javascript.crypto.weak-cipher
crypto.createCipheriv('des-cbc', k, iv);
// ruleid: javascript.crypto.weak-cipher
crypto.createCipher('aes192', k);
// ok: javascript.crypto.weak-cipher
crypto.createCipheriv('aes-256-gcm', k, iv);

// ruleid: javascript.crypto.fixed-iv
crypto.createCipheriv('aes-256-cbc', k, Buffer.alloc(16));
// ok: javascript.crypto.fixed-iv
crypto.createCipheriv('aes-256-cbc', k, iv);

// ruleid: javascript.crypto.pseudo-random
const token = Math.random().toString(36);
// ok: javascript.crypto.pseudo-random
const die = Math.floor(Math.random() * 6);

// ruleid: javascript.crypto.timing
if (signature === expected) ok();
// ok: javascript.crypto.timing
if (name === other) ok();

// ruleid: javascript.crypto.jwt-unchecked
jwt.decode(t);
// ok: javascript.crypto.jwt-unchecked
jwt.verify(t, k);

// ruleid: javascript.crypto.weak-key
crypto.generateKeyPairSync('rsa', { modulusLength: 1024 });
// ok: javascript.crypto.weak-key
crypto.generateKeyPairSync('rsa', { modulusLength: 3072 });
