// ruleid: javascript.env.variable
process.env['API_KEY'];
// ok: javascript.env.variable
settings['API_KEY'];

// ruleid: javascript.env.member
const key = process.env.API_KEY;
// ruleid: javascript.env.member, javascript.env.all
const { TOKEN } = process.env;
// ok: javascript.env.member
const mode = settings.env.MODE;

// ruleid: javascript.env.all
console.log(process.env);
// ruleid: javascript.env.all
Object.keys(process.env);
// ok: javascript.env.all
Object.keys(settings);

// ruleid: javascript.env.member
Deno.env.get('SECRET');
// ok: javascript.env.member
options.env.get('SECRET');

// ruleid: javascript.env.handed-on
new Proxy(process.env, {});
// ok: javascript.env.handed-on
const home = lookup(process.platform);

// ruleid: javascript.env.all
console.log('state', process);
// ok: javascript.env.all
console.log(process.argv.length);
