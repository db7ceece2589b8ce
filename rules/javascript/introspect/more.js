const v8 = require('v8');
const async_hooks = require('async_hooks');
const inspector = require('inspector');
// ruleid: javascript.introspect.stack
Error.prepareStackTrace = (e, s) => s;
// ruleid: javascript.introspect.stack
arguments.callee;
// ok: javascript.introspect.stack
e.stack;
// ok: javascript.introspect.stack
Error.captureStackTrace(this, f);

// ruleid: javascript.introspect.pollution
box['__proto__'].admin = true;
// ruleid: javascript.introspect.pollution
box.__defineGetter__('x', f);
// ok: javascript.introspect.pollution
Object.getPrototypeOf(box);
// ok: javascript.introspect.pollution
class B extends A {}

// ruleid: javascript.introspect.global-change
JSON.parse = hook;
// ruleid: javascript.introspect.global-change
globalThis.fetch = hook;
// ok: javascript.introspect.global-change
reader.parse = hook;
// ok: javascript.introspect.global-change
const log = console.log;

// ruleid: javascript.introspect.debugger
async_hooks.createHook({});
// ok: javascript.introspect.debugger
performance.now();

// ruleid: javascript.introspect.proxy-escape
new Proxy({}, { getPrototypeOf(t) { return x; } });
// ok: javascript.introspect.proxy-escape
new Proxy({}, { get(t, k) { return t[k]; } });
