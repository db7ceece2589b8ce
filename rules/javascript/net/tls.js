const https = require('https');
const tls = require('tls');
const crypto = require('crypto');
// ruleid: javascript.net.no-verification
https.get(u, { rejectUnauthorized: false });
// ruleid: javascript.net.no-verification
process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
// ok: javascript.net.no-verification
https.get(u, { rejectUnauthorized: true });

// ruleid: javascript.net.old-tls
tls.connect({ minVersion: 'TLSv1' });
// ok: javascript.net.old-tls
tls.connect({ minVersion: 'TLSv1.2' });

// ruleid: javascript.net.any-origin
res.setHeader('Access-Control-Allow-Origin', '*');
// ruleid: javascript.net.any-origin
frame.postMessage(data, '*');
// ok: javascript.net.any-origin
res.setHeader('Content-Type', '*');
// ok: javascript.net.any-origin
worker.postMessage(data);
