const https = require('https');
const { promisify } = require('util');

// ruleid: javascript.dynamic.indirect-function
const Async = (async () => {}).constructor;
// ruleid: javascript.dynamic.indirect-function
const Same = (function* () {})['constructor'];
// ok: javascript.dynamic.indirect-function
const name = thing.constructor.name;
// ok: javascript.dynamic.indirect-function
class B { constructor() { this.x = 1; } }

// ruleid: javascript.dynamic.other-require
module.parent.require('x');
// ruleid: javascript.dynamic.other-require
require.main.require('./x');
// ok: javascript.dynamic.other-require
if (require.main === module) main();
// ok: javascript.dynamic.other-require
module.exports = name;

// ruleid: javascript.exec.kept-process
const all = { ...require('child_process') };
// ruleid: javascript.exec.kept-process
const box = { get go() { return require('child_process').execSync; } };
// ruleid: javascript.exec.kept-process
const kept = { a: require('child_process') };
// ruleid: javascript.exec.kept-process
start(require('child_process'));
// ok: javascript.exec.kept-process
jest.spyOn(require('child_process'), 'exec');
// ok: javascript.exec.kept-process
const copy = { ...options };

// ruleid: javascript.net.kept-client
const fetched = promisify(https.get);
// ok: javascript.net.kept-client
const got = promisify(table.get);

// ruleid: javascript.introspect.shared-prototype
Object.assign({}.__proto__, { shell: 'x' });
// ok: javascript.introspect.shared-prototype
Object.assign(B.prototype, { x: 1 });
