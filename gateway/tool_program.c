/* tool_program.c - a tool that is a program of the host's: no shell, nothing inherited but three pipes, a
 * session of its own that is killed at the end. Safe in a process with threads, and without SIGCHLD: as
 * runner/launch.c, from which it differs in that the program is trusted and its arguments are not. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "gateway/tool.h"

enum { STDERR_KEPT_BYTES = 4096 };

/* A program under way: our ends of its pipes. */
struct running {
    int pidfd, in, out, errors;
    pid_t pid;
};

/* Between fork and exec: only system calls. */
_Noreturn static void child_run(const struct tool_program *program, const int fds[3])
{
    int high[3];
    for (int i = 0; i < 3; i++)
        if ((high[i] = (int)syscall(SYS_fcntl, fds[i], F_DUPFD, 16)) < 0) _exit(127);
    for (int i = 0; i < 3; i++)
        if (syscall(SYS_dup3, high[i], i, 0) < 0) _exit(127);
    syscall(SYS_close_range, 3u, ~0u, 0);
    syscall(SYS_setsid);
    syscall(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0); /* the thread of the call */
    struct rlimit none = {0};
    syscall(SYS_prlimit64, 0, RLIMIT_CORE, &none, NULL);
    struct sigaction standard = {.sa_handler = SIG_DFL};
    for (int number = 1; number < NSIG; number++) sigaction(number, &standard, NULL);
    sigset_t empty;
    sigemptyset(&empty);
    sigprocmask(SIG_SETMASK, &empty, NULL);
    if (program->folder && syscall(SYS_chdir, program->folder) < 0) _exit(127);
    execve(program->argv[0], (char *const *)program->argv, (char *const *)program->environment);
    _exit(127);
}

static bool program_start(struct running *running, const struct tool_program *program)
{
    int in[2] = {-1, -1}, out[2] = {-1, -1}, errors[2] = {-1, -1};
    bool is_made = pipe2(in, O_CLOEXEC) == 0 && pipe2(out, O_CLOEXEC) == 0 && pipe2(errors, O_CLOEXEC) == 0;
    *running = (struct running){-1, in[1], out[0], errors[0], -1};
    if (is_made) {
        const int fds[] = {in[0], out[1], errors[1]};
        running->pid =
            (pid_t)syscall(SYS_clone, (unsigned long)CLONE_PIDFD, NULL, &running->pidfd, NULL, NULL);
        if (running->pid == 0) child_run(program, fds);
    }
    cleanup_fd(&in[0]);
    cleanup_fd(&out[1]);
    cleanup_fd(&errors[1]);
    const int ours[] = {running->in, running->out, running->errors};
    for (int i = 0; i < 3; i++)
        if (ours[i] >= 0) fcntl(ours[i], F_SETFL, O_NONBLOCK);
    return running->pid > 0;
}

/* Kills what is left of its session's group and reaps it. Its number is not used again before that. */
static int program_end(struct running *running)
{
    siginfo_t info = {0};
    if (running->pid > 0) {
        kill(-running->pid, SIGKILL);
        syscall(SYS_pidfd_send_signal, running->pidfd, SIGKILL, NULL, 0); /* where it had no group yet */
        while (waitid(P_PIDFD, (id_t)running->pidfd, &info, WEXITED | __WALL) < 0 && errno == EINTR) continue;
    }
    int *fds[] = {&running->pidfd, &running->in, &running->out, &running->errors};
    for (int i = 0; i < 4; i++) cleanup_fd(fds[i]);
    return info.si_code == CLD_EXITED ? info.si_status : -1;
}

/* What it says on one pipe, up to a number of bytes. */
struct taken {
    char *bytes;
    size_t length, size;
    bool is_over;
};

