// Builds the addon with the C compiler alone and puts libcordon beside it:
//
//     node build.js [OUT]      CORDON_LIBRARY=PATH takes another libcordon than the one in build/ of the clone
'use strict';
const { execFileSync } = require('child_process');
const fs = require('fs');
const path = require('path');

const fail = (message) => {
  console.error(`cordon: ${message}`);
  process.exit(1);
};
const clone = path.resolve(fs.realpathSync(__dirname), '../..');
const library = process.env.CORDON_LIBRARY || path.join(clone, 'build/libcordon.so.0');
const out = path.resolve(process.argv[2] || path.join(__dirname, 'build'));
const headers = [path.resolve(process.execPath, '../../include/node'), '/usr/include/node', '/usr/include/nodejs/src']
  .find((folder) => fs.existsSync(path.join(folder, 'node_api.h')));
if (!fs.existsSync(library)) fail(`no ${library}: run make in the clone first`);
if (!headers) fail('no node_api.h: apt-get install -y libnode-dev');
fs.mkdirSync(out, { recursive: true });
fs.copyFileSync(library, path.join(out, 'libcordon.so.0'));
execFileSync(process.env.CC || 'cc', ['-std=gnu17', '-O2', '-Wall', '-Wextra', '-Werror', '-fPIC', '-shared', '-pthread',
  '-fvisibility=hidden', '-DNAPI_VERSION=8', '-isystem', headers, '-I', clone,
  ...['addon.c', 'job.c', 'value.c'].map((name) => path.join(__dirname, name)), '-o', path.join(out, 'cordon.node'),
  path.join(out, 'libcordon.so.0'), '-Wl,-rpath,$ORIGIN', '-Wl,--as-needed'], { stdio: 'inherit' });
