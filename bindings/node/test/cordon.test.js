// The Node package against the real library.
'use strict';
const assert = require('node:assert');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { after, before, test } = require('node:test');
const cordon = require('..');

let pool;
before(() => { pool = new cordon.Pool({ cells: 2, grants: ['env=NAME'] }); });
after(() => pool.close());

test('a check tells what it found', async () => {
  const report = await cordon.check("import os\nos.environ['KEY']", { path: 'x.py' });
  assert.strictEqual(report.approved, false);
  const { capability, argument, line, granted } = report.findings[0];
  assert.deepStrictEqual({ capability, argument, line, granted }, { capability: 'env', argument: 'KEY', line: 2, granted: false });
  assert.strictEqual((await cordon.check('print(1)')).approved, true);
});

test('wrong options say what is wrong', async () => {
  assert.throws(() => new cordon.Gate({ grants: ['nett=x'] }), /did you mean net/);
  await assert.rejects(cordon.check('x', { language: 'cobol' }), /unknown language/);
  await assert.rejects(cordon.run('print(1)', { env: { OTHER: 'x' } }), /OTHER/);
  await assert.rejects(cordon.run('print(1)', { args: ['a\0b'] }), TypeError);
});

test('a run gives what the program did', async () => {
  const source = "import os, sys\nprint(sys.argv[1:], os.environ['NAME'], input())\nprint('e', file=sys.stderr)\nsys.exit(3)";
  const result = await pool.run(source, { args: ['a', 'b c'], env: { NAME: 'v' }, input: 'line\n' });
  assert.deepStrictEqual([result.ended, result.exitCode, result.stdout, result.stderr], ['exited', 3, "['a', 'b c'] v line\n", 'e\n']);
  assert.ok(result.details.peak_memory_kib > 0);
});

test('javascript too', async () => {
  const result = await pool.run('console.log([1, 2].map(x => x * 2))', { language: 'javascript', require: true });
  assert.strictEqual(result.stdout, '[ 2, 4 ]\n');
});

test('refusals, limits and failures are thrown where that is wanted', async () => {
  await assert.rejects(pool.run("import os\nos.system('id')", { require: true }),
    (error) => error instanceof cordon.Rejected && error.report.findings.length > 0);
  await assert.rejects(pool.run('import time; time.sleep(60)', { limits: { wall: '200ms' }, require: true }),
    (error) => error instanceof cordon.LimitReached && error.result.limit === 'wall');
  await assert.rejects(pool.run('1 / 0', { require: true }), cordon.ProgramFailed);
});

test('a pool is warm', async () => {
  pool.warm('python', 1, { timeoutMs: 20000 });
  assert.strictEqual((await pool.run('print(1)')).warm, true);
  assert.ok(pool.stats().warmRuns >= 1);
});

test('streams come in order and end early', async () => {
  let text = '';
  let last;
  for await (const part of pool.stream('for i in range(3): print(i, flush=True)')) {
    if (part.data) text += part.data;
    last = part;
  }
  assert.strictEqual(text, '0\n1\n2\n');
  assert.strictEqual(last.ok, true);
  for await (const part of pool.stream("import time; print('x', flush=True); time.sleep(60)")) {
    assert.strictEqual(String(part.data), 'x\n');
    break;
  }
});

test('files go in and artifacts come out', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cordon-node-'));
  const source = path.join(folder, 'numbers.csv'), artifacts = path.join(folder, 'out');
  fs.writeFileSync(source, '1,2,3');
  const program = "text = open('in/data.csv').read()\nopen('sum.txt', 'w').write(str(sum(map(int, text.split(',')))))\nprint(text)";
  const done = await pool.run(program, { files: { 'in/data.csv': source }, artifacts, require: true });
  assert.strictEqual(done.stdout, '1,2,3\n');
  assert.strictEqual(fs.readFileSync(path.join(artifacts, 'sum.txt'), 'utf8'), '6');
  assert.deepStrictEqual(done.details.artifacts.map((file) => file.name), ['sum.txt']);
  await assert.rejects(pool.run('print(1)', { files: { '../x': source } }), /no name below/);
  await assert.rejects(pool.run('print(1)', { files: { x: path.join(folder, 'missing.csv') } }), /missing\.csv/);
  await assert.rejects(pool.run('print(1)', { artifacts: 'a\0b' }), TypeError);
  fs.rmSync(folder, { recursive: true });
});

