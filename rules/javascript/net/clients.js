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

const { Client, Pool, request: ask } = require('undici');

// ruleid: javascript.net.client-config
const api = axios.create({ baseURL: 'https://a.example/v1', timeout: 3 });
// ok: javascript.net.instance-request
api.get('/users');
// ok: javascript.net.instance-request
api.post(`/users/${id}`, data);
// ruleid: javascript.net.instance-request
api.get('https://b.example/users');
// ruleid: javascript.net.instance-request
api.get('//b.example/users');
// ruleid: javascript.net.instance-request
api.get(where);
// ruleid: javascript.net.instance-request
api.get(`/${where}`);
// ruleid: javascript.net.instance-request
api.defaults.baseURL = 'https://b.example';
// ruleid: javascript.net.client-config
axios({ method: 'post', url: 'https://a.example/x' });
// ruleid: javascript.net.client-config
axios.request({ url: 'https://a.example/x' });
// ruleid: javascript.net.client-url
axios('https://a.example/x');
// ruleid: javascript.net.client-options
axios(options);
// ruleid: javascript.net.client-options
axios.create({ timeout: 3 });
// ruleid: javascript.net.client-options
axios.create({ baseURL: 'https://a.example', proxy: { host: 'b.example' } });
// ruleid: javascript.net.client-options
axios({ url: '/x', baseURL: 'https://a.example' });
// ruleid: javascript.net.client-url
const undiciClient = new Client('https://a.example');
// ruleid: javascript.net.client-url
new Pool('https://a.example');
// ruleid: javascript.net.client-connector
new Pool('https://a.example', { connect });
// ruleid: javascript.net.fetch
ask('https://a.example/x');
// ok: javascript.net.client-url
new OurClient('https://a.example');

const settings = { method: 'POST' };
const elsewhere = { host: 'other.example' };
// ruleid: javascript.net.options, javascript.net.fetch
https.get('https://example.com', { host: 'other.example' });
// ruleid: javascript.net.options, javascript.net.fetch
https.request('https://example.com', elsewhere, done);
// ruleid: javascript.net.options, javascript.net.fetch
https.request('https://example.com', unknown, done);
// ruleid: javascript.net.options, javascript.net.fetch
fetch('https://example.com', { dispatcher: other });
// ok: javascript.net.options
// ruleid: javascript.net.fetch
https.request('https://example.com', settings, done);
// ok: javascript.net.options
// ruleid: javascript.net.fetch
https.get('https://example.com', (answer) => answer.resume());
// ok: javascript.net.options
// ruleid: javascript.net.fetch
fetch('https://example.com', { method: 'POST', body });
axios.interceptors.request.use((config) => {
  // ruleid: javascript.net.options
  config.url = 'https://other.example';
  // ok: javascript.net.options
  config.headers.trace = 'x';
  return config;
});
