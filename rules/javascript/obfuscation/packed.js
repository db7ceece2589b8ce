// ruleid: javascript.obfuscation.encoded-code
const c = 'cmVxdWlyZSgnZnMnKQ==';
// ruleid: javascript.obfuscation.encoded-code
const d = '\x72\x65\x71\x75\x69\x72\x65\x28\x27\x66\x73\x27\x29\x2e\x72\x65\x61\x64\x46\x69\x6c\x65';
// ok: javascript.obfuscation.encoded-code
const t = 'require';
// ok: javascript.obfuscation.encoded-code
const b = 'aGVsbG8=';

// ruleid: javascript.obfuscation.obfuscator
const _0x3f2a = (a, _0x1b4c) => _0x1b4c;
// ruleid: javascript.obfuscation.obfuscator
x = (![]+[])[0];
// ok: javascript.obfuscation.obfuscator
const table = [0x3f2a, 0x1b4c];

// ruleid: javascript.obfuscation.hidden-code
const x = 1;                                                                                run(x);
// ok: javascript.obfuscation.hidden-code
const y = 1; const z = 2;
// ok: javascript.obfuscation.hidden-code
const w = 1;                                                                      // far

// ruleid: javascript.obfuscation.decoder
box['lave'.split('').reverse().join('')]('1');
// ruleid: javascript.obfuscation.decoder
process['bind' + x]('fs');
// ok: javascript.obfuscation.decoder
box['a' + x];
// ok: javascript.obfuscation.decoder
const w = word.split('').reverse().join('');
