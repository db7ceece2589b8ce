// Check code that nobody should trust, and run it in a cell. index.d.ts is the manual.
'use strict';
const fs = require('fs');
const path = require('path');
// A package manager that runs no install scripts leaves the building to the first use.
const built = process.env.CORDON_NODE_ADDON || path.join(__dirname, 'build', 'cordon.node');
if (!fs.existsSync(built)) require('child_process').execFileSync(process.execPath, [path.join(__dirname, 'build.js')], { stdio: 'inherit' });
const addon = require(built);

class CordonError extends Error {
  get name() { return this.constructor.name; }
}
class Rejected extends CordonError {
  constructor(report) {
    super(report.findings.filter((f) => !f.granted).map((f) => `line ${f.line}: ${f.message}`).join('; ') || 'rejected');
    this.report = report;
  }
}
class LimitReached extends CordonError {
  constructor(result) {
    super(`ended at the limit ${result.limit}`);
    this.result = result;
  }
}
class ProgramFailed extends CordonError {
  constructor(result) {
    super(result.ended === 'exited' ? `exit code ${result.exitCode}` : result.signal ? `signal ${result.signal}` : result.ended);
    this.result = result;
  }
}

const bytes = (source) => (typeof source === 'string' ? Buffer.from(source) : source);
const pairs = (object) => Object.entries(object || {}).map(([name, value]) => text(`${name}=${value}`));
const copies = (files) => Object.entries(files || {}).map(([name, host]) => text(`${host}:${name}`));
const text = (value) => {
  if (typeof value !== 'string' || value.includes('\0')) throw new TypeError('a text without NUL is wanted');
  return value;
};

const finding = (found) => ({
  ruleId: found.rule_id, severity: found.severity, message: found.message, help: found.help || '',
  capability: found.capability || '', argument: found.argument ?? null, granted: found.granted === true,
  suppressed: found.suppressed !== undefined, line: found.start.line, col: found.start.col, endLine: found.end.line,
  endCol: found.end.col, start: found.start.offset, end: found.end.offset,
});
const report = (verdict) => ({
  approved: verdict.decision === 'approve', findings: verdict.sources.flatMap((source) => source.findings.map(finding)), record: verdict,
});
const result = (answer) => {
  const record = JSON.parse(answer.json);
  const run = record.result;
  return {
    ended: run.ended, exitCode: run.exit_code, signal: run.signal || 0, limit: run.limit || '', wallMs: run.wall_ms,
    warm: run.start === 'warm', stdout: answer.stdout.toString(), stderr: answer.stderr.toString(), stdoutBytes: answer.stdout,
    stderrBytes: answer.stderr, ok: run.ended === 'exited' && run.exit_code === 0, report: report(record.verdict), details: run,
  };
};
const required = (done) => {
  if (done.ended === 'refused') throw new Rejected(done.report);
  if (done.ended === 'limit') throw new LimitReached(done);
  if (!done.ok) throw new ProgramFailed(done);
  return done;
};

// {name: function} or {name: {run, description, parameters, result, ...}} as the addon takes it.
const toolsOf = (given) => Object.entries(given || {}).map(([name, tool]) => {
  const facts = typeof tool === 'function' ? { run: tool } : tool;
  if (typeof facts?.run !== 'function') throw new TypeError(`the tool ${name} has no function`);
  const { run, description = '', parameters = { type: 'object' }, result: gives, timeoutMs, calls, argumentsBytes, resultBytes } = facts;
  return {
    name: text(name), run, description: text(description), parameters: JSON.stringify(parameters),
    result: gives === undefined ? undefined : JSON.stringify(gives), timeoutMs, calls, argumentsBytes, resultBytes,
  };
});
const onTool = (tools) => async (number, args, asking) => {
  try {
    const found = JSON.stringify(await tools[number].run(JSON.parse(args)));
    if (found === undefined) addon.answer(asking, false, `${tools[number].name} gave what is no JSON`);
    else addon.answer(asking, true, found);
  } catch (error) {
    addon.answer(asking, false, String(error?.message || error || 'the tool failed').replaceAll('\0', ' '));
  }
};

class Gate {
  #handle;
  #active = new Set();
  #tools;

