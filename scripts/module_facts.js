#!/usr/bin/env node
// Makes grammars/modules/javascript.txt: Node's own modules and the language's global objects, and which names each of
// them has, in any supported version. A line is a module (a global object: `global:NAME`) and its names; `*` stands for
// names that are not known.
//
//     module_facts.js TYPES >grammars/modules/javascript.txt     (TYPES: the folder of @types/node)
const fs = require('fs'), path = require('path'), {builtinModules} = require('module')
const types = process.argv[2], lines = []
const later = ['test', 'test/reporters', 'sqlite', 'sea', 'quic', 'ffi']
const unchecked = new Set(['module', 'process', 'console', 'punycode', 'sys', 'repl', 'test', 'test/reporters', 'sqlite', 'sea', 'quic', 'ffi'])
const everyFunction = ['length', 'name', 'prototype', 'call', 'apply', 'bind', 'caller', 'arguments']
const everyObject = ['hasOwnProperty', 'isPrototypeOf', 'propertyIsEnumerable', 'toString', 'toLocaleString', 'valueOf', 'constructor', 'default']
// what newer standards and engines add to the global objects
const newer = {
  Math: ['f16round', 'sumPrecise'], Promise: ['try', 'withResolvers'], Array: ['fromAsync'], Object: ['groupBy'],
  Map: ['groupBy'], JSON: ['rawJSON', 'isRawJSON'], Error: ['isError', 'captureStackTrace', 'stackTraceLimit', 'prepareStackTrace'],
  RegExp: ['escape', 'input', 'lastMatch', 'lastParen', 'leftContext', 'rightContext'], Symbol: ['dispose', 'asyncDispose', 'observable', 'metadata'],
  Atomics: ['waitAsync', 'pause'], String: [], Number: [], Date: [], Reflect: [], BigInt: [], Set: [], WeakMap: [], WeakSet: [],
}

function declared(name) {
  const file = path.join(types, name + '.d.ts')
  if (!fs.existsSync(file)) return []
  const text = fs.readFileSync(file, 'utf8')
  const names = [...text.matchAll(/\b(?:function|const|let|var|class|interface|namespace|type|enum)\s+(\w+)/g)].map(m => m[1])
  for (const [, list] of text.matchAll(/export\s*\{([^}]*)\}/g)) names.push(...list.split(/[^\w$]+/))
  for (const [, member] of text.matchAll(/^\s+(?:readonly\s+|static\s+)*(\w+)\s*[?:(<]/gm)) names.push(member)
  return names
}

function line(name, found, names, isChecked) {
  const all = new Set([...names, ...everyObject, ...(typeof found === 'function' ? everyFunction : [])])
  if (found) for (let at = found; at && at !== Object.prototype && at !== Function.prototype; at = Object.getPrototypeOf(at))
    for (const key of Reflect.ownKeys(at)) if (typeof key === 'string') all.add(key)
  const shown = [...all].filter(n => /^[A-Za-z$][\w$]*$/.test(n)).sort()
  lines.push([name, ...(isChecked ? shown : ['*'])].join(' '))
}

process.removeAllListeners('warning')
process.on('warning', () => {})
const modules = [...new Set([...builtinModules.filter(m => !m.startsWith('_')), ...later])].sort()
for (const name of modules) {
  let found = null
  try { found = require('node:' + name) } catch { /* newer than this Node */ }
  line(name, found, declared(name), !unchecked.has(name) && found !== null)
}
for (const name of Object.keys(newer).sort()) line('global:' + name, globalThis[name], newer[name], true)
console.log(lines.sort((a, b) => (a.split(' ')[0] < b.split(' ')[0] ? -1 : 1)).join('\n'))
