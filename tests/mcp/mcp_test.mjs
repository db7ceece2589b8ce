// `cordon mcp` as its clients see it: the official ones of both eras, and lines that no client would send. Speaks TAP.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createInterface } from "node:readline";
import { tmpdir } from "node:os";
import { Client as LegacyClient } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport as LegacyTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { Client as ModernClient } from "@modelcontextprotocol/client";
import { StdioClientTransport as ModernTransport } from "@modelcontextprotocol/client/stdio";

const program = process.env.CORDON;
const folder = mkdtempSync(tmpdir() + "/cordon-mcp-");
const env = { ...process.env, XDG_STATE_HOME: folder };
const records = () => readFileSync(folder + "/cordon/log.jsonl", "utf8").trim().split("\n").map((l) => JSON.parse(l));
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const python = (code, more = {}) => ({ language: "python", code, ...more });

// A client of either era, connected; closed behind the test.
async function connected(era, use, args = []) {
    const info = { name: "cordon-test", version: "1.0" };
    const server = { command: program, args: ["mcp", "--actor", "tester", ...args], env, stderr: "inherit" };
    const client = era === "legacy" ? new LegacyClient(info)
        : new ModernClient(info, { versionNegotiation: { mode: { pin: "2026-07-28" } } });
    await client.connect(era === "legacy" ? new LegacyTransport(server) : new ModernTransport(server));
    try { await use(client); } finally { await client.close(); }
}

// The server with lines of our own. `ask` sends one and waits for the answer to its id.
async function raw(use, args = []) {
    const child = spawn(program, ["mcp", ...args], { env, stdio: ["pipe", "pipe", "inherit"] });
    const ended = new Promise((done) => child.on("exit", (code, signal) => done(code ?? signal)));
    const answers = [], waiting = [];
    createInterface({ input: child.stdout }).on("line", (line) => {
        const answer = JSON.parse(line);
        const at = waiting.findIndex((w) => w.fits(answer));
        if (at >= 0) waiting.splice(at, 1)[0].done(answer); else answers.push(answer);
    });
    child.stdin.on("error", () => {});
    const send = (text) => child.stdin.write((typeof text === "string" ? text : JSON.stringify(text)) + "\n");
    const wait = (fits) => {
        const at = answers.findIndex(fits);
        if (at >= 0) return answers.splice(at, 1)[0];
        return new Promise((done, fail) => {
            waiting.push({ fits, done });
            setTimeout(() => fail(new Error("no answer")), 60000).unref();
        });
    };
    const ask = (message) => { send(message); return wait((a) => a.id === (message.id ?? null)); };
    const handshake = () => ask({ jsonrpc: "2.0", id: "init", method: "initialize",
        params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "raw", version: "1" } } });
    try { await use({ child, send, wait, ask, handshake, answers, ended }); } finally { child.stdin.end(); await ended; }
}
const modern = (more = {}) => ({ _meta: { "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientCapabilities": {}, ...more } });

