/* cell.c - what a cell with everything on costs against bare bubblewrap that starts the same interpreter on
 * the same program, as a ratio of medians. Cold cells, one after the other, each pair measured together so
 * that what else the machine does meets both. On a busy machine times say little: where this process may make
 * a group of the cpuacct controller, the processor time that each took is compared too, by medians as well.
 *
 *     ninja -C build bench/bench-cell && build/bench/bench-cell [PAIRS] [python|javascript]
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "runner/runner.h"

/* A group of the cpuacct controller for this process and all that it starts. */
enum { REMOVE_TRIES = 500 };
static char group[96];

static void group_make(void)
{
    snprintf(group, sizeof group, "/sys/fs/cgroup/cpuacct/cordon-bench-%d", (int)getpid());
    if (mkdir(group, 0755) < 0) group[0] = '\0';
}

static void group_enter(void)
{
    char procs[128];
    snprintf(procs, sizeof procs, "%s/cgroup.procs", group);
    AUTO_FD int fd = group[0] ? open(procs, O_WRONLY | O_CLOEXEC) : -1;
    if (fd < 0 || write(fd, "0", 1) != 1) group[0] = '\0';
}

/* Behind the process that was in it: its keeper takes the cells' groups away, and a moment for it. */
static void group_remove(void)
{
    for (int tries = 0; group[0] && rmdir(group) < 0 && errno == EBUSY && tries < REMOVE_TRIES; tries++)
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
}

/* Processor time of the group so far; 0: there is none. */
static uint64_t group_ns(void)
{
    char path[128], text[32] = "";
    snprintf(path, sizeof path, "%s/cpuacct.usage", group);
    AUTO_FD int fd = group[0] ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    return fd >= 0 && read(fd, text, sizeof text - 1) > 0 ? strtoull(text, NULL, 10) : 0;
}

static uint64_t bare_ns(const char *const *arguments)
{
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    uint64_t start = io_now_ns();
    pid_t pid;
    int status = -1;
    char *const environment[] = {NULL};
    if (posix_spawnp(&pid, "bwrap", &actions, NULL, (char *const *)(uintptr_t)arguments, environment) != 0)
        return 0;
    waitpid(pid, &status, 0);
    posix_spawn_file_actions_destroy(&actions);
    return status == 0 ? io_now_ns() - start : 0;
}

static uint64_t cell_ns(const char *language, struct view source)
{
    static const struct capability_set nothing = {0};
    AUTO_ARENA struct arena arena;
    arena_init(&arena, CELL_ARENA_BYTES);
    AUTO_SPEC struct spec spec = {0};
    struct spec_job job = {.source = source, .language = view_of_cstr(language), .limits = limits_default()};
    struct cell_io io = {.stdin_fd = -1, .cancel_fd = -1};
    struct result result;
    struct error err = {0};
    uint64_t start = io_now_ns();
    bool is_right = spec_from_grant(&spec, &arena, &nothing, &job, &err) &&
                    cell_run(&arena, &spec, &io, &result, &err) && result.ended == ENDED_EXITED &&
                    result.exit_code == 0;
    uint64_t took = io_now_ns() - start;
    if (!is_right) fprintf(stderr, "bench-cell: %s\n", err.message);
    return is_right ? took : 0;
}

static int compare(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

static void print_medians(const char *what, const uint64_t *bare, const uint64_t *cell, int pairs)
{
    double bare_ms = (double)bare[pairs / 2] / 1e6, cell_ms = (double)cell[pairs / 2] / 1e6;
    printf("%s: bare bubblewrap %.2f ms, cell %.2f ms, ratio %.2f (medians of %d pairs)\n", what, bare_ms,
           cell_ms, cell_ms / bare_ms, pairs);
}

static int measure(int argc, char **argv)
{
    int pairs = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 100;
    const char *language = argc > 2 ? argv[2] : "python";
    bool is_python = strcmp(language, "python") == 0;
    char path[] = "/tmp/cordon-bench-XXXXXX";
    AUTO_FD int fd = mkstemp(path);
    struct view source = is_python ? VIEW("print(1)\n") : VIEW("console.log(1)\n");
    if (pairs < 1 || fd < 0 || !io_write_all(fd, source, NULL) || fchmod(fd, 0644) < 0) return 2;
    const char *python[] = {"bwrap",
                            "--unshare-all",
                            "--ro-bind",
                            "/usr",
                            "/usr",
                            "--symlink",
                            "usr/lib",
                            "/lib",
                            "--symlink",
                            "usr/lib64",
                            "/lib64",
                            "--proc",
                            "/proc",
                            "--dev",
                            "/dev",
                            "--ro-bind",
                            path,
                            "/main",
                            "/usr/bin/python3",
                            "-I",
                            "-B",
                            "-Xutf8",
                            "/main",
                            NULL};
    const char *node[] = {"bwrap",   "--unshare-all", "--ro-bind", "/usr",      "/usr",   "--symlink",
                          "usr/lib", "/lib",          "--symlink", "usr/lib64", "/lib64", "--proc",
                          "/proc",   "--dev",         "/dev",      "--ro-bind", path,     "/main.cjs",
                          "node",    "/main.cjs",     NULL};
    enum { BARE, CELL, BARE_CPU, CELL_CPU, KINDS };
    uint64_t *took[KINDS] = {0};
    for (int i = 0; i < KINDS; i++)
        if (!(took[i] = calloc((size_t)pairs, sizeof **took))) return 2;
    group_enter();
    cell_ns(language, source); /* the filter, the libraries, the control groups: once in a process */
    for (int i = 0; i < pairs; i++) {
        uint64_t start = group_ns();
        took[BARE][i] = bare_ns(is_python ? python : node);
        uint64_t middle = group_ns();
        took[CELL][i] = cell_ns(language, source);
        took[BARE_CPU][i] = middle - start;
        took[CELL_CPU][i] = group_ns() - middle;
        if (!took[BARE][i] || !took[CELL][i]) pairs = 0;
    }
    remove(path);
    if (pairs == 0) return 2;
    for (int i = 0; i < KINDS; i++) qsort(took[i], (size_t)pairs, sizeof **took, compare);
    print_medians("elapsed", took[BARE], took[CELL], pairs);
    if (group[0]) print_medians("processor time", took[BARE_CPU], took[CELL_CPU], pairs);
    for (int i = 0; i < KINDS; i++) free(took[i]);
    return 0;
}

int main(int argc, char **argv)
{
    int status = 0;
    group_make();
    pid_t child = fork();
    if (child == 0) return measure(argc, argv);
    if (child < 0 || waitpid(child, &status, 0) < 0) return 2;
    group_remove();
    return WIFEXITED(status) ? WEXITSTATUS(status) : 2;
}