  constructor(options = {}) {
    this.#tools = toolsOf(options.tools);
    const grants = [...(options.grants || []), ...this.#tools.map((tool) => `tool=${tool.name}`)];
    try {
      this.#handle = addon.open({ ...options, grants, cells: options.cells || 0 });
    } catch (error) {
      throw new CordonError(error.message);
    }
  }

  // Starts a job and keeps count of it, so that close can wait.
  async #job(request, signal, onOutput) {
    signal?.throwIfAborted();
    let started;
    try {
      started = addon.start(this.#handle, request, onOutput);
    } catch (error) {
      throw new CordonError(error.message);
    }
    const settled = started.promise.catch(() => {}).then(() => this.#active.delete(settled));
    this.#active.add(settled);
    signal?.addEventListener('abort', started.cancel, { once: true });
    try {
      const answer = await started.promise;
      signal?.throwIfAborted();
      return answer;
    } catch (error) {
      throw signal?.aborted ? signal.reason : new CordonError(error.message);
    } finally {
      signal?.removeEventListener('abort', started.cancel);
    }
  }

  async check(source, { language = 'python', path: name } = {}) {
    const answer = await this.#job({ source: bytes(source), language: text(language), path: name, isRun: false });
    return report(JSON.parse(answer.json));
  }

  async run(source, { language = 'python', path: name, args = [], env, limits, input = '', runRejected = false, require: must = false,
    files, artifacts, signal, onOutput, tools } = {}) {
    const own = toolsOf(tools);
    const all = [...own, ...this.#tools.filter((tool) => !own.some((one) => one.name === tool.name))];
    const request = {
      source: bytes(source), language: text(language), path: name, isRun: true, args: args.map(text), env: pairs(env),
      limits: pairs(limits), input: bytes(input), runRejected, files: copies(files),
      artifacts: artifacts === undefined ? undefined : text(artifacts), tools: all, onTool: onTool(all),
    };
    const done = result(await this.#job(request, signal, onOutput && ((stream, data) => onOutput({ stream, data }))));
    return must ? required(done) : done;
  }

  async* stream(source, options = {}) {
    const parts = [], stop = new AbortController();
    let wake = () => {};
    const put = (part) => {
      parts.push(part);
      wake();
    };
    const signal = stop.signal;
    const outer = () => stop.abort(options.signal.reason);
    if (options.signal?.aborted) outer();
    options.signal?.addEventListener('abort', outer, { once: true });
    this.run(source, { ...options, signal, onOutput: put }).then((value) => put({ last: value }), (error) => put({ error }));
    try {
      for (;;) {
        while (parts.length === 0) await new Promise((resolve) => { wake = resolve; });
        const part = parts.shift();
        if (part.error) throw part.error;
        yield part.last || part;
        if (part.last) return;
      }
    } finally {
      options.signal?.removeEventListener('abort', outer);
      stop.abort();
    }
  }

  warm(language = 'python', cells = 1, { limits, timeoutMs = 10000 } = {}) {
    try {
      addon.warm(this.#handle, text(language), pairs(limits), cells, timeoutMs);
    } catch (error) {
      throw new CordonError(error.message);
    }
  }

  drain() { addon.drain(this.#handle); }

  stats() { return addon.stats(this.#handle); }

  async close() {
    const handle = this.#handle;
    this.#handle = null;
    await Promise.all(this.#active);
    if (handle) addon.close(handle);
  }

  async [Symbol.asyncDispose || Symbol.for('Symbol.asyncDispose')]() { await this.close(); }
}

class Pool extends Gate {
  constructor(options = {}) { super({ ...options, cells: options.cells || 4 }); }
}

let shared;
const gate = () => (shared ??= new Gate());
module.exports = {
  CordonError, Gate, LimitReached, Pool, ProgramFailed, Rejected, version: addon.version, has: (feature) => addon.has(text(feature)),
  check: (source, options) => gate().check(source, options),
  // Tools are granted by being given: with a gate of their own.
  run: async (source, options) => {
    if (!options?.tools) return gate().run(source, options);
    const own = new Gate({ tools: options.tools });
    try {
      return await own.run(source, options);
    } finally {
      await own.close();
    }
  },
};
