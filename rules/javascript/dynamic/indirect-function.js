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
// ruleid: javascript.exec.kept-process
const { [key]: start } = require('child_process');
// ok: javascript.exec.kept-process
const { ['spawn']: begin, ...others } = require('child_process');
// ok: javascript.exec.kept-process
jest.spyOn(require('child_process'), 'exec');
// ok: javascript.exec.kept-process
const copy = { ...options };

// ruleid: javascript.net.kept-client
for (const each of Object.values(https)) each();
// ruleid: javascript.net.kept-client
const fetched = promisify(https.get);
// ok: javascript.net.kept-client
const got = promisify(table.get);

// ruleid: javascript.introspect.shared-prototype
Object.assign({}.__proto__, { shell: 'x' });
// ok: javascript.introspect.shared-prototype
Object.assign(B.prototype, { x: 1 });

// ruleid: javascript.dynamic.kept-module
Object.entries(globalThis);
// ruleid: javascript.dynamic.kept-module
((p) => p.mainModule)(process);
// ruleid: javascript.dynamic.kept-module
[module][0].require('fs');
// ok: javascript.dynamic.kept-module
if (require.main === module) main();
// ok: javascript.dynamic.kept-module
typeof module !== 'undefined' && module.exports;
// ok: javascript.dynamic.kept-module
const out = process.stdout;
// ok: javascript.dynamic.kept-module
expect(process).toBeDefined();
// ok: javascript.dynamic.kept-module
typeof globalThis;

// ruleid: javascript.dynamic.exported-module
export * from 'node:child_process';
// ok: javascript.dynamic.exported-module
export * from './child_process.js';

// ruleid: javascript.dynamic.global-by-this
this['ev' + 'al']('1');
// ruleid: javascript.dynamic.global-by-this
arguments[1]('fs');
// ok: javascript.dynamic.global-by-this
this.fetch('x');
function second() {
  // ok: javascript.dynamic.global-by-this
  arguments[1](1);
}

// ruleid: javascript.exec.unknown-object
thing.execSync('id');
// ruleid: javascript.exec.unknown-object
thing.mainModule.require('x');
// ok: javascript.exec.unknown-object
/a/.exec('a');
// ok: javascript.exec.unknown-object
thing.spawn('x');

// ruleid: javascript.dynamic.indirect-function
(() => {})[key];

// ruleid: javascript.dynamic.indirect-function
const Made = Object.getPrototypeOf(Object).constructor;
// ruleid: javascript.dynamic.indirect-function
const Other = parseInt.constructor;
// ok: javascript.dynamic.indirect-function
const Same2 = Object.getPrototypeOf(this).constructor;
// ok: javascript.dynamic.indirect-function
const copy = new thing.constructor(1);
