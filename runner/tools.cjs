// The host's tools that this program was granted.
//
//     const { tools, ToolError } = require('cordon');      or      import { tools } from 'cordon';
//     const rows = await tools.NAME({ argument: ... });
//
// Each function gives a promise, and has `description`, `parameters` and `result` (JSON Schema). A ToolError has the tool's own
// message.
'use strict';
const fs = require('fs');
const net = require('net');
const CHANNEL = 4;
const HEAD = 12;
const FAILED = 1;
const MOST = 4 << 20;
const ENDED = 'the host has ended the calls of tools';

class ToolError extends Error {
  constructor(message) {
    super(message);
    this.name = 'ToolError';
  }
}

const frame = (number, name, body) => {
  const head = Buffer.alloc(HEAD);
  head.writeUInt32LE(name.length + body.length, 0);
  head.writeUInt32LE(number, 4);
  head.writeUInt16LE(name.length, 8);
  return Buffer.concat([head, name, body]);
};

const take = (size) => {
  const bytes = Buffer.alloc(size);
  for (let at = 0; at < size;) {
    const got = fs.readSync(CHANNEL, bytes, at, size - at, null);
    if (got === 0) throw new ToolError(ENDED);
    at += got;
  }
  return bytes;
};

// What is there, before the socket is the event loop's.
const list = () => {
  if (!require('worker_threads').isMainThread) throw new ToolError('tools are called by the main thread, not by workers');
  const nothing = Buffer.alloc(0);
  try {
    fs.writeSync(CHANNEL, frame(0, nothing, nothing));
    const head = take(HEAD);
    const body = take(head.readUInt32LE(0)).toString();
    if (head.readUInt16LE(8) === FAILED) throw new ToolError(body);
    return JSON.parse(body);
  } catch (error) {
    throw error instanceof ToolError ? error : new ToolError("the host's tools are out of reach: they are the first process's");
  }
};

const waiting = new Map();
let socket = null;
let last = 0;
let hasEnded = false;

const end = () => {
  hasEnded = true;
  const left = [...waiting.values()];
  waiting.clear();
  for (const { reject } of left) reject(new ToolError(ENDED));
};

const settle = (number, state, body) => {
  const call = waiting.get(number);
  if (!call) return;
  waiting.delete(number);
  if (waiting.size === 0) socket.unref();
  try {
    if (state === FAILED) call.reject(new ToolError(body.toString()));
    else call.resolve(JSON.parse(body.toString()));
  } catch (error) {
    call.reject(new ToolError(error.message));
  }
};

const open = () => {
  let parts = [];
  let size = 0;
  socket = new net.Socket({ fd: CHANNEL, readable: true, writable: true });
  socket.on('error', end);
  socket.on('close', end);
  socket.on('end', end);
  socket.on('data', (chunk) => {
    parts.push(chunk);
    size += chunk.length;
    for (;;) {
      if (size < HEAD) return;
      if (parts[0].length < HEAD) parts = [Buffer.concat(parts)];
      const length = parts[0].readUInt32LE(0);
      if (size < HEAD + length) return;
      const all = parts.length === 1 ? parts[0] : Buffer.concat(parts);
      settle(all.readUInt32LE(4), all.readUInt16LE(8), all.subarray(HEAD, HEAD + length));
      size -= HEAD + length;
      parts = size ? [all.subarray(HEAD + length)] : [];
    }
  });
};

const call = (name, given) => new Promise((resolve, reject) => {
  if (given === null || typeof given !== 'object' || Array.isArray(given)) throw new TypeError(`${name} takes one object of arguments`);
  const body = Buffer.from(JSON.stringify(given));
  if (body.length > MOST) throw new ToolError('the arguments are longer than any tool takes');
  if (hasEnded) throw new ToolError(ENDED);
  if (!socket) open();
  last += 1;
  waiting.set(last, { resolve, reject });
  socket.ref();
  socket.write(frame(last, Buffer.from(name), body));
});

const types = { string: 'string', integer: 'number', number: 'number', boolean: 'boolean', array: 'unknown[]', object: 'object', null: 'null' };
const typeOf = (schema) => {
  if (!schema || typeof schema !== 'object') return 'unknown';
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  if (schema.anyOf) return [...new Set(schema.anyOf.map(typeOf))].join(' | ');
  const kinds = [].concat(schema.type || []);
  if (kinds.length === 1 && kinds[0] === 'array' && schema.items) return `Array<${typeOf(schema.items)}>`;
  return kinds.map((kind) => types[kind] || 'unknown').join(' | ') || 'unknown';
};

// As a line of a TypeScript declaration.
const signatureOf = (tool) => {
  const { properties = {}, required = [] } = tool.parameters;
  const parts = Object.entries(properties).map(([name, schema]) => `${name}${required.includes(name) ? '' : '?'}: ${typeOf(schema)}`);
  return `${tool.name}({ ${parts.join('; ')} }): Promise<${typeOf(tool.result)}>`;
};

const tools = Object.create(null);
for (const tool of list()) {
  const run = { [tool.name]: (given = {}) => call(tool.name, given) }[tool.name];
  const facts = { signature: signatureOf(tool), description: tool.description, parameters: tool.parameters, result: tool.result };
  for (const [name, value] of Object.entries(facts)) Object.defineProperty(run, name, { value, enumerable: true });
  tools[tool.name] = Object.freeze(run);
}
exports.tools = Object.freeze(tools);
exports.ToolError = ToolError;
