const cp = require('child_process');
const { exec, spawn: launch } = require('node:child_process');
import { execFile } from 'child_process';
const util = require('util');

// ruleid: javascript.exec.shell
cp.exec('id');
// ruleid: javascript.exec.shell
exec('id', () => {});
// ruleid: javascript.exec.shell
require('child_process').execSync(command);
// ok: javascript.exec.shell
pattern.exec('text');

// ruleid: javascript.exec.program
cp.spawn('git', ['status']);
// ruleid: javascript.exec.program
launch('git');
// ruleid: javascript.exec.program
execFile('/bin/sh');
// ok: javascript.exec.program
engine.spawn('worker');

// ruleid: javascript.exec.bun-deno
new Deno.Command('id');
// ok: javascript.exec.bun-deno
new Command('id');

// ruleid: javascript.exec.promisified, javascript.exec.shell
const run = util.promisify(cp.exec);
// ok: javascript.exec.promisified
const wait = util.promisify(setTimeout);
