/* What names mean: (source, expression, what it denotes, its constant); the last place in the text where the
 * expression stands is meant. */
#include "tests/analyzer/stage.h"

struct name_case {
    const char *source, *expression;
    const char *denoted;  /* "a|b": a, and also b; NULL: nothing */
    const char *constant; /* NULL: none */
};

static uint32_t node_find(const struct stage *stage, const char *text)
{
    for (uint32_t i = stage->syntax.count; i > 0; i--)
        if (view_equals_cstr(node_text(&stage->syntax, i - 1), text)) return i - 1;
    fail_msg("no node '%s'", text);
    return 0;
}

/* "eval|print", in the order of the answer. */
static void denoted_print(const struct stage *stage, uint32_t node, char *out, size_t size)
{
    const struct names *names = &stage->names;
    struct view text = symbol_text(stage->syntax.symbols, names->qualified[node]);
    size_t used = (size_t)snprintf(out, size, "%.*s", VIEW_ARGS(text));
    for (uint32_t i = names->others[node]; i; i = names->alternatives[i].next) {
        text = symbol_text(stage->syntax.symbols, names->alternatives[i].symbol);
        used += (size_t)snprintf(out + used, size - used, "|%.*s", VIEW_ARGS(text));
    }
}

static void cases_hold(const char *language, const struct name_case *cases, size_t count)
{
    int wrong = 0;
    for (size_t i = 0; i < count; i++) {
        AUTO_STAGE struct stage stage;
        char denoted[512];
        stage_run_whole(&stage, language, cases[i].source);
        uint32_t node = node_find(&stage, cases[i].expression);
        denoted_print(&stage, node, denoted, sizeof denoted);
        struct view constant = symbol_text(stage.syntax.symbols, stage.names.constant[node]);
        enum constant_kind kind = (enum constant_kind)stage.names.constant_kind[node];
        bool has_constant = kind != CONSTANT_NONE && kind != CONSTANT_SOME_TEXT;
        bool is_right = strcmp(denoted, cases[i].denoted ? cases[i].denoted : "") == 0 &&
                        has_constant == (cases[i].constant != NULL) &&
                        (!has_constant || view_equals_cstr(constant, cases[i].constant));
        if (is_right) continue;
        wrong++;
        print_message("in\n%s\n%s is '%s' = %s%.*s, expected '%s' = %s\n", cases[i].source,
                      cases[i].expression, denoted, has_constant ? "" : "none", VIEW_ARGS(constant),
                      cases[i].denoted ? cases[i].denoted : "",
                      cases[i].constant ? cases[i].constant : "none");
    }
    assert_int_equal(wrong, 0);
}

#define CASES_HOLD(language, cases) cases_hold(language, cases, sizeof(cases) / sizeof *(cases))

static void python_imports(void **state)
{
    (void)state;
    static const struct name_case cases[] = {
        {"import os\nos.system", "os.system", "os.system", NULL},
        {"import zebra.quagga", "quagga", NULL, NULL},
        {"from zebra import quagga", "quagga", NULL, NULL},
        {"import subprocess as sp\nsp.run", "sp.run", "subprocess.run", NULL},
        {"import a.b\na.b.c", "a.b.c", "a.b.c", NULL},
        {"import a.b as c\nc.d", "c.d", "a.b.d", NULL},
        {"import a . b as c\nc.d", "c.d", "a.b.d", NULL},
        {"from os import system as s, path\ns", "s", "os.system", NULL},
        {"from os import (system, path)\npath.join", "path.join", "os.path.join", NULL},
        {"from . import x\nx.y", "x.y", "..x.y", NULL},
        {"from os import *\nsystem('id')", "system", "system|os.system", NULL},
        {"from os import *\nfrom re import *\nsystem('id')", "system", "system|re.system|os.system", NULL},
        {"from os import *\nif x: system = 1\nsystem('id')", "system", "os.system", "1"},
        {"import \xef\xbd\x8f\xef\xbd\x93 as m\nm.system", "m.system", "os.system", NULL},
        {"import posix\nposix.system", "posix.system", "os.system", NULL},
        {"import shutil\nshutil.os.system", "shutil.os.system", "os.system", NULL},
        {"try:\n    import json\nexcept E:\n    import simplejson as json\njson.x", "json.x",
         "simplejson.x|json.x", NULL},
        {"from a import f\nf.x\nfrom b import f\n", "f.x", "a.f.x", NULL},
    };
    CASES_HOLD("python", cases);
}

