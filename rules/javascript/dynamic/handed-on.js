// ruleid: javascript.dynamic.handed-on
['1'].map(eval);
// ruleid: javascript.dynamic.handed-on
[eval][0]('1');
// ruleid: javascript.dynamic.handed-on
const table = { f: eval };
// ok: javascript.dynamic.handed-on
['1'].map(evaluate);
// ok: javascript.dynamic.handed-on
const table2 = { f: run };
