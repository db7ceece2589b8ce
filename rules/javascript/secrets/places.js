const path = require('path');
// ruleid: javascript.secrets.browser
const db = 'AppData/Local/Google/Chrome/User Data/Default/Login Data';
// ruleid: javascript.secrets.browser
const n = 'logins.json';
// ok: javascript.secrets.browser
const n = 'chrome';
// ok: javascript.secrets.browser
const a = 'Mozilla/5.0 (X11) Chrome/120';

// ruleid: javascript.secrets.wallet
const w = '.bitcoin/wallet.dat';
// ruleid: javascript.secrets.wallet
const id = 'nkbihfbeogaeaoehlefnkodbefgpgknn';
// ok: javascript.secrets.wallet
const w = 'wallet';

// ruleid: javascript.secrets.messenger
const d = 'discord/Local Storage/leveldb';
// ok: javascript.secrets.messenger
const d = 'discord';

// ruleid: javascript.secrets.keychain
const c = 'security find-generic-password -wa Chrome';
// ok: javascript.secrets.keychain
const c = 'keychain';

// ruleid: javascript.secrets.history
const h = '/home/u/.bash_history';
// ok: javascript.secrets.history
const h = 'history.js';

// ruleid: javascript.secrets.cloud-file
const f = path.join(home, '.aws/credentials');
// ruleid: javascript.secrets.cloud-file
const f2 = '.env.production';
// ok: javascript.secrets.cloud-file
const f = 'credentials';
// ok: javascript.secrets.cloud-file
const f2 = '.env.example';

// ruleid: javascript.secrets.key-file
const k = '/home/u/.ssh/id_rsa';
// ruleid: javascript.secrets.key-file
const k2 = 'private_key.pem';
// ok: javascript.secrets.key-file
const k = 'public_key.pem';