test('an AbortSignal ends the cell', async () => {
  await assert.rejects(pool.run('import time; time.sleep(60)', { signal: AbortSignal.timeout(200) }), { name: 'TimeoutError' });
  await assert.rejects(pool.run('print(1)', { signal: AbortSignal.abort() }), { name: 'AbortError' });
});

test('many at once share a gate, and leave no descriptor', async () => {
  const open = () => fs.readdirSync('/proc/self/fd').length;
  await pool.run('print(1)');
  const results = await Promise.all(Array.from({ length: 8 }, (_, i) => pool.run(`print(${i})`)));
  assert.deepStrictEqual(results.map((result) => result.stdout), Array.from({ length: 8 }, (_, i) => `${i}\n`));
  const gate = new cordon.Gate();
  const idle = open();
  for (let i = 0; i < 100; i++) await gate.check('x = 1');
  for (let i = 0; i < 3; i++) await gate.run('print(1)');
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.ok(open() <= idle + 6, `${idle} ${open()}`);
  await gate.close();
  await assert.rejects(gate.check('x = 1'), /closed/);
});

test('a check in a process of its own finds the same', async () => {
  const plain = new cordon.Gate(), isolated = new cordon.Gate({ isolateCheck: true, checkDeadlineMs: 20000 });
  const source = "import os\nos.system('id')\n";
  const [one, other] = [await plain.check(source), await isolated.check(source)];
  assert.ok(one.findings.length > 0);
  assert.deepStrictEqual(other.findings, one.findings);
  assert.ok((await isolated.check('print(1)')).approved);
  await plain.close();
  await isolated.close();
});

test('features', () => {
  assert.ok(cordon.has('runtime:javascript') && !cordon.has('x') && cordon.version);
});

const CALLS = `
const { tools } = require('cordon');
(async () => {
  console.log(tools.add.signature, await tools.add({ a: 1, b: 2 }));
  const all = await Promise.allSettled([tools.slow({ ms: 200 }), tools.add({ a: 3 }), tools.fail({ name: 'x' }), tools.add({ a: 'x' })]);
  console.log(all.map((one) => one.value ?? one.reason.message).join('; '));
})();`;
const tools = {
  add: {
    description: 'Adds.', run: ({ a, b = 0 }) => a + b, result: { type: 'integer' },
    parameters: { type: 'object', properties: { a: { type: 'integer' }, b: { type: 'integer' } }, required: ['a'] },
  },
  slow: ({ ms }) => new Promise((resolve) => setTimeout(resolve, ms, 'slept')),
  fail: async ({ name }) => { throw new Error(`no such customer: ${name}`); },
};
const SAID = 'add({ a: number; b?: number }): Promise<number> 3\nslept; 3; no such customer: x; add: the arguments: .a: is not integer\n';

test('a program calls functions and promises', async () => {
  const result = await cordon.run(CALLS, { language: 'javascript', tools });
  assert.strictEqual(result.stdout, SAID, result.stderr);
  assert.deepStrictEqual(result.details.tools.calls.map((call) => call.outcome).sort(), ['failed', 'ok', 'ok', 'ok', 'refused']);
  const gate = new cordon.Pool({ cells: 2, tools });
  const python = 'import asyncio\nfrom cordon import tools\nasync def main():\n'
    + '    print(await asyncio.gather(*[tools.aio.add(a=i, b=i) for i in range(40)]) == [2 * i for i in range(40)])\nasyncio.run(main())';
  const all = await Promise.all([gate.run(CALLS, { language: 'javascript' }), gate.run(python), gate.run(python)]);
  assert.deepStrictEqual(all.map((one) => one.stdout), [SAID, 'True\n', 'True\n']);
  await gate.close();
});

test('a promise that never settles does not hold a run, and its calls are in the log', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cordon-node-'));
  const gate = new cordon.Gate({ tools: { never: { run: () => new Promise(() => {}), timeoutMs: 600000 }, one: () => 1 }, log: folder });
  const program = 'const { tools } = require("cordon");\ntools.one().then(() => tools.never());\nsetInterval(() => {}, 1000);';
  const result = await gate.run(program, { language: 'javascript', limits: { wall: '1500ms' } });
  assert.strictEqual(result.limit, 'wall');
  assert.deepStrictEqual(result.details.tools.calls.map((call) => [call.tool, call.outcome]), [['one', 'ok'], ['never', 'canceled']]);
  gate.close();
  const records = fs.readFileSync(path.join(folder, 'log.jsonl'), 'utf8').trim().split('\n').map((line) => JSON.parse(line));
  assert.deepStrictEqual(records.map((record) => record.event), ['open', 'run.start', 'tool.call', 'tool.end', 'tool.call', 'tool.end', 'run.end']);
  fs.rmSync(folder, { recursive: true });
});

