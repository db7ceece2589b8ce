/* Cells that wait: only a whole job starts one; one that spoke or ended is not used; none outlives its owner.
 */
#include <stdio.h>
#include <stdlib.h>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "base/io.h"
#include "tests/runner/pool.h"

/* Its boot script as text, or as the build compiled it. */
static void package_for(struct package *package, struct arena *arena, const char *text, bool has_text_boot)
{
    AUTO_SPEC struct spec spec = {0};
    struct error err = {0};
    spec_make(&spec, arena, &(struct program){.language = "python", .text = text});
    if (has_text_boot) boot_uncompile(&spec, arena);
    if (!package_make(package, arena, &spec, true, &err)) fail_msg("%s", err.message);
}

static bool is_readable(int fd)
{
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    return poll(&wait, 1, PATIENCE_MS) == 1;
}

/* A cell with `script` as its boot script; NULL: the real one. */
static void boot(struct waiting *waiting, struct arena *arena, const char *script)
{
    struct package package;
    struct error err = {0};
    package_for(&package, arena, "print('started')", script != NULL);
    if (script) package.boot = view_of_cstr(script);
    if (!waiting_boot(waiting, &package, &err)) fail_msg("%s", err.message);
    assert_true(is_readable(waiting->cell.at.job_fd));
}

static void only_a_whole_job_starts_a_cell(void **state)
{
    (void)state;
    struct cell_go head = {.magic = CELL_MAGIC, .text_bytes = 6};
    char frame[sizeof head + 5] = {0}; /* one byte short */
    memcpy(frame, &head, sizeof head);
    for (size_t length = 0; length <= sizeof frame; length++) {
        AUTO_ARENA struct arena arena;
        struct waiting waiting;
        char output[64];
        arena_init(&arena, CELL_ARENA_BYTES);
        boot(&waiting, &arena, NULL);
        assert_true(waiting_receive(&waiting));
        assert_int_equal(write(waiting.program_fd, "print('started')", 16), 16);
        assert_int_equal(write(waiting.cell.at.job_fd, frame, length), length);
        close(waiting.cell.at.job_fd);
        waiting.cell.at.job_fd = -1;
        assert_true(is_readable(waiting.cell.at.pidfd));
        assert_int_equal(read(waiting.cell.at.stdout_fd, output, sizeof output), 0);
        waiting_clear(&waiting);
        length += length < sizeof head - 1 ? 4 : 0;
    }
}

static void a_cell_that_spoke_or_ended_is_not_used(void **state)
{
    (void)state;
    static const char *const scripts[] = {
        "import posix, time\nposix.write(1, b'?')\nposix.write(3, bytes(8))\ntime.sleep(60)\n",
        "import posix, time\nposix.write(2, b'?')\nposix.write(3, bytes(8))\ntime.sleep(60)\n",
        "import posix, time\nposix.write(3, bytes(9))\ntime.sleep(60)\n",
        "import posix, time\nposix.write(3, bytes(7))\ntime.sleep(60)\n",
        "import posix\nposix._exit(0)\n",
    };
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
        AUTO_ARENA struct arena arena;
        struct waiting waiting;
        arena_init(&arena, CELL_ARENA_BYTES);
        boot(&waiting, &arena, scripts[i]);
        if (waiting_receive(&waiting)) fail_msg("%s", scripts[i]);
        waiting_clear(&waiting);
    }
}

static void a_pool_recovers_from_cells_that_die(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena, 8ul * CELL_ARENA_BYTES);
    struct error err = {0};
    struct program program = {.language = "python", .text = "print(1)"};
    struct pool *pool = pool_open(&(struct pool_options){0}, &err);
    run(pool, &arena, &program);
    assert_true(pool_fill(pool, PATIENCE_MS));
    pthread_mutex_lock(&pool->lock);
    for (struct slot *slot = pool->slots; slot; slot = slot->next)
        if (slot->state == SLOT_READY) {
            cell_kill(&slot->waiting.cell);
            assert_true(is_readable(slot->waiting.cell.at.pidfd));
        }
    pthread_mutex_unlock(&pool->lock);
    AUTO_SPEC struct spec spec = {0};
    struct result result;
    spec_make(&spec, &arena, &program);
    struct cell_io io = {.stdin_fd = -1, .cancel_fd = -1};
    assert_true(pool_run(pool, &arena, &spec, &io, &result, &err));
    assert_int_equal(result.ended, ENDED_EXITED);
    assert_int_not_equal(pool_stats(pool).discarded, 0);
    pool_drain(pool);
    assert_int_equal(pool_stats(pool).waiting + pool_stats(pool).shapes, 0);
    pool_close(pool);
}

/* Until the pool has it, as `is_so` says. */
static struct pool_stats stats_await(struct pool *pool, bool (*is_so)(struct pool_stats))
{
    struct pool_stats stats = pool_stats(pool);
    for (unsigned long long until_ms = io_now_ms() + PATIENCE_MS; !is_so(stats) && io_now_ms() < until_ms;) {
        poll(NULL, 0, 20);
        stats = pool_stats(pool);
    }
    if (!is_so(stats)) fail_msg("%u wait, %lu recycled", stats.waiting, (unsigned long)stats.recycled);
    return stats;
}

