#include "cordon/gitignore.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/io.h"

/* Paths with their NULs, into a file that git then reads: no pipe that both sides could wait on. */
static int paths_write(const struct walk *walk, struct error *err)
{
    char name[] = "/tmp/cordon-paths-XXXXXX";
    int fd = mkostemp(name, O_CLOEXEC);
    if (fd < 0) {
        error_set_errno(err, ERROR_SYSTEM, errno, "cannot make a temporary file");
        return -1;
    }
    unlink(name);
    for (uint32_t i = 0; i < walk->files.count; i++) {
        const char *path = walk->files.items[i].path;
        if (!io_write_all(fd, view_make(path, strlen(path) + 1), err)) return -1;
    }
    lseek(fd, 0, SEEK_SET);
    return fd;
}

/* Takes the files that stand in `ignored` (NUL-ended paths, in the order of the files) out of the walk. */
static void files_take_out(struct walk *walk, struct view ignored)
{
    uint32_t kept = 0;
    struct view next = {0}, rest = ignored;
    bool has_next = view_split(rest, '\0', &next, &rest);
    for (uint32_t i = 0; i < walk->files.count; i++) {
        struct walk_file file = walk->files.items[i];
        if (has_next && view_equals_cstr(next, file.path)) {
            has_next = view_split(rest, '\0', &next, &rest);
            if (!file.is_named) {
                walk->ignored_count++;
                continue;
            }
        }
        walk->files.items[kept++] = file;
    }
    walk->files.count = kept;
}

bool gitignore_apply(struct walk *walk, struct arena *arena, struct error *err)
{
    extern char **environ;
    AUTO_FD int input = paths_write(walk, err);
    if (input < 0) return false;
    int answer[2];
    if (pipe2(answer, O_CLOEXEC) < 0) return error_set_errno(err, ERROR_SYSTEM, errno, "cannot make a pipe");
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, input, 0);
    posix_spawn_file_actions_adddup2(&actions, answer[1], 1);
    /* The repository may be the untrusted author's: nothing of its configuration is run. */
    const char *arguments[] = {"git", "-c", "core.fsmonitor=false", "check-ignore", "--stdin", "-z", NULL};
    pid_t pid;
    int failed = posix_spawnp(&pid, "git", &actions, NULL, (char *const *)arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    close(answer[1]);
    AUTO_FD int output = answer[0];
    if (failed) {
        error_set_errno(err, ERROR_SYSTEM, failed, "cannot ask git what it ignores");
        return error_remedy(err, "apt-get install -y git, or leave out --gitignore");
    }
    struct view ignored;
    bool is_read = io_read_fd(arena, output, 1 << 30, &ignored, err);
    int status;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) continue;
    if (!is_read) return false;
    if (!WIFEXITED(status) || WEXITSTATUS(status) > 1) {
        error_set(err, ERROR_USAGE,
                  "git did not say what it ignores: the files must be in the repository of this folder");
        return error_remedy(err, "run cordon inside the repository, or leave out --gitignore");
    }
    files_take_out(walk, ignored);
    return true;
}
