const fs = require('fs');
const { readFileSync } = require('node:fs');
const os = require('os');

// ruleid: javascript.fs.read
fs.readFileSync('/etc/passwd');
// ruleid: javascript.fs.read
readFileSync('/etc/hosts', 'utf8');
const folder = '/var/lib';
// ruleid: javascript.fs.read
fs.createReadStream(folder + '/x');
// ok: javascript.fs.read
fs.readFileSync('data.json');
// ok: javascript.fs.read
fs.readFileSync('/tmp/data.json');
// ok: javascript.fs.read
fs.readFileSync(name);

// ruleid: javascript.fs.write
fs.writeFileSync('/srv/x', 'text');
// ruleid: javascript.fs.write
fs.rmSync('/', { recursive: true });
// ok: javascript.fs.write
fs.writeFileSync('out.json', 'text');

// ruleid: javascript.fs.credentials
const key = '/home/user/.ssh/id_rsa';
// ok: javascript.fs.credentials
const page = 'docs/ssh.html';

// ruleid: javascript.fs.home
os.homedir();
// ok: javascript.fs.home
router.homedir();
