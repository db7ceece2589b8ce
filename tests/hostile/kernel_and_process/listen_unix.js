// a server on a named local socket
const s = require("net").createServer();
s.on("error", (e) => { console.log("stopped:", e.code); process.exit(0); });
s.listen(require("path").join(process.cwd(), "sock"), () => { console.log("ESCAPED: listens"); process.exit(0); });
