const cordon = require('cordon');
const { tools } = require('cordon');
const { tools: t, ToolError } = require('cordon');

// ruleid: javascript.tool.use
tools.query({ sql: 'select 1' });
// ruleid: javascript.tool.use
cordon.tools.query({ sql: 'select 1' });
// ruleid: javascript.tool.use
t.query({ sql: 'select 1' }).then(print);
// ruleid: javascript.tool.use
require('cordon').tools.query({});
// ruleid: javascript.tool.use
const run = tools.query;
// ruleid: javascript.tool.use
tools['query']({});
const { query, price: p } = tools;
// ruleid: javascript.tool.use
query({});
// ruleid: javascript.tool.use
list.map(p);
// ruleid: javascript.tool.use
Reflect.get(tools, 'query')({});
// ruleid: javascript.tool.use
list.map(tools.query);
const name = process.argv[2];
// ruleid: javascript.tool.use
tools[name]();
// ok: javascript.tool.use
toolbox.query({ sql: 'select 1' });
// ok: javascript.tool.use
throw new ToolError('x');
// ok: javascript.tool.use
cordon.ToolError;
