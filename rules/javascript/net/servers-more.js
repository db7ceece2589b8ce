const http = require('http');
const express = require('express');
const fastify = require('fastify');
// ruleid: javascript.net.server-framework
fastify({});
// ruleid: javascript.net.server-framework
Bun.serve({ port: 80 });
// ok: javascript.net.server-framework
tennis.serve();