static bool was_recycled(struct pool_stats stats)
{
    return stats.recycled >= 2 && stats.waiting == 1;
}

static void a_cell_that_waits_for_long_is_replaced(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena, 8ul * CELL_ARENA_BYTES);
    struct error err = {0};
    struct pool *pool = pool_open(&(struct pool_options){.idle_ms = 100}, &err);
    AUTO_SPEC struct spec spec = {0};
    spec_make(&spec, &arena, &(struct program){.language = "python", .text = "print(1)"});
    assert_true(pool_keep(pool, &spec, 1, &err));
    struct pool_stats stats = stats_await(pool, was_recycled);
    assert_true(stats.booted >= 3);
    assert_int_equal(stats.discarded, 0);
    pool_close(pool);
}

enum { BOUND_BYTES = 20 << 20, MANY = 32 };

static bool is_full(struct pool_stats stats)
{
    return stats.waiting && !stats.booting &&
           stats.memory_bytes + stats.memory_bytes / stats.waiting > BOUND_BYTES;
}

static void memory_bounds_how_many_wait(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena, 8ul * CELL_ARENA_BYTES);
    struct error err = {0};
    struct pool_options options = {.cells_max = MANY, .memory_max_bytes = BOUND_BYTES};
    struct pool *pool = pool_open(&options, &err);
    AUTO_SPEC struct spec spec = {0};
    spec_make(&spec, &arena, &(struct program){.language = "python", .text = "print(1)"});
    assert_true(pool_keep(pool, &spec, MANY, &err));
    struct pool_stats stats = stats_await(pool, is_full);
    assert_in_range(stats.waiting, 1, MANY - 1);
    assert_true(stats.memory_bytes <= BOUND_BYTES);
    pool_close(pool);
}

/* What was granted or limited otherwise is another cell: none that waits for the one is used for the other.
 */
static void a_job_of_another_policy_starts_cold(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena, 8ul * CELL_ARENA_BYTES);
    struct error err = {0};
    struct pool *pool = pool_open(&(struct pool_options){0}, &err);
    struct program program = {.language = "python", .text = "print(1)"};
    run(pool, &arena, &program); /* warm */
    assert_true(pool_fill(pool, PATIENCE_MS));
    struct cell_io io = {.stdin_fd = -1, .cancel_fd = -1};
    for (int i = 0; i < 3; i++) {
        AUTO_SPEC struct spec spec = {0};
        struct capability granted[] = {{.kind = i == 0 ? CAPABILITY_NATIVE : CAPABILITY_FS_READ,
                                        .argument = VIEW("/usr/share"),
                                        .is_known = true}};
        struct capability_set grant = {.items = granted, .count = i < 2};
        struct spec_job job = {
            .source = VIEW("print(1)"), .language = VIEW("python"), .limits = limits_default()};
        if (i == 2) job.limits.values[LIMIT_MEMORY] /= 2;
        if (!spec_from_grant(&spec, &arena, &grant, &job, &err)) fail_msg("%s", err.message);
        struct result result;
        if (!pool_run(pool, &arena, &spec, &io, &result, &err)) fail_msg("%s", err.message);
        assert_int_equal(result.ended, ENDED_EXITED);
        assert_false(result.was_waiting);
    }
    assert_int_equal(pool_stats(pool).shapes, 4);
    pool_close(pool);
}

static void the_wall_clock_starts_with_the_job(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena, 8ul * CELL_ARENA_BYTES);
    AUTO_SPEC struct spec spec = {0};
    struct error err = {0};
    struct result result;
    spec_make(&spec, &arena, &(struct program){.language = "python", .text = "while True: pass"});
    struct pool *pool = pool_open(&(struct pool_options){0}, &err);
    assert_true(pool_keep(pool, &spec, 1, &err) && pool_fill(pool, PATIENCE_MS));
    usleep(300 * 1000);
    spec.limits.values[LIMIT_WALL] = 200; /* not a part of the shape */
    struct cell_io io = {.stdin_fd = -1, .cancel_fd = -1};
    assert_true(pool_run(pool, &arena, &spec, &io, &result, &err));
    assert_true(result.was_waiting);
    assert_int_equal(result.ended, ENDED_LIMIT);
    assert_int_equal(result.limit, LIMIT_WALL);
    assert_true(result.wall_ms >= 200);
    pool_close(pool);
}

/* The number behind "Pid:" of a process descriptor: proc(5). */
static pid_t pid_of(int pidfd)
{
    char path[64], line[128];
    int pid = -1;
    snprintf(path, sizeof path, "/proc/self/fdinfo/%d", pidfd);
    FILE *file = fopen(path, "re");
    while (file && fgets(line, sizeof line, file)) sscanf(line, "Pid: %d", &pid);
    if (file) fclose(file);
    return pid;
}

