// ruleid: javascript.dynamic.handed-on
['1'].map(eval);
// ruleid: javascript.dynamic.handed-on
[eval][0]('1');
// ruleid: javascript.dynamic.handed-on
const table = { f: eval };
// ok: javascript.dynamic.handed-on
['1'].map(evaluate);
// ok: javascript.dynamic.handed-on
const table2 = { f: run };

const fs = require('fs');
// ruleid: javascript.dynamic.handed-on
start(module['req' + 'uire']);
// ruleid: javascript.dynamic.handed-on
const table3 = { f: process.getBuiltinModule };
// ok: javascript.dynamic.handed-on
if (require.main === module) main();
// ruleid: javascript.dynamic.module-walked
Object.values(fs).find((f) => f.name === name)('x');
// ruleid: javascript.dynamic.module-walked
for (const [key, f] of Object.entries(require('node:fs'))) f('x');
// ok: javascript.dynamic.module-walked
Object.values(files).find((f) => f.name === name);
// ok: javascript.dynamic.module-walked
fs.readdirSync('.').map((f) => f.name);
