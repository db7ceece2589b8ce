// outside: no, limit: files
const fs = require("fs");
for (;;) fs.openSync(__filename);