static bool second_is_busy(void *context, enum cell_stream stream, struct view bytes)
{
    struct pool *pool = context;
    (void)stream, (void)bytes;
    AUTO_ARENA struct arena arena;
    arena_init(&arena, CELL_ARENA_BYTES);
    AUTO_SPEC struct spec spec = {0};
    struct cell_io io = {.stdin_fd = -1, .cancel_fd = -1};
    struct error err = {0};
    struct result result;
    spec_make(&spec, &arena, &(struct program){.language = "python", .text = "print(2)"});
    spec.limits.values[LIMIT_CELLS] = 1;
    spec.limits.values[LIMIT_QUEUE] = 0;
    assert_false(pool_run(pool, &arena, &spec, &io, &result, &err));
    assert_int_equal(err.code, ERROR_BUSY);
    return true;
}

static void a_number_of_cells_holds_for_waiting_ones_too(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena, CELL_ARENA_BYTES);
    AUTO_SPEC struct spec spec = {0};
    struct error err = {0};
    struct result result;
    struct pool *pool = pool_open(&(struct pool_options){.cells_max = 2}, &err);
    assert_non_null(pool);
    spec_make(&spec, &arena, &(struct program){.language = "python", .text = "print(1)"});
    spec.limits.values[LIMIT_CELLS] = 1;
    assert_true(pool_keep(pool, &spec, 2, &err));
    assert_true(pool_fill(pool, PATIENCE_MS));
    struct cell_io io = {.stdin_fd = -1, .cancel_fd = -1, .on_output = second_is_busy, .context = pool};
    for (int i = 0; i < 2; i++) { /* the place is given back */
        if (!pool_run(pool, &arena, &spec, &io, &result, &err)) fail_msg("%s", err.message);
        assert_true(result.was_waiting);
        assert_int_equal(result.exit_code, 0);
    }
    pool_close(pool);
}

static void none_outlives_its_owner(void **state)
{
    (void)state;
    int told[2], pids[4] = {0};
    assert_int_equal(pipe(told), 0);
    pid_t owner = fork();
    if (owner == 0) {
        AUTO_ARENA struct arena arena;
        arena_init(&arena, CELL_ARENA_BYTES);
        struct error err = {0};
        struct spec spec;
        spec_make(&spec, &arena, &(struct program){.language = "python", .text = "print(1)"});
        struct pool *pool = pool_open(&(struct pool_options){0}, &err);
        if (!pool || !pool_keep(pool, &spec, 4, &err) || !pool_fill(pool, PATIENCE_MS)) _exit(1);
        int count = 0;
        for (struct slot *slot = pool->slots; slot && count < 4; slot = slot->next)
            pids[count++] = pid_of(slot->waiting.cell.at.pidfd);
        ssize_t put = write(told[1], pids, sizeof pids);
        (void)put;
        pause();
    }
    assert_int_equal(read(told[0], pids, sizeof pids), sizeof pids);
    int cells[4];
    for (int i = 0; i < 4; i++) {
        assert_true(pids[i] > 1);
        assert_true((cells[i] = (int)syscall(SYS_pidfd_open, pids[i], 0)) >= 0);
    }
    kill(owner, SIGKILL);
    waitpid(owner, NULL, 0);
    for (int i = 0; i < 4; i++) assert_true(is_readable(cells[i]));
}

static void what_a_killed_process_left_is_swept(void **state)
{
    (void)state;
    char left[64], live[64];
    struct timespec old[2] = {{1, 0}, {1, 0}};
    pid_t gone = fork();
    if (gone == 0) _exit(0);
    waitpid(gone, NULL, 0);
    snprintf(left, sizeof left, "/tmp/cordon-%d-%032d", (int)gone, 0);
    snprintf(live, sizeof live, "/tmp/cordon-%d-%032d", (int)getpid(), 0);
    close(open(left, O_CREAT | O_WRONLY, 0400));
    close(open(live, O_CREAT | O_WRONLY, 0400));
    waiting_sweep();
    assert_int_equal(access(left, F_OK), 0); /* too young to judge */
    utimensat(AT_FDCWD, left, old, 0);
    utimensat(AT_FDCWD, live, old, 0);
    waiting_sweep();
    assert_int_not_equal(access(left, F_OK), 0);
    assert_int_equal(unlink(live), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_a_whole_job_starts_a_cell),
        cmocka_unit_test(a_cell_that_spoke_or_ended_is_not_used),
        cmocka_unit_test(a_pool_recovers_from_cells_that_die),
        cmocka_unit_test(a_cell_that_waits_for_long_is_replaced),
        cmocka_unit_test(memory_bounds_how_many_wait),
        cmocka_unit_test(a_job_of_another_policy_starts_cold),
        cmocka_unit_test(the_wall_clock_starts_with_the_job),
        cmocka_unit_test(a_number_of_cells_holds_for_waiting_ones_too),
        cmocka_unit_test(none_outlives_its_owner),
        cmocka_unit_test(what_a_killed_process_left_is_swept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
