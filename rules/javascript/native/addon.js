// ruleid: javascript.native.dlopen
process.dlopen(module, './x.node');
// ruleid: javascript.native.dlopen
require('./build/x.node');
// ok: javascript.native.dlopen
require('./node.js');

// ruleid: javascript.native.wasm
WebAssembly.instantiate(bytes);
// ok: javascript.native.wasm
assembly.compile(bytes);

const { WASI } = require('wasi');
// ruleid: javascript.native.wasi
new WASI({ preopens: { '/': '/' } });
// ok: javascript.native.wasi
new Wasi();