test('a tool that is late, wrong or not granted', async () => {
  const gate = new cordon.Gate({ tools: { late: { run: () => new Promise(() => {}), timeoutMs: 200 }, nothing: () => undefined } });
  const program = 'from cordon import tools, ToolError\nfor tool in (tools.late, tools.nothing):\n    try: tool()\n    except ToolError as e: print(e)';
  const result = await gate.run(program);
  assert.match(result.stdout, /^(the tool took too long|the tool did not answer in time)\nnothing gave what is no JSON\n$/);
  const other = await gate.run('from cordon import tools\nprint(sorted(vars(tools)))', { tools: { other: () => 1 } });
  assert.strictEqual(other.stdout, "['aio', 'late', 'nothing']\n");
  await assert.rejects(gate.run('print(1)', { tools: { 'a-b': () => 1 } }), /no name for a tool/);
  await assert.rejects(gate.run('print(1)', { tools: { x: 1 } }), TypeError);
  await gate.close();
});

// The library loads the system's OpenSSL for the gateway, while Node has its own within it.
test('a secret goes over TLS, beside the TLS of Node itself', async () => {
  const { execFileSync } = require('node:child_process');
  const https = require('node:https');
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cordon-node-tls-'));
  const [key, certificate] = [path.join(folder, 'key.pem'), path.join(folder, 'certificate.pem')];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', '/CN=localhost',
    '-addext', 'subjectAltName=DNS:localhost', '-keyout', key, '-out', certificate], { stdio: 'ignore' });
  const secret = `key-${Buffer.from(String(process.hrtime.bigint())).toString('hex')}`;
  const keys = [];
  const server = https.createServer({ key: fs.readFileSync(key), cert: fs.readFileSync(certificate) }, (request, response) => {
    keys.push(request.headers.authorization);
    response.end(`told ${request.headers.authorization ?? 'nothing'}`);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const port = server.address().port;
  fs.writeFileSync(path.join(folder, 'policy.yaml'), `extends: agent\nmode: report\ngateway: {ca: ./certificate.pem, intercept: "localhost:${port}"}\n`
    + `secrets: {api: {from: {env: CORDON_NODE_TEST_KEY}, host: "https://localhost:${port}", header: "Authorization: Bearer {}"}}\n`);
  const own = () => new Promise((resolve, reject) => {
    https.get({ host: 'localhost', port, ca: fs.readFileSync(certificate), agent: false }, (response) => response.resume().on('end', () => resolve(response.statusCode)))
      .on('error', reject);
  });
  process.env.CORDON_NODE_TEST_KEY = secret;
  const gate = new cordon.Gate({ policy: path.join(folder, 'policy.yaml') });
  const program = `(async () => {
    const one = await (await fetch('http://api.cordon.internal/')).text();
    const other = await new Promise((resolve, reject) => require('https').get('https://localhost:${port}/', (answer) => {
      let text = ''; answer.on('data', (part) => { text += part; }).on('end', () => resolve(text)); }).on('error', reject));
    console.log(one === other, one.replaceAll('*', ''), JSON.stringify(process.env).includes('CORDON_NODE_TEST'));
  })();`;
  const runs = [1, 2, 3].map(() => gate.run(program, { language: 'javascript' }));
  const mine = [];
  for (let i = 0; i < 20; i += 1) mine.push(await own());
  for (const result of await Promise.all(runs)) {
    assert.strictEqual(result.stdout, 'true told Bearer  false\n', result.stderr + JSON.stringify(result.details.network));
    assert.deepStrictEqual(result.details.network.connections.map((one) => [one.secret, one.decision, one.scrubbed]), [['api', 'allow', 1], ['api', 'allow', 1]]);
    assert.ok(!JSON.stringify(result).includes(secret));
  }
  assert.ok(mine.every((status) => status === 200));
  assert.strictEqual(keys.filter((one) => one === `Bearer ${secret}`).length, 6);
  await gate.close();
  delete process.env.CORDON_NODE_TEST_KEY;
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  fs.rmSync(folder, { recursive: true });
});
