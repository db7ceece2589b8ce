/* Cells that wait: a program sees in one what it sees in a cell of its own; two share nothing. */
#include <stdio.h>
#include <stdlib.h>

#include "tests/runner/pool.h"

static bool is_alike(const char *name, const struct program *program, const struct result *bare,
                     const struct result *other)
{
    bool is_same = bare->ended == other->ended && bare->exit_code == other->exit_code &&
                   bare->signal == other->signal && view_equals(bare->out.bytes, other->out.bytes) &&
                   view_equals(bare->err.bytes, other->err.bytes);
    if (!is_same)
        print_error("%s\nbare: %s %d '%.*s' '%.*s'\n%s: %s %d '%.*s' '%.*s'\n", program->text,
                    ended_word(bare->ended), bare->exit_code, VIEW_ARGS(bare->out.bytes),
                    VIEW_ARGS(bare->err.bytes), name, ended_word(other->ended), other->exit_code,
                    VIEW_ARGS(other->out.bytes), VIEW_ARGS(other->err.bytes));
    return is_same;
}

static void the_program_sees_no_difference(void **state)
{
    (void)state;
    static const struct program programs[] = {
        {"python",
         "import sys\nprint(sys.argv, sys.orig_argv, __name__, __file__, __spec__, __doc__, "
         "type(__loader__))\n"
         "print(sorted(globals()), sys.path, sys.flags)",
         false, NULL, NULL},
        {"python",
         "import sys\nprint(sorted(sys.modules), sys.path_importer_cache, sys.meta_path, "
         "sys._getframe().f_back)",
         false, NULL, NULL},
        {"python",
         "import os\nprint(sorted(os.environ.items()), os.getcwd(), sorted(os.listdir('/proc/self/fd')))",
         false, "NAME=v=1 \xc3\xa4", NULL},
        {"python", "import time\nprint(time.tzname, time.localtime(0).tm_hour)", false, "TZ=XYZ-5", NULL},
        {"python", "import sys\nprint(sys.stdin.read().upper(), end='')\nsys.exit(7)", false, NULL,
         "line\nline two"},
        {"python", "def f(n):\n    return 1 / n\n\n\nprint('before')\nf(0)\n", false, NULL, NULL},
        {"python", "import sys\nprint('x')\nif 1:\nprint(2)\n", false, NULL, NULL},
        {"python", "raise SystemExit('a reason')", false, NULL, NULL},
        {"python", "import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)", false, NULL, NULL},
        {"python", "import threading\nt = threading.Thread(target=lambda: [][1])\nt.start(); t.join()", false,
         NULL, NULL},
        {"python",
         "def f(): f()\ntry: f()\nexcept RecursionError: print('deep')\nimport inspect; "
         "print(inspect.stack()[0].lineno, "
         "len(inspect.stack()), inspect.getsource(f))",
         false, NULL, NULL},
        {"python",
         "import os\ntry: open(__file__, 'a')\nexcept OSError as e: "
         "print(e)\nprint(open(__file__).read()[:9], "
         "oct(os.stat(__file__).st_mode))",
         false, NULL, NULL},
        {"python",
         "import asyncio, "
         "warnings\nwarnings.warn('w')\nasyncio.run(asyncio.sleep(0))\nprint(__import__('atexit')"
         ".register(print, 'bye') and 1)",
         false, NULL, NULL},
        {"python", "import os\ntry: os.execv('/usr/bin/python3.11', ['x'])\nexcept OSError as e: print(e)",
         false, NULL, NULL},
        {"python", "# -*- coding: latin-1 -*-\nprint('caf\xe9')", false, NULL, NULL},
        {"python", "", false, NULL, NULL},
        {"javascript",
         "console.log(process.argv, process.execArgv, require.main === module, __filename, module.paths, "
         "Object.keys(require.cache), module.children.length, process.cwd())",
         false, NULL, NULL},
        {"javascript",
         "console.log(process.env, Object.getOwnPropertyNames(globalThis).sort().join(), new "
         "Date(0).getHours())",
         false, "TZ=Asia/Tokyo", NULL},
        {"javascript",
         "let s = ''; process.stdin.on('data', d => s += d).on('end', () => { console.log(s.toUpperCase()); "
         "process.exitCode = 7; });",
         false, NULL, "some input"},
        {"javascript", "function f() { return nothing.here; }\nconsole.log('before');\nf();", false, NULL,
         NULL},
        {"javascript", "let a = ;", false, NULL, NULL},
        {"javascript", "Promise.reject(new Error('late'))", false, NULL, NULL},
        {"javascript",
         "const { Worker } = require('worker_threads'); new Worker('require(\"worker_threads\").parentPort."
         "postMessage(process.execArgv)', { eval: true }).on('message', m => console.log(m));",
         false, NULL, NULL},
        {"javascript",
         "try { require('child_process').execFileSync('/usr/bin/node', ['-v'], {stdio: 'ignore'}) } "
         "catch (e) { console.log(e.code) }",
         false, NULL, NULL},
        {"javascript", "console.error('e'); process.exit(3)", false, NULL, NULL},
        {"javascript",
         "import fs from 'node:fs'; console.log(import.meta.url, fs.readFileSync(new URL(import.meta.url), "
         "'utf8').length); await 1; export const x = 1;",
         true, NULL, NULL},
        {"javascript", "import 'node:none';", true, NULL, NULL},
    };
    struct error err = {0};
    struct pool *pool = pool_open(&(struct pool_options){0}, &err);
    assert_non_null(pool);
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) {
        AUTO_ARENA struct arena arena;
        arena_init(&arena, 8ul * CELL_ARENA_BYTES);
        const struct program *program = &programs[i];
        /* An interpreter that starts with nothing of ours is what the others are measured by. */
        struct result bare = run_booted(NULL, &arena, program, BOOT_TEXT),
                      cold = run_booted(NULL, &arena, program, BOOT_COMPILED),
                      warm = run_booted(pool, &arena, program, BOOT_COMPILED),
                      text = run_booted(pool, &arena, program, BOOT_TEXT);
        assert_true(is_alike("cold", program, &bare, &cold));
        assert_true(is_alike("warm", program, &bare, &warm));
        assert_true(is_alike("warm, compiled there", program, &bare, &text));
    }
    pool_close(pool);
}

