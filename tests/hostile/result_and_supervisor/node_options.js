// a package.json in the scratch folder, and options by a variable
const fs = require('fs');
fs.writeFileSync('package.json', '{"type": "module"}');
console.log(process.env.CORDON_TEST_SECRET ? 'ESCAPED: outside' : 'stopped: ' + (process.env.NODE_OPTIONS || 'none'));
