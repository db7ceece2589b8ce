// outside: no, limit: file_size
const fs = require("fs");
const fd = fs.openSync("big", "w");
for (;;) fs.writeSync(fd, Buffer.alloc(1 << 20));
