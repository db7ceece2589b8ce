/* cell.c - what a cell with everything on costs against bare bubblewrap that starts the same interpreter on
 * the same program, as a ratio of medians. Cold cells, one after the other, each pair measured together so
 * that what else the machine does meets both.
 *
 *     ninja -C build bench/bench-cell && build/bench/bench-cell [PAIRS] [python|javascript]
 */
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "runner/runner.h"

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

int main(int argc, char **argv)
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
    uint64_t *bare = calloc((size_t)pairs, sizeof *bare), *cell = calloc((size_t)pairs, sizeof *cell);
    for (int i = 0; bare && cell && i < pairs; i++) {
        bare[i] = bare_ns(is_python ? python : node);
        cell[i] = cell_ns(language, source);
        if (!bare[i] || !cell[i]) pairs = 0;
    }
    remove(path);
    if (pairs == 0) return 2;
    qsort(bare, (size_t)pairs, sizeof *bare, compare);
    qsort(cell, (size_t)pairs, sizeof *cell, compare);
    uint64_t bare_half = bare[pairs / 2], cell_half = cell[pairs / 2];
    printf("bare bubblewrap %.2f ms, cell %.2f ms, ratio %.2f (medians of %d pairs)\n",
           (double)bare_half / 1e6, (double)cell_half / 1e6, (double)cell_half / (double)bare_half, pairs);
    free(bare);
    free(cell);
    return 0;
}
