const v8 = require('v8');

// ruleid: javascript.deserialize.unserialize
v8.deserialize(bytes);
// ok: javascript.deserialize.unserialize
JSON.parse(text);
