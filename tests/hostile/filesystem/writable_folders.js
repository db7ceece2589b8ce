// folders that can be written, other than the scratch folder
const fs = require('fs');
const path = require('path');
const found = [];
function walk(folder, depth) {
  if (depth > 3 || folder.startsWith('/proc') || folder.startsWith('/scratch') || folder.startsWith('/sys')) return;
  try { fs.accessSync(folder, fs.constants.W_OK); found.push(folder); } catch {}
  try {
    for (const entry of fs.readdirSync(folder, { withFileTypes: true }))
      if (entry.isDirectory()) walk(path.join(folder, entry.name), depth + 1);
  } catch {}
}
for (const top of ['/usr', '/etc', '/dev', '/var', '/program', '/cordon', '/home', '/tmp/..']) walk(top, 0);
console.log(found.length ? 'ESCAPED:' : 'stopped:', found.slice(0, 5));
