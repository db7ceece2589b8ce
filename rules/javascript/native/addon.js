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
