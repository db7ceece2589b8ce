/* The plan of a cell before it is applied: limits as they are written, grants that cannot be given, and
 * bubblewrap's options of the smallest plan, word for word. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "runner/bwrap_args.h"
#include "runner/spec.h"

static void limits_are_read_as_they_are_written(void **state)
{
    (void)state;
    static const struct {
        enum limit limit;
        const char *text;
        uint64_t value; /* 0: refused */
    } cases[] = {
        {LIMIT_WALL, "500ms", 500},
        {LIMIT_WALL, "2m", 120000},
        {LIMIT_WALL, "0s", 0},
        {LIMIT_WALL, "10", 0},
        {LIMIT_WALL, "-1s", 0},
        {LIMIT_WALL, "1.5s", 0},
        {LIMIT_MEMORY, "64MiB", 64u << 20},
        {LIMIT_MEMORY, "1K", 0},
        {LIMIT_MEMORY, "20M", 20u << 20},
        {LIMIT_MEMORY, "18446744073709551616", 0},
        {LIMIT_MEMORY, "99999999999GiB", 0},
        {LIMIT_PROCESSES, "1", 1},
        {LIMIT_PROCESSES, "0", 0},
        {LIMIT_PROCESSES, "4097", 0},
        {LIMIT_PROCESSES, "", 0},
        {LIMIT_PROCESSES, "5x", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct limits limits = limits_default();
        struct error err = {0};
        bool is_fine = limits_parse(&limits, cases[i].limit, view_of_cstr(cases[i].text), &err);
        if (is_fine != (cases[i].value != 0)) fail_msg("%s", cases[i].text);
        if (is_fine) assert_int_equal(limits.values[cases[i].limit], cases[i].value);
        if (!is_fine) assert_int_not_equal(strlen(err.remedy), 0);
    }
}

static bool plan(struct spec *spec, struct arena *arena, enum capability_kind kind, const char *argument,
                 struct error *err)
{
    struct capability_set grant = {0};
    if (!capability_set_grant(&grant, arena, kind, view_of_cstr(argument), err)) return false;
    struct spec_job job = {.source = VIEW("1"), .language = VIEW("python"), .limits = limits_default()};
    return spec_from_grant(spec, arena, &grant, &job, err);
}

static void grants_that_would_give_more_than_was_named_are_refused(void **state)
{
    (void)state;
    char folder[] = "/tmp/cordon-spec-XXXXXX", link[64], dots[64];
    assert_non_null(mkdtemp(folder));
    snprintf(link, sizeof link, "%s/link", folder);
    snprintf(dots, sizeof dots, "%s/../../etc/../%s", folder, folder + 1);
    assert_int_equal(symlink("/etc", link), 0);
    char below[80];
    snprintf(below, sizeof below, "%s/passwd", link);
    static const char *const reserved[] = {"/",        "/proc",    "/proc/1/environ", "/sys",  "/dev",
                                           "/scratch", "/program", "/cordon/cell",    "/run/x"};
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved + 3; i++) {
        const char *path = i < 9 ? reserved[i] : i == 9 ? link : i == 10 ? below : "/no/such/folder";
        AUTO_ARENA struct arena arena;
        arena_init(&arena, 1 << 20);
        AUTO_SPEC struct spec spec = {0};
        struct error err = {0};
        if (plan(&spec, &arena, CAPABILITY_FS_READ, path, &err)) fail_msg("%s was granted", path);
        assert_false(spec.is_ready);
        assert_int_not_equal(strlen(err.remedy), 0);
    }
    AUTO_ARENA struct arena arena;
    arena_init(&arena, 1 << 20);
    AUTO_SPEC struct spec spec = {0};
    struct error err = {0};
    assert_true(plan(&spec, &arena, CAPABILITY_FS_READ, dots, &err));
    assert_string_equal(spec.binds[0].path, folder);
    unlink(link);
    rmdir(folder);
}

