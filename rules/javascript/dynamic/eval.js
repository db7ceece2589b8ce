const vm = require('vm');
const Module = require('module');
const { Worker } = require('worker_threads');

// ruleid: javascript.dynamic.eval
eval('1');
// ruleid: javascript.dynamic.eval
new Function('return 1')();
// ruleid: javascript.dynamic.eval
globalThis['ev' + 'al']('1');
// ruleid: javascript.dynamic.eval
(0, eval)('1');
// ruleid: javascript.dynamic.eval
\u0065val('1');
// ok: javascript.dynamic.eval
model.eval('1');

// ruleid: javascript.dynamic.timer
setTimeout('run()', 10);
// ok: javascript.dynamic.timer
setTimeout(() => run(), 10);

// ruleid: javascript.dynamic.vm
vm.runInThisContext('1');
// ruleid: javascript.dynamic.vm
new vm.Script('1');
// ok: javascript.dynamic.vm
context.runInContext('1');

// ruleid: javascript.dynamic.require
require(name);
// ruleid: javascript.dynamic.require
require('./' + name);
// ok: javascript.dynamic.require
require('fs');
// ok: javascript.dynamic.require
require('./' + 'local');

// ruleid: javascript.dynamic.module-internals
Module._load('fs');
// ruleid: javascript.dynamic.module-internals
require.cache;
// ok: javascript.dynamic.module-internals
cache.require;

// ruleid: javascript.dynamic.worker-code
new Worker('x', { eval: true });
// ok: javascript.dynamic.worker-code
new Worker(__filename);

const { Worker: Thread } = require('worker_threads');
// ruleid: javascript.dynamic.worker-code
new Thread(process.argv[2]);
// ok: javascript.dynamic.worker-code
new Thread(__filename);
// ok: javascript.dynamic.worker-code
new Thread(new URL('./worker.js', import.meta.url));
// ruleid: javascript.dynamic.eval
new ShadowRealm().evaluate('1');
// ruleid: javascript.dynamic.eval
parent.eval('1');
// ok: javascript.dynamic.eval
table.eval('1');
