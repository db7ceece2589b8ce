const fs = require('fs');
const path = require('path');
// ruleid: javascript.fs.device
const d = '/dev/sda';
// ok: javascript.fs.device
const d = '/dev/null';

// ruleid: javascript.fs.kernel-setting
fs.writeFileSync('/proc/sys/kernel/core_pattern', '|/x');
// ok: javascript.fs.kernel-setting
const p = 'sys/kernel';

// ruleid: javascript.fs.other-process
fs.readFileSync('/proc/self/environ');
// ok: javascript.fs.other-process
const p = '/proc/cpuinfo';

// ruleid: javascript.fs.container-socket
const s = '/var/run/docker.sock';
// ok: javascript.fs.container-socket
const s = 'docker.sock.txt';

// ruleid: javascript.fs.system-secret
const f = '/etc/shadow';
// ruleid: javascript.fs.system-secret
const r = '/root/.profile';
// ok: javascript.fs.system-secret
const f = 'shadow';

// ruleid: javascript.fs.library
process.chdir('/');
const rimraf = require('rimraf');
// ruleid: javascript.fs.library
rimraf.sync('/srv/x');
// ok: javascript.fs.library
process.chdir('out');
// ok: javascript.fs.library
rimraf.sync('build');

// ruleid: javascript.fs.permissive-mode
fs.chmodSync('x', 0o777);
// ruleid: javascript.fs.permissive-mode
fs.chmodSync('x', '4755');
// ok: javascript.fs.permissive-mode
fs.chmodSync('x', 0o644);

// ruleid: javascript.fs.wipe
fs.rmSync('/', { recursive: true });
// ruleid: javascript.fs.wipe
fs.rmSync(__dirname, { recursive: true });
// ok: javascript.fs.wipe
fs.rmSync('build', { recursive: true });
