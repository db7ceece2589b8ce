// Preloaded where a cell has a gateway: makes http, https and fetch of a Node before 24 go through it. Later ones do so by
// themselves (NODE_USE_ENV_PROXY). This is a convenience of the program's and no wall: what goes past it finds no network.
'use strict';
if (process.versions.node.split('.')[0] < 24) {
  const http = require('http');
  const https = require('https');
  const net = require('net');
  const tls = require('tls');
  const gateway = { host: '127.0.0.1', port: 3128 };
  const bracket = (host) => (host.includes(':') && !host.startsWith('[') ? `[${host}]` : host);
  const failure = (where, said) => Object.assign(new Error(`the gateway refuses ${where}: ${said}`), { code: 'ECONNREFUSED' });

  // A plain request: the whole URL goes to the gateway.
  const addRequest = http.Agent.prototype.addRequest;
  http.Agent.prototype.addRequest = function (request, options, ...rest) {
    // An agent that connects by itself (agent-base, as npm has it) knows the gateway from HTTP_PROXY.
    if (this instanceof https.Agent || options.socketPath || typeof this.connect === 'function') return addRequest.call(this, request, options, ...rest);
    const host = bracket(options.host || options.hostname || 'localhost');
    const port = Number(options.port) || 80;
    const before = request.path;
    request.path = `http://${host}${port === 80 ? '' : `:${port}`}${before}`;
    if (request._header) request._header = request._header.replace(` ${before} HTTP/`, ` ${request.path} HTTP/`);
    return addRequest.call(this, request, { ...options, ...gateway, hostname: gateway.host }, ...rest);
  };

  // TLS: a tunnel, and the handshake within it.
  https.Agent.prototype.createConnection = function (options, done) {
    const host = options.host || options.hostname || 'localhost';
    const where = `${bracket(host)}:${Number(options.port) || 443}`;
    const socket = net.connect(gateway);
    let head = '';
    const fail = (error) => {
      socket.destroy();
      done(error);
    };
    const read = (chunk) => {
      head += chunk.toString('latin1');
      if (!head.includes('\r\n\r\n') && head.length < 65536) return;
      socket.removeListener('data', read);
      socket.removeListener('error', fail);
      if (!/^HTTP\/1\.[01] 200 /.test(head)) {
        fail(failure(where, head.slice(head.indexOf('\r\n\r\n')).trim() || head.split('\r\n')[0]));
        return;
      }
      const name = options.servername || (net.isIP(host) ? undefined : host);
      done(null, tls.connect({ ...options, socket, servername: name }));
    };
    socket.on('error', fail);
    socket.on('data', read);
    socket.write(`CONNECT ${where} HTTP/1.1\r\nHost: ${where}\r\n\r\n`);
  };

  // fetch: what undici asks of a dispatcher, by the two modules above.
  const listed = (headers) => {
    if (!Array.isArray(headers)) return { ...headers };
    const object = {};
    for (let i = 0; i + 1 < headers.length; i += 2) object[headers[i]] = headers[i + 1];
    return object;
  };
  const bodySend = async (request, body) => {
    if (body && typeof body !== 'string' && !Buffer.isBuffer(body) && !(body instanceof Uint8Array)) {
      for await (const chunk of body) {
        if (!request.write(chunk)) await new Promise((resolve) => request.once('drain', resolve));
      }
      request.end();
    } else {
      request.end(body || undefined);
    }
  };
  const dispatch = (options, handler) => {
    const url = new URL(options.path, options.origin);
    const client = url.protocol === 'https:' ? https : http;
    const request = client.request(url, { method: options.method, headers: listed(options.headers), agent: new client.Agent() });
    let hasEnded = false;
    const end = (error) => {
      if (hasEnded) return;
      hasEnded = true;
      if (error) handler.onError(error);
      else handler.onComplete([]);
    };
    handler.onConnect((reason) => request.destroy(reason || new Error('aborted')));
    request.on('error', end);
    request.on('response', (response) => {
      const raw = response.rawHeaders.map((text) => Buffer.from(text, 'latin1'));
      response.on('error', end);
      response.on('aborted', () => end(new Error('the answer was cut off')));
      response.on('end', () => end());
      if (handler.onHeaders(response.statusCode, raw, () => response.resume(), response.statusMessage) === false) response.pause();
      response.on('data', (chunk) => {
        if (handler.onData(chunk) === false) response.pause();
      });
    });
    bodySend(request, options.body).catch((error) => request.destroy(error));
    return true;
  };
  Object.defineProperty(globalThis, Symbol.for('undici.globalDispatcher.1'), {
    value: { dispatch, close: async () => {}, destroy: async () => {} },
    writable: true,
    enumerable: false,
    configurable: false,
  });
}
delete require.cache[__filename];
