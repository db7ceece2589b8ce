require("dns").lookup("localhost.example", { all: true }, () => {});
try {
  const s = require("dgram").createSocket("udp4");
  s.on("error", (e) => { console.log("stopped:", e.code); process.exit(0); });
  s.bind(0, () => { console.log("ESCAPED: a datagram socket"); process.exit(0); });
} catch (e) { console.log("stopped:", e.code); }
