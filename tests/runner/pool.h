/* pool.h - a program of a test and how it is run: in a cell that waits, or in one of its own. */
#ifndef CORDON_TESTS_RUNNER_POOL_H
#define CORDON_TESTS_RUNNER_POOL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <unistd.h>

#include "runner/pool_keep.h"
#include "runner/runner.h"

enum { PATIENCE_MS = 20000 };

struct program {
    const char *language, *text;
    bool is_module;
    const char *environment;
    const char *input;
};

static inline void spec_make(struct spec *spec, struct arena *arena, const struct program *program)
{
    static const char *const arguments[] = {"one", "two words", ""};
    struct error err = {0};
    struct spec_job job = {
        .source = view_of_cstr(program->text),
        .language = view_of_cstr(program->language),
        .is_module = program->is_module,
        .arguments = arguments,
        .argument_count = 3,
        .environment = &program->environment,
        .environment_count = program->environment ? 1 : 0,
        .limits = limits_default(),
    };
    if (!spec_from_grant(spec, arena, &(struct capability_set){0}, &job, &err)) fail_msg("%s", err.message);
}

/* As where the build had no compiler for the interpreter: a cell that waits compiles its boot script, any
 * other has none. */
static inline void boot_uncompile(struct spec *spec, struct arena *arena)
{
    struct view file = view_of_cstr(spec->runtime.boot_file);
    if (spec->runtime.boot_is_compiled)
        spec->runtime.boot_file = arena_copy(arena, view_slice(file, 0, file.length - 1)).bytes;
    spec->runtime.boot_is_compiled = false;
}

enum boot_kind { BOOT_COMPILED, BOOT_TEXT };

/* Runs it in a waiting cell of the pool, or cold without one. */
static inline struct result run_booted(struct pool *pool, struct arena *arena, const struct program *program,
                                       enum boot_kind kind)
{
    AUTO_SPEC struct spec spec = {0};
    struct error err = {0};
    struct result result;
    int input[2] = {-1, -1};
    spec_make(&spec, arena, program);
    if (kind == BOOT_TEXT) boot_uncompile(&spec, arena);
    if (program->input) {
        assert_int_equal(pipe(input), 0);
        assert_int_equal(write(input[1], program->input, strlen(program->input)), strlen(program->input));
        close(input[1]);
    }
    if (pool) {
        if (!pool_keep(pool, &spec, 1, &err)) fail_msg("%s", err.message);
        assert_true(pool_fill(pool, PATIENCE_MS));
    }
    struct cell_io io = {.stdin_fd = input[0], .cancel_fd = -1};
    if (!pool_run(pool, arena, &spec, &io, &result, &err)) fail_msg("%s", err.message);
    if (input[0] >= 0) close(input[0]);
    assert_int_equal(result.was_waiting, pool != NULL);
    return result;
}

static inline struct result run(struct pool *pool, struct arena *arena, const struct program *program)
{
    return run_booted(pool, arena, program, BOOT_COMPILED);
}

#endif