static void python_aliases(void **state)
{
    (void)state;
    static const struct name_case cases[] = {
        {"eval", "eval", "eval", NULL},
        {"e = eval\ne('x')", "e", "eval", NULL},
        {"e = eval\ne = print\ne", "e", "print", NULL},
        {"e = print\ne.x\ne = eval\n", "e.x", "print.x", NULL},
        {"e = eval\nif x:\n    e = print\ne('x')", "e", "print|eval", NULL},
        {"e = print\nfor i in x:\n    e.x\n    e = eval\n", "e.x", "print.x|eval.x", NULL},
        {"e = print\ndef f(x):\n    return e.x\ne = eval\n", "e.x", "print.x|eval.x", NULL},
        {"def f(eval):\n    return eval", "eval", NULL, NULL},
        {"def f():\n    if x: eval = 1\n    return eval", "eval", NULL, "1"},
        {"if x: eval = 1\neval", "eval", "eval", "1"},
        {"eval = 1\ndel eval\neval", "eval", "eval", NULL},
        {"def f():\n    global e\n    e = eval\nf()\ne", "e", "eval", NULL},
        {"def f():\n    e = 1\n    def g():\n        nonlocal e\n        e = eval\n    g()\n    e('x')\n",
         "e", "eval", NULL},
        {"(e := eval)\ne", "e", "eval", NULL},
        {"a, b = eval, print\nb", "b", "print", NULL},
        {"a, b = *x, eval\nb", "b", NULL, NULL},
        {"f = eval if x else print\nf", "f", "eval|x|print", NULL},
        {"match x:\n    case eval():\n        eval", "eval", "eval", NULL},
        {"def f(x):\n  match x:\n    case [eval]:\n        return eval", "eval", NULL, NULL},
        {"\xf0\x9d\x98\xa6val", "\xf0\x9d\x98\xa6val", "eval", NULL},
        {"[eval for eval in x]", "eval", NULL, NULL},
        {"class A:\n    eval = 1\n    def f(self):\n        return eval", "eval", "eval", NULL},
        {"f(eval=1)\ne = 2", "eval", NULL, NULL},
    };
    CASES_HOLD("python", cases);
}

static void python_reflection(void **state)
{
    (void)state;
    static const struct name_case cases[] = {
        {"import os\ngetattr(os, 'sys' + 'tem')", "getattr(os, 'sys' + 'tem')", "os.system", NULL},
        {"globals()['eval']", "globals()['eval']", "eval", NULL},
        {"globals().get('eval')", "globals().get('eval')", "eval", NULL},
        {"__import__('os').system", "__import__('os').system", "os.system", NULL},
        {"__import__('os.path').system", "__import__('os.path').system", "os.system", NULL},
        {"import importlib\nimportlib.import_module('os').system", "importlib.import_module('os').system",
         "os.system", NULL},
        {"import builtins\nbuiltins.eval", "builtins.eval", "eval", NULL},
        {"__builtins__.eval", "__builtins__.eval", "eval", NULL},
        {"__builtins__['eval']", "__builtins__['eval']", "eval", NULL},
        {"import os\nvars(os)['system']", "vars(os)['system']", "os.system", NULL},
        {"import os\nos.__dict__['system']", "os.__dict__['system']", "os.system", NULL},
        {"import sys\nsys.modules['os'].system", "sys.modules['os'].system", "os.system", NULL},
        {"import os\nos.__getattribute__('system')", "os.__getattribute__('system')", "os.system", NULL},
        {"import os, operator\noperator.attrgetter('system')(os)", "operator.attrgetter('system')(os)",
         "os.system", NULL},
        {"import os, functools\nf = functools.partial(os.system, 'id')\nf", "f", "os.system", NULL},
        {"eval.__call__", "eval.__call__", "eval", NULL},
        {"getattr(x(), 'system')", "getattr(x(), 'system')", NULL, NULL},
    };
    CASES_HOLD("python", cases);
}

