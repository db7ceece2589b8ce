// The first thing that a waiting Node runs: preloaded, at the end of its start and before the program is opened. It takes one
// framed job, hides itself, and Node goes on to the program by itself. The end of the stream, or of any part of the job, ends
// the cell without a program. Workers preload it too, and must not wait again.
'use strict';
if (require('worker_threads').isMainThread) {
  const fs = require('fs');
  const take = (size) => {
    const bytes = Buffer.alloc(size);
    for (let at = 0; at < size;) {
      const got = fs.readSync(3, bytes, at, size - at, null);
      if (got === 0) process.reallyExit(125);
      at += got;
    }
    return bytes;
  };
  // Made on first use otherwise, at the cost of the program that waits for them.
  void process.stdout;
  void process.stderr;
  const pages = fs.readFileSync('/proc/self/statm', 'latin1').split(' ');
  const ready = Buffer.alloc(8);
  ready.writeUInt32LE(pages[1] - pages[2], 0);
  fs.writeSync(3, ready);
  const head = take(12);
  const texts = take(head.readUInt32LE(8)).toString('utf8').split('\0');
  if (head.toString('latin1', 0, 4) !== 'cell') process.reallyExit(125);
  fs.closeSync(3);
  const count = head.readUInt32LE(4);
  process.argv.push(...texts.slice(0, count));
  for (const text of texts.slice(count, -1)) {
    const equals = text.indexOf('=');
    process.env[text.slice(0, equals)] = text.slice(equals + 1);
  }
}
for (let at; (at = process.execArgv.indexOf('--require')) >= 0;) process.execArgv.splice(at, 2);
delete require.cache[__filename];