static void a_plan_that_allows_nothing_is_not_applied(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena, 1 << 20);
    struct spec spec = {0};
    struct bwrap_fds fds = {.cell_image = 3,
                            .program = 4,
                            .boot = -1,
                            .passwd = 5,
                            .certificates = -1,
                            .tools = -1,
                            .memory_info = -1,
                            .first_bind = 6};
    struct view options;
    struct error err = {0};
    assert_false(bwrap_args_build(&arena, &spec, &fds, &options, &err));
    struct spec_job job = {.source = VIEW("1"), .language = VIEW("python")}; /* limits of zero */
    struct capability_set grant = {0};
    assert_false(spec_from_grant(&spec, &arena, &grant, &job, &err));
    job.limits = limits_default();
    job.language = VIEW("cobol");
    assert_false(spec_from_grant(&spec, &arena, &grant, &job, &err));
}

static int count_of(struct view text, struct view word)
{
    int count = 0;
    for (size_t at; (at = view_find(text, word)) != SIZE_MAX; count++)
        text = view_slice(text, at + word.length, text.length);
    return count;
}

/* What must be there in every cell, and what must never be. */
static void options_hold_every_wall(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena, 1 << 20);
    struct spec_job job = {.source = VIEW("1"), .language = VIEW("python"), .limits = limits_default()};
    struct capability_set grant = {0};
    AUTO_SPEC struct spec spec = {0};
    struct bwrap_fds fds = {.cell_image = 13,
                            .program = 14,
                            .boot = -1,
                            .passwd = 15,
                            .certificates = -1,
                            .tools = -1,
                            .memory_info = -1,
                            .first_bind = 16};
    struct view options;
    struct error err = {0};
    assert_true(spec_from_grant(&spec, &arena, &grant, &job, &err));
    assert_true(bwrap_args_build(&arena, &spec, &fds, &options, &err));
    static const char *const needed[] = {"--unshare-user", "--disable-userns", "--unshare-pid",
                                         "--unshare-net",  "--unshare-ipc",    "--unshare-uts",
                                         "--cap-drop",     "--new-session",    "--die-with-parent",
                                         "--as-pid-1",     "--clearenv"};
    static const char *const forbidden[] = {"--share-net", "--bind", "--dev", "--setenv"};
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
        struct view word = view_make(needed[i], strlen(needed[i]) + 1); /* with its NUL: the whole word */
        if (view_find(options, word) == SIZE_MAX) fail_msg("%s is missing", needed[i]);
    }
    for (size_t i = 0; i < sizeof forbidden / sizeof *forbidden; i++) {
        struct view word = view_make(forbidden[i], strlen(forbidden[i]) + 1);
        if (view_find(options, word) != SIZE_MAX) fail_msg("%s is there", forbidden[i]);
    }
    /* What cordon-cell seals the mounts with, and nothing more; where nothing is sealed, nothing. */
    assert_int_equal(count_of(options, VIEW("--cap-add")), 2);
    assert_int_equal(count_of(options, VIEW("--cap-add\0CAP_SYS_ADMIN")), 1);
    assert_int_equal(count_of(options, VIEW("--cap-add\0CAP_SETPCAP")), 1);
    spec.allows_native = true;
    assert_true(bwrap_args_build(&arena, &spec, &fds, &options, &err));
    assert_int_equal(count_of(options, VIEW("--remount-ro\0/proc")), 1);
    assert_int_equal(count_of(options, VIEW("--remount-ro\0/\0")), 1);
    assert_int_equal(count_of(options, VIEW("--cap-add")), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(limits_are_read_as_they_are_written),
        cmocka_unit_test(grants_that_would_give_more_than_was_named_are_refused),
        cmocka_unit_test(a_plan_that_allows_nothing_is_not_applied),
        cmocka_unit_test(options_hold_every_wall),
    };
    return cmocka_run_group_tests_name("spec", tests, NULL, NULL);
}