static void python_constants(void **state)
{
    (void)state;
    static const struct name_case cases[] = {
        {"u = 'http://x'\nu", "u", NULL, "http://x"},
        {"u = 'a'\nu += 'b'\nu", "u", NULL, NULL},
        {"u = 'a'\nu = 'b'\nu", "u", NULL, "b"},
        {"u = 'a'\nif x: u = 'b'\nu", "u", NULL, NULL},
        {"u = 'a'\nwith x:\n    g()\n    u = 'b'\nu", "u", NULL, NULL},
        {"u = 'a'\ntry:\n    g()\n    u = 'b'\nexcept E: pass\nu", "u", NULL, NULL},
        {"u = 'a'\nwhile x:\n    f(u)\n    u = 'b'\n", "f(u)", NULL, NULL},
        {"u = 'a'\nu = 'b'\ndef f(): return u\nf()\nu = 'c'", "return u", NULL, NULL},
        {"def f():\n    u = 'a'\n    def g():\n        nonlocal u\n        u = 'c'\n    u = 'b'\n    g()\n   "
         " h(u)",
         "h(u)", NULL, NULL},
        {"u = 'a'\nu = 'b'\nglobals()['u'] = 'c'\nu", "u", NULL, NULL},
        {"u = 'a'\nu = 'b'\nfrom os import *\nu", "u", NULL, NULL},
        {"u = 'a'\nfor u in x: pass\nu", "u", NULL, NULL},
        {"u = 'a'\nmatch x:\n    case u: pass\nu", "u", NULL, NULL},
        {"u = 'a'\nwith x as u: pass\nu", "u", NULL, NULL},
        {"u = 'a'\nwith x as (u, v): pass\nu", "u", NULL, NULL},
        {"u = 'a'\nwith x as [v, u]: pass\nu", "u", NULL, NULL},
        {"u = 'a'\ndef f(x=(u := b)): pass\nu", "u", "b", NULL},
        {"u = 'a'\nlambda x=(u := b): x\nu", "u", "b", NULL},
        {"u = 'a'\nclass A((u := b)): pass\nu", "u", "b", NULL},
        {"u = 'a'\nlambda: (u := b)\nu", "u", NULL, "a"},
        {"u = 'a'\nclass A:\n def f(self, x=(u := b)): pass\nu", "u", NULL, "a"},
        {"u = 'a'\ndel (v, u)\nu", "u", "u", NULL},
        {"u = 'a'\ndef f():\n    global u\n    u = 'b'\nf()\nu", "u", NULL, NULL},
        {"u = 'a'\nglobals()['u'] = 'b'\nu", "u", NULL, NULL},
        {"u = 'a'\nfrom os import *\nu", "u", NULL, NULL},
        {"from math import *\nu = 'a'\nu", "u", NULL, "a"},
        {"def f(u='a'): return u", "u", NULL, NULL},
        {"'a' 'b'", "'a' 'b'", NULL, "ab"},
        {"'a' + \"b\" + 'c'", "'a' + \"b\" + 'c'", NULL, "abc"},
        {"'a' + b'b'", "'a' + b'b'", NULL, NULL},
        {"p = 80\np + p", "p + p", NULL, NULL},
        {"p = 80\nf'x:{p}'", "f'x:{p}'", NULL, "x:80"},
        {"f'x:{0x50}'", "f'x:{0x50}'", NULL, NULL},
        {"u = 'a'\nf'{u}/b'", "f'{u}/b'", NULL, "a/b"},
        {"u = 'a'\nf'{u!r}/b'", "f'{u!r}/b'", NULL, NULL},
        {"u = 'a'\nf'{u:>9}/b'", "f'{u:>9}/b'", NULL, NULL},
        {"u = 'a'\nf'{u=}'", "f'{u=}'", NULL, NULL},
        {"f'{{x}}'", "f'{{x}}'", NULL, "{x}"},
        {"'/'.join(['a', 'b'])", "'/'.join(['a', 'b'])", NULL, "a/b"},
        {"'/'.join(['a', *b])", "'/'.join(['a', *b])", NULL, NULL},
        {"import os\nos.path.join('a', 'b')", "os.path.join('a', 'b')", NULL, "a/b"},
        {"import os\nos.path.join('a', '/b')", "os.path.join('a', '/b')", NULL, "/b"},
        {"'\\x41\\u0042\\103\\q\\n'", "'\\x41\\u0042\\103\\q\\n'", NULL, "ABC\\q\n"},
        {"b'\\u0042\\x41'", "b'\\u0042\\x41'", NULL, "\\u0042A"},
        {"'\\N{DASH}'", "'\\N{DASH}'", NULL, NULL},
        {"r'\\\\x'", "r'\\\\x'", NULL, "\\\\x"},
        {"r'\\\\'", "r'\\\\'", NULL, "\\\\"},
        {"'''a\n'b'''", "'''a\n'b'''", NULL, "a\n'b"},
        {"from socket import socket as s\ns()", "s", "socket.socket", NULL},
        {"import ssl\nssl.socket.socket", "ssl.socket.socket", "socket.socket", NULL},
        {"'metsys'[::-1]", "'metsys'[::-1]", NULL, "system"},
        {"x[::-1]", "x[::-1]", NULL, NULL},
        {"'abc'[::2]", "'abc'[::2]", NULL, NULL},
        {"chr(101) + chr(0x76)", "chr(101) + chr(0x76)", NULL, "ev"},
        {"chr(n)", "chr(n)", NULL, NULL},
        {"def chr(n): return 'x'\nchr(101)", "chr(101)", NULL, NULL},
        {"import base64\nbase64.b64decode('b3M=').decode()", "base64.b64decode('b3M=').decode()", NULL, "os"},
        {"import base64\nbase64.b64decode('b3M')", "base64.b64decode('b3M')", NULL, NULL},
        {"import base64 as b\nb.b64decode('/w==')", "b.b64decode('/w==')", NULL, NULL},
        {"bytes.fromhex('6f73').decode()", "bytes.fromhex('6f73').decode()", NULL, "os"},
        {"bytes.fromhex('6f7').decode()", "bytes.fromhex('6f7').decode()", NULL, NULL},
        {"import codecs\ncodecs.decode('bf', 'rot13')", "codecs.decode('bf', 'rot13')", NULL, "os"},
        {"'OS'.lower()", "'OS'.lower()", NULL, "os"},
        {"import os\ngetattr(os, 'metsys'[::-1])", "getattr(os, 'metsys'[::-1])", "os.system", NULL},
        {"''", "''", NULL, ""},
        {"x = None\nx", "x", NULL, "None"},
        {"a, b = 'x', 'y'\nb", "b", NULL, "y"},
        {"a, b = *x, 'y'\nb", "b", NULL, NULL},
    };
    CASES_HOLD("python", cases);
}