const tests = {};
for (const era of ["legacy", "modern"]) {
    tests[`${era}: lists the tools with their schemas`] = () => connected(era, async (client) => {
        const { tools } = await client.listTools();
        assert.deepEqual(tools.map((t) => t.name), ["check_code", "run_code", "explain_policy"]);
        for (const tool of tools) assert.equal(tool.inputSchema.type, "object"), assert.equal(tool.outputSchema.type, "object");
        assert.equal(client.getServerVersion().name, "cordon");
    });
    tests[`${era}: checks a program; the findings are structured and text`] = () => connected(era, async (client) => {
        const result = await client.callTool({ name: "check_code", arguments: python("import os\nos.system('id')\n") });
        assert.equal(result.structuredContent.decision, "reject");
        assert.equal(result.structuredContent.findings[0].line, 2);
        assert.deepEqual(result.structuredContent.missing, [{ capability: "exec", argument: "sh" }]);
        assert.deepEqual(JSON.parse(result.content[0].text), result.structuredContent);
        assert.ok(!result.isError);
    });
    tests[`${era}: runs a program with arguments and input`] = () => connected(era, async (client) => {
        const result = await client.callTool({ name: "run_code", arguments:
            python("import sys\nprint(sys.argv[1:], sys.stdin.read())\nsys.exit(3)\n", { arguments: ["a b", "ü"], stdin: "in\u0000put" }) });
        assert.equal(result.structuredContent.stdout, "['a b', 'ü'] in\u0000put\n");
        assert.deepEqual([result.structuredContent.ended, result.structuredContent.exit_code, result.isError ?? false], ["exited", 3, false]);
        const last = records().at(-1);
        assert.equal(last.id, result.structuredContent.record);
        assert.deepEqual([last.event, last.who.via, last.who.actor, last.who.client], ["run.end", "mcp", "tester", "cordon-test 1.0"]);
    });
    tests[`${era}: a refused run has structured content that says why`] = () => connected(era, async (client) => {
        const result = await client.callTool({ name: "run_code", arguments: python("import os\nos.system('id')\n") });
        assert.equal(result.isError, true);
        assert.deepEqual([result.structuredContent.decision, result.structuredContent.ended], ["reject", "refused"]);
        assert.match(result.structuredContent.explanation, /exec=sh/);
        assert.equal(records().at(-1).event, "run.refused");
    });
    tests[`${era}: explains the policy`] = () => connected(era, async (client) => {
        const { structuredContent: policy } = await client.callTool({ name: "explain_policy", arguments: {} });
        assert.deepEqual(policy.grants, [{ capability: "env", argument: "LANG" }]);
        assert.equal(policy.limits.wall.value, 3000);
    }, ["--allow-env", "LANG", "--timeout", "3s"]);
    tests[`${era}: a program calls the policy's tools`] = () => connected(era, async (client) => {
        const { structuredContent: policy } = await client.callTool({ name: "explain_policy", arguments: {} });
        assert.deepEqual(policy.tools.map((tool) => [tool.name, tool.parameters.required]), [["price", ["article"]], ["sales", ["article", "month"]]]);
        const code = "from cordon import tools\nprint(tools.price(article='A-7'), tools.sales('B-2', 2))\ntry: tools.price('C-9')\nexcept Exception as e: print(e)";
        const { structuredContent: done } = await client.callTool({ name: "run_code", arguments: python(code) });
        assert.equal(done.stdout, "250 6\nthere is no article C-9\n", done.stderr);
    }, ["--policy", new URL("../../examples/tools/shop.yaml", import.meta.url).pathname]);
    tests[`${era}: wrong input is a result that says so, not a protocol error`] = () => connected(era, async (client) => {
        for (const wrong of [{}, { language: "cobol", code: "" }, python("", { cod: 1 }), python("", { limits: { wall: "1h" } }),
            python("", { limits: { wal: "1s" } }), python("", { arguments: ["a\u0000b"] }), python(7)]) {
            const result = await client.callTool({ name: "run_code", arguments: wrong });
            assert.equal(result.isError, true, JSON.stringify(wrong));
            assert.ok(result.content[0].text.length > 10);
        }
        await assert.rejects(client.callTool({ name: "format_disk", arguments: {} }), /unknown tool/);
    });
    tests[`${era}: a run is canceled, its cell ends, others go on, progress is told`] = () => connected(era, async (client) => {
        const abort = new AbortController(), told = [];
        const slow = client.callTool({ name: "run_code", arguments: python("import time\nprint('up', flush=True)\ntime.sleep(60)\n", { limits: { wall: "60s" } }) },
            ...(era === "legacy" ? [undefined] : []),
            { signal: abort.signal, onprogress: (p) => { told.push(p); } });
        const refused = assert.rejects(slow);
        while (!told.length) await sleep(20);
        const quick = await client.callTool({ name: "run_code", arguments: python("print(1)") });
        assert.equal(quick.structuredContent.stdout, "1\n");
        abort.abort("enough");
        await refused;
        for (let i = 0; i < 400 && !records().some((r) => r.result?.ended === "canceled" && r.time > told.at(0).time); i++) {
            if (records().filter((r) => r.result?.ended === "canceled").length >= (era === "legacy" ? 1 : 2)) break;
            await sleep(50);
        }
        assert.equal(records().filter((r) => r.result?.ended === "canceled").length, era === "legacy" ? 1 : 2);
        assert.match(told[0].message, /checking/);
    }, ["--timeout", "60s"]);
}

