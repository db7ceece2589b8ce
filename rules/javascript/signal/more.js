const os = require('os');
// ruleid: javascript.signal.privilege
process.setuid(0);
// ok: javascript.signal.privilege
process.getuid();

// ruleid: javascript.signal.ignore-end
process.on('SIGTERM', () => {});
// ok: javascript.signal.ignore-end
process.on('exit', save);

const child_process = require('child_process');
// ruleid: javascript.signal.fork-bomb
child_process.fork(__filename);
// ruleid: javascript.signal.fork-bomb
while (true) { new Worker('x.js'); }
// ok: javascript.signal.fork-bomb
while (true) { step(); }