static void javascript_modules(void **state)
{
    (void)state;
    static const struct name_case cases[] = {
        {"const cp = require('child_process'); cp.exec", "cp.exec", "child_process.exec", NULL},
        {"const cp = require('node:child_process'); cp.exec", "cp.exec", "child_process.exec", NULL},
        {"const {['exec']: e} = require('child_process'); e", "e", "child_process.exec", NULL},
        {"const {'exec': e, ...r} = require('child_process'); e; r.fork", "r.fork", "child_process.fork",
         NULL},
        {"const {...r} = 'a'; r", "r", NULL, NULL},
        {"const {[k]: e} = require('child_process'); e", "e", NULL, NULL},
        {"Buffer.from('2f62', 'hex').toString()", "Buffer.from('2f62', 'hex').toString()", NULL, "/b"},
        {"const {exec} = require('child_process'); exec(1)", "exec", "child_process.exec", NULL},
        {"const {exec: e} = require('child_process'); e(1)", "e", "child_process.exec", NULL},
        {"const {promises: {readFile: r}} = require('fs'); r(1)", "r", "fs.promises.readFile", NULL},
        {"const {exec = 1} = require('child_process'); exec(1)", "exec", "child_process.exec", NULL},
        {"let e; ({exec: e} = require('child_process')); e(1)", "e", "child_process.exec", NULL},
        {"import fs from 'node:fs'; fs.rm", "fs.rm", "fs.rm", NULL},
        {"require(atob('ZnM=')).rm", "require(atob('ZnM=')).rm", "fs.rm", NULL},
        {"String.fromCharCode(102, 115)", "String.fromCharCode(102, 115)", NULL, "fs"},
        {"String.fromCharCode(n, 115)", "String.fromCharCode(n, 115)", NULL, NULL},
        {"const {rm} = require('fs/promises'); rm", "rm", "fs.promises.rm", NULL},
        {"import get from 'node-fetch'; get(1)", "get", "node_fetch", NULL},
        {"const {S3Client: S} = require('@aws-sdk/client-s3'); S", "S", "aws_sdk.client_s3.S3Client", NULL},
        {"const a = require('./node-x'); a(1)", "a", "./node-x", NULL},
        {"import * as fs from 'fs'; fs.rm", "fs.rm", "fs.rm", NULL},
        {"import {rm as r} from 'fs'; r(1)", "r", "fs.rm", NULL},
        {"import {default as fs} from 'fs'; fs.rm", "fs.rm", "fs.rm", NULL},
        {"import {\"rm\" as r} from 'f\\x73'; r(1)", "r", "fs.rm", NULL},
        {"const fs = await import('fs'); fs.rm", "fs.rm", "fs.rm", NULL},
        {"const r = require; r('fs').rm", "r('fs').rm", "fs.rm", NULL},
        {"require('f' + 's').rm", "require('f' + 's').rm", "fs.rm", NULL},
        {"process.mainModule.require('fs').rm", "process.mainModule.require('fs').rm", "fs.rm", NULL},
        {"module.constructor._load('fs').rm", "module.constructor._load('fs').rm", "fs.rm", NULL},
        {"require('module').createRequire('/')('fs').rm", "require('module').createRequire('/')('fs').rm",
         "fs.rm", NULL},
        {"require(x).rm", "require(x).rm", NULL, NULL},
    };
    CASES_HOLD("javascript", cases);
    CASES_HOLD("typescript", cases);
}

