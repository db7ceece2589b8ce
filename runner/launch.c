#include "runner/launch.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/embed.h"
#include "base/io.h"
#include "runner/cell_protocol.h"
#include "runner/keeper.h"
#include "runner/machine.h"

extern const struct embedded_file cell_image_files[];

/* ThreadSanitizer takes every child for one of fork. */
#ifndef __has_feature
#define __has_feature(feature) 0
#endif
#if defined(__SANITIZE_THREAD__) || __has_feature(thread_sanitizer)
enum { CHILD_SHARES = 0 };
#else
enum { CHILD_SHARES = CLONE_VM | CLONE_VFORK };
#endif
enum { CHILD_STACK_BYTES = 64 * 1024 };
/* AddressSanitizer would complain, where bubblewrap's complaints go, of a stack that it does not know. */
#define UNSANITIZED __attribute__((no_sanitize("address")))

/* What the child needs, all of it made before it starts. */
struct child_plan {
    int fds[PACKAGE_FDS_MAX]; /* fds[n] becomes descriptor n */
    int fd_count;
    const struct cgroup *group;
    uid_t drop_to; /* 0: stay who we are */
    pid_t supervisor;
    pid_t *place; /* in the keeper's book */
    const char *bwrap;
    const char *arguments[8];
    const char *environment[1];
};

void launched_clear(struct launched *launched)
{
    int *fds[] = {&launched->pidfd,      &launched->stdin_fd,     &launched->stdout_fd, &launched->stderr_fd,
                  &launched->control_fd, &launched->complaint_fd, &launched->job_fd,    &launched->tools_fd};
    for (size_t i = 0; i < sizeof fds / sizeof *fds; i++) cleanup_fd(fds[i]);
    keeper_place_give(launched->place);
    launched->place = NULL;
}

void launched_kill(const struct launched *launched)
{
    if (launched->pidfd < 0 || syscall(SYS_pidfd_send_signal, launched->pidfd, SIGKILL, NULL, 0) < 0) return;
    /* Not reaped yet, so that the number is still its own. */
    pid_t group = __atomic_load_n(launched->place, __ATOMIC_ACQUIRE);
    if (group > 1) kill(-group, SIGKILL);
}

const char *launch_bwrap_find(struct error *err)
{
    static const char *const places[] = {"/usr/bin/bwrap", "/usr/local/bin/bwrap", "/bin/bwrap"};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (access(places[i], X_OK) == 0) return places[i];
    error_set(err, ERROR_CELL, "bubblewrap is not installed");
    error_remedy(err, "apt-get install -y bubblewrap");
    return NULL;
}

/* A sealed file in memory, at its start. */
static int memory_file(const char *name, struct view bytes, struct error *err)
{
    int fd = memfd_create(name, MFD_CLOEXEC);
    if (fd < 0 || !io_write_all(fd, bytes, err) || lseek(fd, 0, SEEK_SET) < 0) {
        if (fd >= 0) close(fd);
        error_set_errno(err, ERROR_SYSTEM, errno, "cannot make %s", name);
        return -1;
    }
    return fd;
}

/* Everything below runs in the child, between clone and exec, in the memory of the parent: by system calls,
 * or by functions that leave nothing behind. What fails is said where bubblewrap's complaints go. */
UNSANITIZED _Noreturn static void child_fail(int complaint, const char *what)
{
    ssize_t put = write(complaint, what, strlen(what));
    (void)put; /* nobody is left to tell */
    _exit(125);
}

UNSANITIZED _Noreturn static void child_run(const struct child_plan *plan)
{
    /* Before there is anything that could be left over. */
    if (syscall(SYS_setpgid, 0, 0) < 0) _exit(125);
    *(volatile pid_t *)plan->place = (pid_t)syscall(SYS_getpid);
    for (unsigned i = 0; i < plan->group->count; i++)
        if (write(plan->group->procs_fds[i], "0", 1) != 1)
            child_fail(plan->fds[2], "cannot join its control group\n");
    /* Upwards and out of the way first: a target number may be another's source. */
    int high[PACKAGE_FDS_MAX];
    for (int i = 0; i < plan->fd_count; i++) {
        high[i] = (int)syscall(SYS_fcntl, plan->fds[i], F_DUPFD, PACKAGE_FDS_MAX);
        if (high[i] < 0) _exit(125);
    }
    for (int i = 0; i < plan->fd_count; i++)
        if (syscall(SYS_dup3, high[i], i, 0) < 0) _exit(125);
    if (syscall(SYS_close_range, (unsigned)plan->fd_count, ~0u, 0) < 0) _exit(125);
    if (plan->drop_to) {
        /* By system call: the C library's setuid would look for the threads of the parent. */
        if (syscall(SYS_setgroups, 0, NULL) < 0) child_fail(2, "cannot become a user of its own\n");
        if (syscall(SYS_setresgid, plan->drop_to, plan->drop_to, plan->drop_to) < 0)
            child_fail(2, "cannot become a user of its own\n");
        if (syscall(SYS_setresuid, plan->drop_to, plan->drop_to, plan->drop_to) < 0)
            child_fail(2, "cannot become a user of its own\n");
    }
    if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0) _exit(125);
    if (syscall(SYS_getppid) != plan->supervisor) _exit(125); /* died before, and so sends no signal */
    struct sigaction standard = {.sa_handler = SIG_DFL};
    for (int number = 1; number < NSIG; number++) sigaction(number, &standard, NULL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    umask(0077);
    execve(plan->bwrap, (char *const *)plan->arguments, (char *const *)plan->environment);
    child_fail(2, "bubblewrap does not start\n");
}

