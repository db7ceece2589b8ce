/* isolate_worker.c - the keeper, which forks a worker for each check, and the worker. */
#include "cordon/isolate_worker.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/io.h"
#include "cordon/isolate.h"
#include "cordon/isolate_channel.h"
#include "cordon/isolate_wire.h"

enum { CONTROL_FD = 3, WORKER_FD = 4 };

/* ---- the worker ---- */

static bool bytes_read(int fd, void *bytes, size_t size)
{
    char *at = bytes;
    while (size > 0) {
        ssize_t got = read(fd, at, size);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return false;
        at += got;
        size -= (size_t)got;
    }
    return true;
}

static void source_answer(const struct ruleset *ruleset, struct arena *arena, struct view question, int fd)
{
    struct wire_request request = {0};
    struct report report = {0};
    struct error err = {0};
    bool is_read = wire_request_read(&request, arena, question);
    struct checker_options options = {.ruleset = ruleset,
                                      .has_faults = request.has_faults,
                                      .modules = &request.modules,
                                      .source_limit_bytes = request.source_limit_bytes,
                                      .parse_deadline_ms = request.parse_deadline_ms};
    struct checker *checker = is_read ? checker_new(&options, &err)
                                      : (error_set(&err, ERROR_SYSTEM, "a question in disorder"), NULL);
    bool is_checked =
        checker && checker_check(checker, request.path, request.bytes, request.language, &report, &err);
    struct view answer = wire_answer_write(arena, &report, is_checked ? NULL : &err);
    if (!answer.length) { /* too many findings for an answer */
        error_set(&err, ERROR_LIMIT, "no memory left for the findings");
        answer = wire_answer_write(arena, &report, &err);
    }
    uint32_t length = (uint32_t)answer.length;
    if (answer.length && io_write_all(fd, view_make((const char *)&length, sizeof length), NULL))
        io_write_all(fd, answer, NULL);
}

static _Noreturn void worker_run(const struct ruleset *ruleset, int fd, pid_t keeper)
{
    struct arena arena;
    struct error err;
    uint32_t length = 0;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != keeper || dup2(fd, WORKER_FD) < 0 || syscall(SYS_close_range, WORKER_FD + 1, ~0u, 0) < 0)
        _exit(1);
    close(CONTROL_FD);
    arena_init(&arena, (size_t)2 * WIRE_BYTES_MAX);
    if (!worker_confine(&err) || !bytes_read(WORKER_FD, &length, sizeof length) || length > WIRE_BYTES_MAX)
        _exit(1);
    char *question = arena_alloc(&arena, length + 1);
    if (!question || !bytes_read(WORKER_FD, question, length)) _exit(1);
    source_answer(ruleset, &arena, view_make(question, length), WORKER_FD);
    _exit(0);
}

/* ---- the keeper ---- */

/* A worker under way; fd is the keeper's own end of the check's descriptor. */
struct ward {
    pid_t pid;
    int pidfd, fd;
};

struct keeper {
    const struct ruleset *ruleset;
    struct ward wards[ISOLATE_WORKERS_MAX];
    unsigned count;
};

static void worker_start(struct keeper *keeper, int fd)
{
    /* without the host's handlers of forks, which would close descriptors by numbers that are ours now
     * (libuv's do); the keeper has no other thread, so nothing is locked */
    pid_t own = getpid(), pid = _Fork();
    if (pid == 0) worker_run(keeper->ruleset, fd, own);
    int pidfd = pid > 0 ? (int)syscall(SYS_pidfd_open, pid, 0) : -1;
    if (pidfd >= 0) {
        keeper->wards[keeper->count++] = (struct ward){pid, pidfd, fd};
        return;
    }
    if (pid > 0) {
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
    }
    close(fd); /* the host reads an end, and refuses */
}

/* Says how the worker ended, for the reason that the host gives, and lets go of it. */
static void worker_bury(struct keeper *keeper, unsigned at)
{
    struct ward *ward = &keeper->wards[at];
    int status = 0;
    while (waitpid(ward->pid, &status, 0) < 0 && errno == EINTR) continue;
    struct worker_end end = {(uint32_t)WORKER_END_MARK, status};
    ssize_t put = send(ward->fd, &end, sizeof end, MSG_NOSIGNAL | MSG_DONTWAIT);
    (void)put; /* the host may have left */
    close(ward->pidfd);
    close(ward->fd);
    *ward = keeper->wards[--keeper->count];
}

/* A worker for a source that is still to come, and its descriptor for the host. */
static void spare_start(struct keeper *keeper, int control)
{
    int ends[2];
    if (keeper->count == ISOLATE_WORKERS_MAX || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
        return;
    worker_start(keeper, ends[0]);
    channel_send(control, ends[1]); /* where that fails, the worker reads an end */
    close(ends[1]);
}

static bool keeper_turn(struct keeper *keeper, int control)
{
    struct pollfd polls[2 * ISOLATE_WORKERS_MAX + 1];
    unsigned count = keeper->count;
    int fd;
    for (unsigned i = 0; i < count; i++) {
        polls[2 * i] = (struct pollfd){.fd = keeper->wards[i].pidfd, .events = POLLIN};
        polls[2 * i + 1] = (struct pollfd){.fd = keeper->wards[i].fd}; /* whether the host has gone */
    }
    polls[2 * count] = (struct pollfd){.fd = count < ISOLATE_WORKERS_MAX ? control : -1, .events = POLLIN};
    if (poll(polls, 2 * count + 1, -1) < 0) return errno == EINTR;
    for (unsigned i = count; i-- > 0;) { /* from the end, whose place another one takes */
        if (polls[2 * i + 1].revents & (POLLHUP | POLLERR)) kill(keeper->wards[i].pid, SIGKILL);
        if (polls[2 * i].revents) worker_bury(keeper, i);
    }
    if (!polls[2 * count].revents) return true;
    switch (channel_receive(control, &fd, true)) {
    case CHANNEL_GONE:
        return false;
    case CHANNEL_NOT_NOW:
        return true;
    case CHANNEL_DONE:
        break;
    }
    if (fd >= 0)
        worker_start(keeper, fd);
    else
        spare_start(keeper, control);
    return true;
}

/* What the keeper has of its host: nothing but the memory, without the environment, and the socket. */
static bool keeper_strip(int control)
{
    for (char **variable = environ; variable && *variable; variable++)
        memset(*variable, 0, strlen(*variable));
    struct sigaction plain = {.sa_handler = SIG_DFL};
    sigset_t none;
    for (int number = 1; number < NSIG; number++) sigaction(number, &plain, NULL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    setsid(); /* a Ctrl-C is the host's */
    prctl(PR_SET_NAME, "cordon-check");
    if (dup2(control, CONTROL_FD) < 0 || syscall(SYS_close_range, CONTROL_FD + 1, ~0u, 0) < 0) return false;
    int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int fd = 0; fd < CONTROL_FD && nothing >= 0; fd++)
        if (dup2(nothing, fd) < 0) return false;
    if (nothing > CONTROL_FD) close(nothing);
    return nothing >= 0 && prctl(PR_SET_DUMPABLE, 0) == 0;
}

void keeper_run(const struct ruleset *ruleset, int control)
{
    struct keeper keeper = {.ruleset = ruleset};
    if (!keeper_strip(control)) _exit(1);
    spare_start(&keeper, CONTROL_FD);
    while (keeper_turn(&keeper, CONTROL_FD)) continue;
    for (unsigned i = 0; i < keeper.count; i++) kill(keeper.wards[i].pid, SIGKILL);
    _exit(0);
}
