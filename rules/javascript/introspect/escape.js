// ruleid: javascript.introspect.binding
const inspector = require('inspector');

// ruleid: javascript.introspect.constructor
[].constructor.constructor('return process')();
// ruleid: javascript.introspect.constructor
(() => {})['constructor']('return 1');
// ok: javascript.introspect.constructor
this.constructor.name;

// ruleid: javascript.introspect.prototype
Object.prototype.admin = true;
// ruleid: javascript.introspect.prototype
target.__proto__.admin = true;
// ok: javascript.introspect.prototype
Shape.prototype.area = function () {};

// ruleid: javascript.introspect.binding
process.binding('fs');
// ruleid: javascript.introspect.binding
inspector.open();
// ok: javascript.introspect.binding
process.exit(0);

// ruleid: javascript.introspect.constructor
['constructor', 'constructor'].reduce((o, k) => o[k], {});
// ok: javascript.introspect.constructor
['construct', 'name'].join();