UNSANITIZED static int child_main(void *argument)
{
    struct child_plan own = *(const struct child_plan *)argument;
    if (own.drop_to == LAUNCH_UID_FIRST) own.drop_to += (uid_t)syscall(SYS_getpid);
    child_run(&own);
}

/* A child in the parent's memory until it executes, as of vfork: a copy costs milliseconds where the host has
 * hundreds of megabytes. Its end sends no SIGCHLD, so that neither a host's handler nor its wait(-1) takes
 * it. A child that becomes another user makes the memory that it shares undumpable, which is undone: one at a
 * time, so that each sees what the host had set. */
static bool child_start(struct child_plan *plan, int *pidfd, struct error *err)
{
    static pthread_mutex_t dumpable_lock = PTHREAD_MUTEX_INITIALIZER;
    char *stack =
        mmap(NULL, CHILD_STACK_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
    if (stack == MAP_FAILED) return error_set_errno(err, ERROR_SYSTEM, errno, "cannot start a process");
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before); /* no handler of the host's runs in the child */
    pthread_mutex_lock(&dumpable_lock);
    bool was_dumpable = prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 1;
    int pid = clone(child_main, stack + CHILD_STACK_BYTES, CHILD_SHARES | CLONE_PIDFD, plan, pidfd);
    int failed = errno;
    if (was_dumpable) prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
    pthread_mutex_unlock(&dumpable_lock);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    munmap(stack, CHILD_STACK_BYTES);
    return pid > 0 || error_set_errno(err, ERROR_SYSTEM, failed, "cannot start a process");
}

/* The descriptors of the files that go in, with one byte to carry them. */
static bool files_send(int control, const struct package *package, struct error *err)
{
    union {
        struct cmsghdr head;
        char room[CMSG_SPACE(SPEC_FILES_MAX * sizeof(int))];
    } passed = {0};
    int fds[SPEC_FILES_MAX];
    size_t bytes = package->file_count * sizeof(int);
    if (package->file_count == 0) return true;
    for (uint32_t i = 0; i < package->file_count; i++) fds[i] = package->files[i];
    passed.head =
        (struct cmsghdr){.cmsg_len = CMSG_LEN(bytes), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
    memcpy(CMSG_DATA(&passed.head), fds, bytes);
    char byte = 0;
    struct iovec part = {&byte, 1};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = passed.room, .msg_controllen = CMSG_SPACE(bytes)};
    return sendmsg(control, &message, MSG_NOSIGNAL) == 1 ||
           error_set_errno(err, ERROR_SYSTEM, errno, "cannot pass files to the cell");
}

