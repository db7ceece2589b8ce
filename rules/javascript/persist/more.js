const fs = require('fs');
// ruleid: javascript.persist.schedule-text
const l = '@reboot node /tmp/x.js';
// ok: javascript.persist.schedule-text
const t = '5 * 3';

// ruleid: javascript.persist.package-script
const p = { scripts: { postinstall: 'node x.js' } };
// ok: javascript.persist.package-script
const p = { scripts: { test: 'node x.js' } };

// ruleid: javascript.persist.self-copy
fs.unlinkSync(__filename);
// ok: javascript.persist.self-copy
fs.readFileSync(__filename);

const cp = require('child_process');
// ruleid: javascript.persist.detached
cp.spawn('x', [], { detached: true });
// ok: javascript.persist.detached
timer.unref();
