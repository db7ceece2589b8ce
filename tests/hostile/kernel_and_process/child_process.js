const done = require("child_process").spawnSync(process.execPath, ["-e", "0"]);
console.log(done.status === 0 ? "ESCAPED: a program ran" : `stopped: ${done.error}`);