/* What is more than there is room for is counted as too much, and dropped. */
static void taken_read(struct taken *taken, int *fd)
{
    char rest[4096];
    bool has_room = taken->length < taken->size;
    ssize_t got = has_room ? read(*fd, taken->bytes + taken->length, taken->size - taken->length)
                           : read(*fd, rest, sizeof rest);
    if (got > 0 && has_room) taken->length += (size_t)got;
    if (got > 0 && !has_room) taken->is_over = true;
    if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) cleanup_fd(fd);
}

static void arguments_write(struct running *running, struct view *rest)
{
    ssize_t put = rest->length ? write(running->in, rest->bytes, rest->length) : 0;
    if (put > 0) *rest = view_slice(*rest, (size_t)put, rest->length);
    bool is_broken = put < 0 && errno != EAGAIN && errno != EINTR; /* it need not read them */
    if (rest->length == 0 || is_broken) cleanup_fd(&running->in);
}

/* Until it has ended and said all. False: the call's time is over, or nobody waits any more. */
static bool program_attend(struct running *running, const struct tool_call *call, struct taken *out,
                           struct taken *errors)
{
    struct view rest = call->text;
    for (bool has_ended = false;;) {
        uint64_t now_ms = io_now_ms();
        if (now_ms >= call->deadline_ms) return false;
        if (out->is_over) return true;
        struct pollfd waits[] = {{call->stop_fd, POLLIN, 0},
                                 {has_ended ? -1 : running->pidfd, POLLIN, 0},
                                 {running->in, POLLOUT, 0},
                                 {running->out, POLLIN, 0},
                                 {running->errors, POLLIN, 0}};
        /* What it left behind may hold its pipes open: when it has ended, what is there is all. */
        int timeout_ms = has_ended ? 0 : (int)(call->deadline_ms - now_ms);
        int ready = poll(waits, 5, timeout_ms);
        if (waits[0].revents) return false;
        if (ready == 0 && has_ended) return true;
        has_ended |= waits[1].revents != 0;
        if (waits[2].revents) arguments_write(running, &rest);
        if (waits[3].revents) taken_read(out, &running->out);
        if (waits[4].revents) taken_read(errors, &running->errors);
    }
}

/* The last words of a program that failed; without them its status. */
static bool program_fail(struct tool_call *call, int status, const struct taken *errors)
{
    struct view said = view_trim(view_make(errors->bytes, errors->length));
    if (said.length > TOOL_MESSAGE_BYTES - 1)
        said = view_slice(said, said.length - TOOL_MESSAGE_BYTES + 1, said.length);
    if (said.length) return tool_fail(call, "%.*s", VIEW_ARGS(said));
    if (status < 0) return tool_fail(call, "%s was ended by a signal", call->tool->name);
    if (status == 127) return tool_fail(call, "%s cannot be started", call->tool->name);
    return tool_fail(call, "%s failed with status %d", call->tool->name, status);
}

bool tool_program_run(void *context, struct tool_call *call)
{
    const struct tool_program *program = context;
    char said[STDERR_KEPT_BYTES];
    size_t most = (size_t)call->tool->limits.values[TOOL_LIMIT_RESULT];
    AUTO_FREE char *bytes = malloc(most);
    struct taken out = {.bytes = bytes, .size = most}, errors = {.bytes = said, .size = sizeof said};
    struct running running;
    if (!bytes) return tool_fail(call, "no memory for a result");
    bool is_started = program_start(&running, program);
    bool is_heard = is_started && program_attend(&running, call, &out, &errors);
    int status = program_end(&running);
    if (!is_started) return tool_fail(call, "%s cannot be started", call->tool->name);
    if (!is_heard)
        return tool_fail(call, "%s took longer than %llu ms", call->tool->name,
                         (unsigned long long)call->tool->limits.values[TOOL_LIMIT_TIMEOUT]);
    if (out.is_over) return tool_fail(call, "%s: the result has more than %zu bytes", call->tool->name, most);
    if (status != 0) return program_fail(call, status, &errors);
    return tool_succeed(call, view_trim(view_make(out.bytes, out.length)));
}
