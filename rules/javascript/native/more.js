const ffi = require('ffi-napi');
const os = require('os');
// ruleid: javascript.native.foreign
ffi.Library('libc', {});
// ok: javascript.native.foreign
os.constants.dlopen;

// ruleid: javascript.native.shared-memory
new SharedArrayBuffer(8);
// ok: javascript.native.shared-memory
new ArrayBuffer(8);

// ruleid: javascript.native.buffer
new Buffer(10);
// ruleid: javascript.native.buffer
Buffer.allocUnsafe(10);
// ok: javascript.native.buffer
Buffer.alloc(10);
// ok: javascript.native.buffer
Buffer.from('x');
