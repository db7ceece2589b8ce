const http = require('http');

// ruleid: javascript.net.listen
const server = http.createServer(() => {});
// ruleid: javascript.net.listen
server.listen(80);
// ok: javascript.net.listen
emitter.on('x', () => {});
