const http = require('http');
const net = require('node:net');
const dns = require('dns');
const axios = require('axios');
const nodemailer = require('nodemailer');

// ruleid: javascript.net.fetch
fetch('https://a.example/x');
// ruleid: javascript.net.fetch
http.get(url);
// ruleid: javascript.net.fetch
axios.post('https://a.example/x', data);
// ok: javascript.net.fetch
store.fetch('key');
// ok: javascript.net.fetch
map.get('key');

// ruleid: javascript.net.socket
net.connect(80, 'a.example');
// ruleid: javascript.net.socket
new WebSocket('wss://a.example');
// ok: javascript.net.socket
graph.connect(a, b);

// ruleid: javascript.net.dns
dns.lookup('a.example', () => {});
// ok: javascript.net.dns
table.lookup('a');

// ruleid: javascript.net.client-object
nodemailer.createTransport({});
// ok: javascript.net.client-object
bus.createTransport({});
