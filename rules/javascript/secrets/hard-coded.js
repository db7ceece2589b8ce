// ruleid: javascript.secrets.token
const k = 'AKIAIOSFODNN7EXAMPLE';
// ruleid: javascript.secrets.token
const t = 'ghp_0123456789abcdefghijABCDEFGHIJ012345';
// ok: javascript.secrets.token
const k = 'AKIA';
// ok: javascript.secrets.token
const t = 'ghp_...';

// ruleid: javascript.secrets.private-key
const k = '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0B';
// ok: javascript.secrets.private-key
const k = '-----BEGIN PUBLIC KEY-----\nMIIEvQIBADANBgkqhkiG9w0B';

// ruleid: javascript.secrets.jwt
const t = 'eyJhbGciOiJIUzI1NiIsInR5cCI6.eyJzdWIiOiIxMjM0NTY3ODkw.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV';
// ok: javascript.secrets.jwt
const t = 'eyJhbGciOiJIUzI1NiJ9';

const jwt = require('jsonwebtoken');
// ruleid: javascript.secrets.jwt-key
jwt.sign(data, 'hunter2');
// ok: javascript.secrets.jwt-key
jwt.sign(data, key);

// ruleid: javascript.secrets.url-password
const u = 'postgres://admin:Tr0ub4dor@db.internal.corp/app';
// ok: javascript.secrets.url-password
const u = 'postgres://user:password@localhost/app';
// ok: javascript.secrets.url-password
const v = 'https://example.com:8443/a@b';

// ruleid: javascript.secrets.password-literal
const apiKey = '9f8b1c2d3e4f5a6b7c8d';
// ok: javascript.secrets.password-literal
const password = 'secret';
// ok: javascript.secrets.password-literal
const keyName = '9f8b1c2d3e4f5a6b7c8d';
