// ruleid: javascript.persist.startup
const name = '/home/user/.bashrc';
// ruleid: javascript.persist.startup
const hook = '.git/hooks/pre-commit';
// ok: javascript.persist.startup
const page = 'profile.html';