static void javascript_aliases(void **state)
{
    (void)state;
    static const struct name_case cases[] = {
        {"const e = eval; e(1)", "e", "eval", NULL},
        {"(0, eval)(1)", "(0, eval)", "eval", NULL},
        {"globalThis.eval", "globalThis.eval", "eval", NULL},
        {"global['ev' + 'al']", "global['ev' + 'al']", "eval", NULL},
        {"global.global.eval", "global.global.eval", "eval", NULL},
        {"\\u0065val(1)", "\\u0065val", "eval", NULL},
        {"\\u{65}val(1)", "\\u{65}val", "eval", NULL},
        {"Reflect.get(globalThis, 'eval')", "Reflect.get(globalThis, 'eval')", "eval", NULL},
        {"eval.call(null, 1)", "eval.call", "eval", NULL},
        {"const e = eval.bind(null); e(1)", "e", "eval", NULL},
        {"const f = a.b || eval; f(1)", "f", "a.b|eval", NULL},
        {"function f(eval) { return eval }", "eval", NULL, NULL},
        {"function f() { e = eval; var e; e(1) }", "e", "eval", NULL},
        {"{ let eval = 1 } eval(1)", "eval", "eval", NULL},
        {"{ var eval = 1 } eval(1)", "eval", NULL, "1"},
        {"for (const eval of x) eval(1)", "eval", NULL, NULL},
        {"try {} catch (eval) { eval(1) }", "eval", NULL, NULL},
        {"let e = f; if (x) e = eval; e(1)", "e", "eval|f", NULL},
        {"false && (e = print); var e = eval; e(1)", "e", "eval", NULL},
    };
    CASES_HOLD("javascript", cases);
    CASES_HOLD("typescript", cases);
}

