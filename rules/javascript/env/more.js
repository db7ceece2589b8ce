const os = require('os');
const fs = require('fs');
const path = require('path');
// ruleid: javascript.env.person
os.userInfo();
// ruleid: javascript.env.person
os.homedir();
// ok: javascript.env.person
os.EOL;
// ok: javascript.env.person
os.cpus();

const keytar = require('keytar');
// ruleid: javascript.env.keychain
keytar.getPassword('a', 'b');
// ok: javascript.env.keychain
store.getPassword('a');

// ruleid: javascript.env.report
process.report.getReport();
// ok: javascript.env.report
process.memoryUsage();
