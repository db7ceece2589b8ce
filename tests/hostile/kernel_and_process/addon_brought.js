// A library that the program brought, loaded as an addon: whether its code is mapped, the message tells.
const fs = require('fs');
const line = fs.readFileSync('/proc/self/maps', 'utf8').split('\n').find((l) => l.includes('libc.so'));
fs.copyFileSync(line.split(/\s+/).pop(), 'brought.node');
try {
  process.dlopen({ exports: {} }, require('path').resolve('brought.node'));
  console.log('ESCAPED: loaded');
} catch (error) {
  const isMapped = error.message.includes('did not self-register');
  console.log((isMapped ? 'ESCAPED: its code was mapped: ' : 'stopped: ') + error.message);
}