static void javascript_constants(void **state)
{
    (void)state;
    static const struct name_case cases[] = {
        {"const u = 'a'; u", "u", NULL, "a"},
        {"let u = 'a'; u", "u", NULL, "a"},
        {"let u; u = 'a'; u", "u", NULL, "a"},
        {"let u = 'a'; u = 'b'; u", "u", NULL, "b"},
        {"let u = 'a'; x && (u = 'b'); u", "u", NULL, NULL},
        {"let u = 'a'; u = 'b'; g(() => { u = 'c'; }); u", "u", NULL, NULL},
        {"let u = 'a'; l: { g(); if (x) break l; u = 'b'; } u", "u", NULL, NULL},
        {"let u = 'a'; u++; u", "u", NULL, NULL},
        {"let u = 'a'; [u] = x; u", "u", NULL, NULL},
        {"let u = 'a'; ({u} = x); u", "u", "x.u", NULL},
        {"let u = 'a'; for (u of x) ; u", "u", NULL, NULL},
        {"u = 'a'; u", "u", NULL, NULL},
        {"const t = `a${'b'}c${1}`; t", "t", NULL, "abc1"},
        {"`a${x}`", "`a${x}`", NULL, NULL},
        {"'a' + 1", "'a' + 1", NULL, "a1"},
        {"1 + 1", "1 + 1", NULL, NULL},
        {"['a', 'b'].join('/')", "['a', 'b'].join('/')", NULL, "a/b"},
        {"['a', , 'b'].join('/')", "['a', , 'b'].join('/')", NULL, NULL},
        {"'\\q\\x41\\101\\u{42}\\ud83d\\ude00'", "'\\q\\x41\\101\\u{42}\\ud83d\\ude00'", NULL,
         "qAAB\xf0\x9f\x98\x80"},
        {"'\\ud83d'", "'\\ud83d'", NULL, NULL},
        {"const [a, , b] = ['x', 'y', 'z']; b", "b", NULL, "z"},
        {"const path = require('path'); path.join('a', 'b')", "path.join('a', 'b')", NULL, "a/b"},
        {"const path = require('path'); path.join('a', '..')", "path.join('a', '..')", NULL, NULL},
    };
    CASES_HOLD("javascript", cases);
    CASES_HOLD("typescript", cases);
}

