const vm = require('vm');
const repl = require('repl');
const { Worker } = require('worker_threads');
// ruleid: javascript.dynamic.decode-execute
eval(atob('YWxlcnQoMSk='));
// ruleid: javascript.dynamic.decode-execute
new Function(Buffer.from(x, 'base64').toString())();
// ruleid: javascript.dynamic.decode-execute
eval(String.fromCharCode(49, 43, 49));
// ok: javascript.dynamic.decode-execute
const t = atob(x);
// ok: javascript.dynamic.decode-execute
run(atob(x));

// ruleid: javascript.dynamic.download-execute
fetch(u).then((r) => r.text()).then(eval);
// ruleid: javascript.dynamic.download-execute
import('https://example.com/x.js');
// ruleid: javascript.dynamic.download-execute
socket.on('data', (d) => eval(d.toString()));
// ok: javascript.dynamic.download-execute
fetch(u).then(show);
// ok: javascript.dynamic.download-execute
import('./x.js');

// ruleid: javascript.dynamic.constructor-call
''.constructor.constructor('return process')();
// ruleid: javascript.dynamic.constructor-call
[]['constructor']['constructor']('x')();
// ruleid: javascript.dynamic.constructor-call
(() => {}).constructor('return 1')();
// ruleid: javascript.dynamic.constructor-call
const { constructor: F } = () => {};
// ruleid: javascript.dynamic.constructor-call
const K = class extends Function {};
// ruleid: javascript.dynamic.constructor-call
Reflect.construct(Function, ['return 1']);
// ok: javascript.dynamic.constructor-call
this.constructor.name;
// ok: javascript.dynamic.constructor-call
new this.constructor(x);

// ruleid: javascript.dynamic.repl
repl.start();
// ok: javascript.dynamic.repl
reply.start();

const { VM } = require('vm2');
// ruleid: javascript.dynamic.sandbox-library
new VM().run(text);
// ok: javascript.dynamic.sandbox-library
new Machine().run(text);

// ruleid: javascript.dynamic.script-element
document.createElement('script');
// ruleid: javascript.dynamic.script-element
node.setAttribute('onclick', text);
// ok: javascript.dynamic.script-element
document.createElement('div');
// ok: javascript.dynamic.script-element
node.setAttribute('class', text);

// ruleid: javascript.dynamic.global-lookup
globalThis[name]('x');
// ruleid: javascript.dynamic.global-lookup
process[name];
// ruleid: javascript.dynamic.global-lookup
const g = (function () { return this; })();
// ok: javascript.dynamic.global-lookup
globalThis['Map'];
// ok: javascript.dynamic.global-lookup
table[name]('x');

// ruleid: javascript.dynamic.with
with (box) { run(x); }
// ok: javascript.dynamic.with
withBox(box);

// ruleid: javascript.dynamic.assembled-require
require('child' + x);
// ruleid: javascript.dynamic.assembled-require
require(atob('ZnM='));
// ruleid: javascript.dynamic.assembled-require
require.call(null, 'fs');
// ruleid: javascript.dynamic.assembled-require
process.mainModule.require('fs');
// ok: javascript.dynamic.assembled-require
require('fs');
// ok: javascript.dynamic.assembled-require
load('a' + b);

const Module = require('module');
// ruleid: javascript.dynamic.loader-hook
Module.prototype.require = hook;
// ruleid: javascript.dynamic.loader-hook
require.cache[key] = fake;
// ok: javascript.dynamic.loader-hook
module.exports = {};
// ok: javascript.dynamic.loader-hook
cache[key] = value;

const ejs = require('ejs');
// ruleid: javascript.dynamic.template-code
ejs.render(text, {});
// ok: javascript.dynamic.template-code
ejs.render('<b><%= x %></b>', {});
