// ruleid: javascript.signal.kill
process.kill(1);
// ok: javascript.signal.kill
child.kill();