static void typescript_names(void **state)
{
    (void)state;
    static const struct name_case cases[] = {
        {"import cp = require('child_process'); cp.exec", "cp.exec", "child_process.exec", NULL},
        {"import {type A, exec as e} from 'child_process'; e(1)", "e", "child_process.exec", NULL},
        {"import type * as cp from 'child_process'; cp.exec", "cp.exec", "child_process.exec", NULL},
        {"import fs from 'fs'; import rm = fs.rm; rm(1)", "rm", "fs.rm", NULL},
        {"const e = eval as any; e(1)", "e", "eval", NULL},
        {"const e = (<any>eval)!; e(1)", "e", "eval", NULL},
        {"const e = eval satisfies F; e(1)", "e", "eval", NULL},
        {"const e = f<string>; e(1)", "e", "f", NULL},
        {"(globalThis as any)['ev' + 'al']", "(globalThis as any)['ev' + 'al']", "eval", NULL},
        {"const x = 'a' as const; x;", "x", NULL, "a"},
        {"const x: string = ('a' + 'b')!; x;", "x", NULL, "ab"},
        {"function f(eval?: any) { return eval }", "eval", NULL, NULL},
        {"class A { constructor(private eval: any) { eval } }", "eval", NULL, NULL},
        {"class A { constructor(private a = eval) { a(1) } }", "a", NULL, NULL},
        {"enum eval { A } eval(1)", "eval", NULL, NULL},
        {"namespace eval { f() } eval(1)", "eval", NULL, NULL},
        {"namespace N { const eval = 1 } eval(1)", "eval", "eval", NULL},
        {"abstract class eval { } eval(1)", "eval", NULL, NULL},
        {"import m from 'm'; let x: m.T", "m.T", "m.T", NULL},
    };
    CASES_HOLD("typescript", cases);
}

static void shell_words(void **state)
{
    (void)state;
    static const struct name_case cases[] = {
        {"x=curl\n$x a", "$x", "curl", "curl"},
        {"x='a b'\"c\"d\ne ${x}", "${x}", "a bcd", "a bcd"},
        {"x=a\ny=\"$x/b\"\nc $y", "$y", "a/b", "a/b"},
        {"c\\url a", "c\\url", "curl", "curl"},
        {"a $'\\x62\\n'", "$'\\x62\\n'", "b\n", "b\n"},
        {"a $'\\xc3'", "$'\\xc3'", NULL, NULL},
        {"x=a\nx=b\nc $x", "$x", "b", NULL},
        {"x=a\nx+=b\nc $x", "$x", NULL, NULL},
        {"x=a\nread x\nc $x", "$x", "a", NULL},
        {"c $x", "$x", NULL, NULL},
        {"unset x\nc $x", "$x", NULL, NULL},
        {"x[1]=a\nc $x", "$x", NULL, NULL},
        {"for x in a; do c $x; done", "$x", "a", NULL},
        {"c ${x:-a}", "${x:-a}", "a", NULL},
        {"x=b\nc ${x%.d}", "${x%.d}", NULL, NULL},
        {"c {a,b}", "{a,b}", NULL, NULL},
        {"c \"$(d)\"", "\"$(d)\"", NULL, NULL},
    };
    CASES_HOLD("bash", cases);
}

static void variables_are_numbered_by_scope(void **state)
{
    (void)state;
    AUTO_STAGE struct stage stage;
    stage_run_whole(&stage, "python", "x = 1\ndef f(x):\n    return x\ny = x\n");
    uint32_t seen[8] = {0}, count = 0;
    for (uint32_t i = 0; i < stage.syntax.count; i++)
        if (view_equals_cstr(node_text(&stage.syntax, i), "x") && stage.names.variable[i] && count < 8)
            seen[count++] = stage.names.variable[i];
    assert_int_equal(count, 4);
    assert_int_equal(seen[0], seen[3]);
    assert_int_equal(seen[1], seen[2]);
    assert_int_not_equal(seen[0], seen[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(python_imports),       cmocka_unit_test(python_aliases),
        cmocka_unit_test(python_reflection),    cmocka_unit_test(python_constants),
        cmocka_unit_test(javascript_modules),   cmocka_unit_test(javascript_aliases),
        cmocka_unit_test(javascript_constants), cmocka_unit_test(typescript_names),
        cmocka_unit_test(shell_words),          cmocka_unit_test(variables_are_numbered_by_scope),
    };
    return cmocka_run_group_tests_name("names", tests, NULL, NULL);
}
