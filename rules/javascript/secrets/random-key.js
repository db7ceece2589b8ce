// ruleid: javascript.secrets.random-key
const apiKey = 'Zk3vQ9rT7yLp2XwB8nMd4FgH6jKs1CqV';
// ruleid: javascript.secrets.random-key
client.token = 'Zk3vQ9rT7yLp2XwB8nMd4FgH6jKs1CqV';
// ruleid: javascript.secrets.random-key
const options = { headers: { 'X-Api-Key': 'Zk3vQ9rT7yLp2XwB8nMd4FgH6jKs1CqV' } };
// ok: javascript.secrets.random-key
const token = 'next';
// ok: javascript.secrets.random-key
const integrity = 'Zk3vQ9rT7yLp2XwB8nMd4FgH6jKs1CqV';
// ok: javascript.secrets.random-key
const secret = 'your-SECRET-goes-in-here-1';