static void two_cells_share_nothing(void **state)
{
    (void)state;
    static const struct program programs[] = {
        {"python",
         "import os, random, sys\nassert not os.listdir('/scratch') and 'A' not in os.environ\n"
         "open('/scratch/left', 'w').close(); os.environ['A'] = '1'; sys.argv.append('x')\n"
         "print(random.random(), hash('text'), os.urandom(8).hex(), id(object()))",
         false, NULL, NULL},
        {"javascript",
         "const fs = require('fs'); if (fs.readdirSync('/scratch').length || process.env.A || globalThis.a) "
         "throw 1; fs.writeFileSync('/scratch/left', ''); process.env.A = globalThis.a = 1; "
         "console.log(Math.random(), require('crypto').randomUUID())",
         false, NULL, NULL},
    };
    struct error err = {0};
    struct pool *pool = pool_open(&(struct pool_options){0}, &err);
    for (size_t i = 0; i < 2; i++) {
        AUTO_ARENA struct arena arena;
        arena_init(&arena, 8ul * CELL_ARENA_BYTES);
        struct result one = run(pool, &arena, &programs[i]), two = run(pool, &arena, &programs[i]);
        if (one.exit_code || two.exit_code)
            fail_msg("%.*s%.*s", VIEW_ARGS(one.err.bytes), VIEW_ARGS(two.err.bytes));
        /* Word by word: none of what is random may be the same. */
        struct view rest[] = {view_trim(one.out.bytes), view_trim(two.out.bytes)}, word[2];
        while (rest[0].length) {
            view_split(rest[0], ' ', &word[0], &rest[0]);
            view_split(rest[1], ' ', &word[1], &rest[1]);
            if (view_equals(word[0], word[1])) fail_msg("twice %.*s", VIEW_ARGS(word[0]));
        }
        assert_string_not_equal(one.id, two.id);
    }
    pool_close(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_program_sees_no_difference),
        cmocka_unit_test(two_cells_share_nothing),
    };
    return cmocka_run_group_tests_name("pool, alike", tests, NULL, NULL);
}
