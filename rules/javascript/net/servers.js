const http = require('http');

// ok: javascript.net.listen
const server = http.createServer(() => {});
// ruleid: javascript.net.listen
server.listen(80);
// ok: javascript.net.listen
emitter.on('x', () => {});
// ruleid: javascript.net.listen
start(http.createServer(() => {}));
