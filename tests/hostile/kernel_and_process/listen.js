const s = require("net").createServer();
s.on("error", (e) => { console.log("stopped:", e.code); process.exit(0); });
s.listen(0, "127.0.0.1", () => { console.log("ESCAPED: listens"); process.exit(0); });
