// ruleid: javascript.net.metadata
const u = 'http://169.254.169.254/latest/meta-data/';
// ruleid: javascript.net.metadata
const h = 'metadata.google.internal';
// ok: javascript.net.metadata
const a = '169.254.1.1';

// ruleid: javascript.net.drop-site
const u = 'https://webhook.site/0f3e';
// ruleid: javascript.net.drop-site
const d = 'https://discord.com/api/webhooks/1/x';
// ok: javascript.net.drop-site
const u = 'https://example.com/webhook';