/* The package's job, to cordon-cell: all of it fits the socket before anyone reads. */
static bool job_send(int control, const struct package *package, struct error *err)
{
    int room = (int)package->job.length + 64 * 1024;
    setsockopt(control, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
    return io_write_all(control, package->job, err) && files_send(control, package, err);
}

/* The pipes: the child's ends go into `plan`, ours into `launched`. */
static bool pipes_make(struct child_plan *plan, struct launched *launched, const struct package *package,
                       struct error *err)
{
    int in[2] = {-1, -1}, out[2] = {-1, -1}, errors[2] = {-1, -1}, control[2] = {-1, -1},
        complaint[2] = {-1, -1}, job[2] = {-1, -1}, tools[2] = {-1, -1};
    bool is_waiting = package->is_waiting, has_tools = package->has_tools;
    bool is_made = pipe2(in, O_CLOEXEC) == 0 && pipe2(out, O_CLOEXEC) == 0 && pipe2(errors, O_CLOEXEC) == 0 &&
                   pipe2(complaint, O_CLOEXEC) == 0 &&
                   socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, control) == 0 &&
                   (!is_waiting || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, job) == 0) &&
                   (!has_tools || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, tools) == 0);
    int failed = errno;
    *launched = (struct launched){-1,           in[1],  out[0],   errors[0],  control[0],
                                  complaint[0], job[0], tools[0], plan->place};
    int null = open("/dev/null", O_RDWR | O_CLOEXEC),
        null_again = null < 0 ? -1 : fcntl(null, F_DUPFD_CLOEXEC, 3);
    if (!is_waiting && null >= 0) job[1] = fcntl(null, F_DUPFD_CLOEXEC, 3);
    if (!has_tools && null >= 0) tools[1] = fcntl(null, F_DUPFD_CLOEXEC, 3);
    int fixed[] = {null, null_again, complaint[1], in[0], out[1], errors[1], control[1], job[1], tools[1]};
    memcpy(plan->fds, fixed, sizeof fixed);
    plan->fd_count = sizeof fixed / sizeof *fixed;
    for (int i = 0; i < plan->fd_count; i++) is_made &= plan->fds[i] >= 0;
    if (!is_made) return error_set_errno(err, ERROR_SYSTEM, failed, "cannot make pipes for the cell");
    int ours[] = {in[1], out[0], errors[0], complaint[0]};
    for (size_t i = 0; i < 4; i++) fcntl(ours[i], F_SETFL, O_NONBLOCK);
    if (has_tools) fcntl(tools[0], F_SETFL, O_NONBLOCK);
    return true;
}

static bool fd_add(struct child_plan *plan, int fd)
{
    plan->fds[plan->fd_count] = fd;
    if (fd >= 0) plan->fd_count++;
    return fd >= 0;
}

/* The files and grants, in the order of enum package_fd. The plan's descriptors are closed by the caller. */
static bool files_make(struct child_plan *plan, const struct package *package,
                       const struct launch_program *program, struct error *err)
{
    const char *name = "cordon-cell-file";
    struct view passwd = VIEW("cell:x:65534:65534::/scratch:/nonexistent\n");
    bool is_made = fd_add(plan, memory_file(name, package->options, err)) &&
                   fd_add(plan, memory_file(name, embedded_bytes(&cell_image_files[0]), err));
    if (!is_made) return false;
    is_made = package->is_waiting
                  ? fd_add(plan, fcntl(program->file, F_DUPFD_CLOEXEC, 3)) ||
                        error_set_errno(err, ERROR_SYSTEM, errno, "cannot pass the program's file")
                  : fd_add(plan, memory_file(name, program->source, err));
    if (!is_made || !fd_add(plan, memory_file(name, passwd, err)) ||
        !fd_add(plan, memory_file(name, package->boot, err)) ||
        !fd_add(plan, memory_file(name, package->certificates, err)) ||
        !fd_add(plan, memory_file(name, package->tools_module, err)) ||
        !fd_add(plan, memory_file(name, view_of_cstr(package->memory_info), err)))
        return false;
    for (uint32_t i = 0; i < package->bind_count; i++)
        if (!fd_add(plan, fcntl(package->binds[i], F_DUPFD_CLOEXEC, 3)))
            return error_set_errno(err, ERROR_SYSTEM, errno, "cannot pass a grant to the cell");
    return true;
}

bool launch_has_own_uid(bool accepts_shared)
{
    struct machine machine;
    if (geteuid() != 0) return false;
    if (!accepts_shared) return true; /* or the cell is not made */
    machine_users_examine(&machine, "/proc");
    return machine.has_uid_range;
}

bool launch(struct launched *launched, const struct package *package, const struct launch_program *program,
            const struct cgroup *group, struct error *err)
{
    *launched = LAUNCHED_NONE;
    struct child_plan plan = {.group = group,
                              .supervisor = getpid(),
                              .drop_to = geteuid() != 0 ? 0
                                         : launch_has_own_uid(package->accepts_shared_uid)
                                             ? LAUNCH_UID_FIRST
                                             : LAUNCH_UID_SHARED};
    plan.bwrap = launch_bwrap_find(err);
    if (!plan.bwrap) return false;
    if (!(plan.place = keeper_place_take(err))) return false;
    static char number[] = {'0' + FD_OPTIONS, '\0'};
    _Static_assert(FD_OPTIONS < 10, "one digit");
    const char *arguments[] = {"bwrap", "--args", number, "/cordon/cell", NULL};
    memcpy(plan.arguments, arguments, sizeof arguments);
    bool is_made = pipes_make(&plan, launched, package, err) && files_make(&plan, package, program, err) &&
                   job_send(launched->control_fd, package, err) && child_start(&plan, &launched->pidfd, err);
    for (int i = 0; i < plan.fd_count; i++) cleanup_fd(&plan.fds[i]);
    if (!is_made) launched_clear(launched);
    return is_made;
}
