// a connection from Node
const net = require('net');
const server = net.createServer(() => {});
server.on('error', (e) => console.log('stopped:', e.code));
server.listen(0, '127.0.0.1', () => { console.log('ESCAPED: listening'); server.close(); });