tests["a client without a pin finds the newest era by itself"] = async () => {
    const client = new ModernClient({ name: "auto", version: "1" }, { versionNegotiation: { mode: "auto" } });
    await client.connect(new ModernTransport({ command: program, args: ["mcp"], env }));
    assert.equal(client.getNegotiatedProtocolVersion(), "2026-07-28");
    assert.equal((await client.listTools()).tools.length, 3);
    await client.close();
};
tests["initialize: both versions, an unknown one, none"] = () => raw(async ({ ask }) => {
    for (const [wanted, got] of [["2025-06-18", "2025-06-18"], ["2025-11-25", "2025-11-25"], ["1999-01-01", "2025-11-25"]]) {
        const { result } = await ask({ jsonrpc: "2.0", id: wanted, method: "initialize", params: { protocolVersion: wanted, capabilities: {}, clientInfo: { name: "x", version: "1" } } });
        assert.equal(result.protocolVersion, got);
        assert.equal(result.resultType, undefined);
    }
    assert.equal((await ask({ jsonrpc: "2.0", id: 9, method: "initialize" })).error.code, -32602);
});
tests["2026-07-28: stateless; each result says its kind; a wrong version is -32022"] = () => raw(async ({ ask }) => {
    const found = (await ask({ jsonrpc: "2.0", id: 1, method: "server/discover", params: modern() })).result;
    assert.deepEqual([found.resultType, found.supportedVersions, typeof found.ttlMs, found.cacheScope], ["complete", ["2026-07-28"], "number", "private"]);
    const list = (await ask({ jsonrpc: "2.0", id: 2, method: "tools/list", params: modern() })).result;
    assert.deepEqual([list.resultType, list.tools.length, typeof list.ttlMs], ["complete", 3, "number"]);
    const wrong = modern({ "io.modelcontextprotocol/protocolVersion": "2030-01-01" });
    const { error } = await ask({ jsonrpc: "2.0", id: 3, method: "tools/list", params: wrong });
    assert.deepEqual([error.code, error.data], [-32022, { supported: ["2026-07-28"], requested: "2030-01-01" }]);
    const bare = { _meta: { "io.modelcontextprotocol/protocolVersion": "2026-07-28" } };
    assert.equal((await ask({ jsonrpc: "2.0", id: 4, method: "tools/list", params: bare })).error.code, -32602);
    assert.equal((await ask({ jsonrpc: "2.0", id: 5, method: "ping", params: modern() })).error.code, -32601);
    assert.equal((await ask({ jsonrpc: "2.0", id: 6, method: "tools/list" })).error.code, -32600);
});
tests["hostile lines are answered, and the next good one too"] = () => raw(async ({ ask, send, wait, handshake }) => {
    await handshake();
    const nothing = (a) => a.id === null;
    for (const [line, code] of [["{", -32700], ["\u0000\u001b[31m", -32700], ["[".repeat(100000), -32700], ['{"a":'.repeat(50000), -32700],
        ["[]", -32600], ['[{"jsonrpc":"2.0","id":1,"method":"ping"}]', -32600], ["7", -32600], ["{}", -32600],
        ['{"jsonrpc":"1.0","method":"x"}', -32600], ['{"jsonrpc":"2.0","id":{},"method":"ping"}', -32600],
        ['{"jsonrpc":"2.0","id":1.5,"method":"ping"}', -32600], ['{"jsonrpc":"2.0","id":null,"method":"ping"}', -32600],
        ['{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}', -32700], ["x".repeat(21 * 1024 * 1024), -32600]]) {
        send(line);
        assert.equal((await wait(nothing)).error.code, code, line.slice(0, 60));
    }
    for (const [method, params, code] of [["ping", [], -32602], ["nope", {}, -32601], ["tools/call", {}, -32602],
        ["tools/call", { name: 7 }, -32602], ["ping", { _meta: 7 }, -32602], ["ping", { _meta: { progressToken: {} } }, -32602]])
        assert.equal((await ask({ jsonrpc: "2.0", id: "e", method, params })).error.code, code, method);
    send({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: "nobody" } });
    send({ jsonrpc: "2.0", method: "notifications/cancelled" });
    send({ jsonrpc: "2.0", id: 4, result: {} });
    send("");
    assert.deepEqual((await ask({ jsonrpc: "2.0", id: "last", method: "ping" })).result, {});
});
tests["an id that is under way is refused; so are too many calls at once"] = () => raw(async ({ ask, send, wait, handshake }) => {
    await handshake();
    const call = (id) => ({ jsonrpc: "2.0", id, method: "tools/call", params: { name: "run_code", arguments: python("import time\ntime.sleep(60)") } });
    send(call("same"));
    await sleep(50);
    assert.equal((await ask(call("same"))).error.code, -32600);
    for (let i = 0; i < 15; i++) send(call(i));
    assert.match((await ask(call("one more"))).error.message, /too many/);
});
tests["the end of the input ends its cells and the server, with a log that verifies"] = async () => {
    await raw(async ({ send, wait, handshake, child, ended }) => {
        await handshake();
        send({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "run_code", _meta: { progressToken: 1 }, arguments: python("import time\nprint(1, flush=True)\ntime.sleep(60)") } });
        await wait((a) => a.method === "notifications/progress");
        child.stdin.end();
        assert.equal((await wait((a) => a.id === 1)).result.structuredContent.ended, "canceled");
        assert.equal(await ended, 0);
    }, ["--timeout", "60s"]);
    const verify = spawn(program, ["log", "verify"], { env, stdio: "ignore" });
    assert.equal(await new Promise((done) => verify.on("exit", done)), 0);
};
tests["without a log there is no server"] = async () => {
    const child = spawn(program, ["mcp", "--log", "/proc/nowhere"], { env, stdio: ["pipe", "pipe", "ignore"] });
    assert.equal(await new Promise((done) => child.on("exit", done)), 2);
};

console.log(`1..${Object.keys(tests).length}`);
let number = 0;
for (const [name, test] of Object.entries(tests)) {
    try {
        await test();
        console.log(`ok ${++number} - ${name}`);
    } catch (error) {
        console.log(`not ok ${++number} - ${name}\n# ${String(error.stack).replaceAll("\n", "\n# ")}`);
    }
}
rmSync(folder, { recursive: true });
process.exit(0);
