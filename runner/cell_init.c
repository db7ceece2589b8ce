/* cell_init.c - cordon-cell, the first process of a cell: small, static, without libraries of ours.
 *
 * It is PID 1 inside, so no process of the cell can signal or trace it, and when it ends the kernel ends all
 * of them. It reads the job, starts the program under its limits and filter, watches what the whole cell
 * uses, reaps, and reports how the program really ended over a socket that the program never had. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "runner/cell_files.h"
#include "runner/cell_mounts.h"
#include "runner/cell_network.h"
#include "runner/cell_protocol.h"
#include "runner/limits.h"
#include "runner/recorder.h"
#include "runner/usage.h"

/* How often the cell's use is summed. Between two looks a program can overshoot; the hard limits behind the
 * watched ones bound by how much. */
enum { WATCH_MS = 10, PROCESS_SLACK = 8 };

struct job {
    struct cell_job head;
    char *filter;
    char **arguments, **environment, **files;
};

/* Ends the cell because it could not be made. */
_Noreturn static void step_fail(enum cell_step step)
{
    struct cell_report report = {
        .magic = CELL_MAGIC, .step = step, .errno_value = errno, .limit = LIMIT_NONE};
    cell_report_send(&report, false);
    _exit(125);
}

static void read_exactly(void *out, size_t size)
{
    for (char *at = out; size;) {
        ssize_t got = read(CELL_FD_CONTROL, at, size);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) step_fail(CELL_STEP_JOB); /* the end of the stream never means go */
        at += got;
        size -= (size_t)got;
    }
}

/* `count` texts out of `texts`, each ended by NUL; the array is ended by NULL. */
static char **texts_split(char **texts, char *end, uint32_t count)
{
    char **list = calloc(count + 1, sizeof *list);
    if (!list) step_fail(CELL_STEP_JOB);
    for (uint32_t i = 0; i < count; i++) {
        char *nul = memchr(*texts, '\0', (size_t)(end - *texts));
        if (!nul) step_fail(CELL_STEP_JOB);
        list[i] = *texts;
        *texts = nul + 1;
    }
    return list;
}

static struct job job_read(void)
{
    struct job job;
    read_exactly(&job.head, sizeof job.head);
    bool is_sound = job.head.magic == CELL_MAGIC && job.head.text_bytes <= CELL_JOB_BYTES_MAX &&
                    job.head.filter_bytes <= CELL_JOB_BYTES_MAX && job.head.argument_count > 0 &&
                    job.head.argument_count <= CELL_TEXTS_MAX &&
                    job.head.environment_count <= CELL_TEXTS_MAX && job.head.file_count <= CELL_FILES_MAX &&
                    job.head.program_argument < job.head.argument_count;
    if (!is_sound) step_fail(CELL_STEP_JOB);
    job.filter = malloc(job.head.filter_bytes + 1);
    char *texts = malloc(job.head.text_bytes + 1);
    if (!job.filter || !texts) step_fail(CELL_STEP_JOB);
    read_exactly(job.filter, job.head.filter_bytes);
    read_exactly(texts, job.head.text_bytes);
    char *end = texts + job.head.text_bytes;
    job.arguments = texts_split(&texts, end, job.head.argument_count);
    job.environment = texts_split(&texts, end, job.head.environment_count);
    job.files = texts_split(&texts, end, job.head.file_count);
    if (!cell_files_receive(job.files, job.head.file_count)) step_fail(CELL_STEP_FILES);
    return job;
}

static void limit_set(int resource, uint64_t soft, uint64_t hard)
{
    struct rlimit limit = {.rlim_cur = soft, .rlim_max = hard};
    /* By system call: C libraries differ in the type of `resource`. */
    if (syscall(SYS_prlimit64, 0, resource, &limit, NULL) < 0) step_fail(CELL_STEP_LIMITS);
}

/* The hard limits of each process, behind what the watch sums. */
static void limits_set(const struct cell_job *job)
{
    uint64_t cpu_s = job->cpu_ms / 1000 + 2;
    limit_set(RLIMIT_CORE, 0, 0);
    limit_set(RLIMIT_CPU, cpu_s, cpu_s + 1);
    limit_set(RLIMIT_NOFILE, job->files, job->files);
    limit_set(RLIMIT_FSIZE, job->file_size_bytes, job->file_size_bytes);
    limit_set(RLIMIT_DATA, 2 * job->memory_bytes + (128u << 20), 2 * job->memory_bytes + (128u << 20));
    limit_set(RLIMIT_MEMLOCK, 0, 0);
    limit_set(RLIMIT_MSGQUEUE, 0, 0);
    limit_set(RLIMIT_SIGPENDING, 1024, 1024);
    limit_set(RLIMIT_NICE, 0, 0);
    limit_set(RLIMIT_RTPRIO, 0, 0);
    /* Counted in this user namespace alone, since it is set inside it: cells of one uid do not take each
     * other's. */
    limit_set(RLIMIT_NPROC, job->processes + PROCESS_SLACK, job->processes + PROCESS_SLACK);
}

/* The program's process, up to execve. */
_Noreturn static void program_start(const struct job *job, int channel)
{
    if (setpgid(0, 0) < 0) step_fail(CELL_STEP_STDIO);
    for (int fd = 0; fd < 3; fd++)
        if (dup2(CELL_FD_STDIN + fd, fd) < 0) step_fail(CELL_STEP_STDIO);
    if (fcntl(CELL_FD_CONTROL, F_SETFD, FD_CLOEXEC) < 0) step_fail(CELL_STEP_STDIO);
    syscall(SYS_close_range, CELL_FD_STDIN, CELL_FD_STDERR, 0);
    /* The lowest number that is free: the same one that a program's first file gets later. */
    if (job->head.is_waiting && dup2(CELL_FD_JOB, CELL_FD_STDIN) < 0) step_fail(CELL_STEP_STDIO);
    close(CELL_FD_JOB);
    if (job->head.has_tools && dup2(CELL_FD_TOOLS, CELL_PROGRAM_TOOLS_FD) < 0) step_fail(CELL_STEP_STDIO);
    close(CELL_FD_TOOLS);
    for (int number = 1; number < NSIG; number++) signal(number, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    limits_set(&job->head);
    if (!recorder_install(job->filter, (unsigned short)(job->head.filter_bytes / 8), channel))
        step_fail(CELL_STEP_FILTER);
    syscall(SYS_close_range, CELL_FD_LAST + 1, ~0u, 0);
    execve(job->arguments[0], job->arguments, job->environment);
    step_fail(CELL_STEP_EXEC);
}

/* Reaps what has ended. True when the program itself did. `has_more`: there are other processes, which are
 * all children of this one, or of one that is. */
static bool children_reap(pid_t program, struct cell_report *report, bool *has_more)
{
    bool has_ended = false;
    int status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        if (pid != program) continue;
        has_ended = true;
        report->wait_status = status;
    }
    *has_more = pid == 0;
    return has_ended;
}

/* The limit that a signal of the kernel stands for. A program can send itself the same. */
static enum limit limit_of_signal(const struct cell_job *job, const struct usage *usage, int wait_status)
{
    if (!WIFSIGNALED(wait_status)) return LIMIT_NONE;
    if (WTERMSIG(wait_status) == SIGXCPU && usage->cpu_ms >= job->cpu_ms) return LIMIT_CPU;
    if (WTERMSIG(wait_status) == SIGXFSZ) return LIMIT_FILE_SIZE;
    return LIMIT_NONE;
}

/* A program that fails because it ran into a limit ended at the limit: at one of the kernel's, or because it
 * was quicker than the watch. */
static enum limit limit_of_failure(const struct cell_job *job, const struct usage *usage,
                                   bool was_files_reached, int wait_status)
{
    enum limit limit = limit_of_signal(job, usage, wait_status);
    if (limit != LIMIT_NONE || (WIFEXITED(wait_status) && WEXITSTATUS(wait_status) == 0)) return limit;
    limit = usage_breach(usage, job);
    if (limit == LIMIT_NONE && was_files_reached) limit = LIMIT_FILES;
    if (limit == LIMIT_NONE && usage_has_full_file(job)) limit = LIMIT_FILE_SIZE;
    return limit;
}

static uint64_t clock_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* Until the word to go. False: the program ended before it, or nobody will say it; the end of the stream
 * never means go. */
static bool go_await(int signals, struct recorder *recorder)
{
    for (;;) {
        struct pollfd waits[] = {{.fd = signals, .events = POLLIN},
                                 {.fd = CELL_FD_CONTROL, .events = POLLIN},
                                 {.fd = recorder->listener, .events = POLLIN}};
        if (poll(waits, 3, -1) < 0) return false;
        if (waits[2].revents & POLLIN) recorder_answer(recorder);
        if (!(waits[2].revents & POLLIN) && waits[2].revents) recorder->listener = -1;
        uint32_t word;
        if (waits[1].revents)
            return read(CELL_FD_CONTROL, &word, sizeof word) == sizeof word && word == CELL_GO;
        if (waits[0].revents) return false;
    }
}

/* Until the program has ended, a limit is reached, or the supervisor closes its end: it wants the cell to
 * end, or it is gone. */
static void cell_watch(const struct cell_job *job, pid_t program, int signals, struct recorder *recorder,
                       struct cell_report *report)
{
    uint64_t looked_ms = clock_ms();
    bool was_files_reached = false;
    for (;;) {
        struct pollfd waits[] = {{.fd = signals, .events = POLLIN},
                                 {.fd = CELL_FD_CONTROL, .events = POLLIN},
                                 {.fd = recorder->listener, .events = POLLIN}};
        int ready = poll(waits, 3, WATCH_MS);
        if (ready > 0 && waits[2].revents & POLLIN) recorder_answer(recorder);
        if (ready > 0 && !(waits[2].revents & POLLIN) && waits[2].revents) recorder->listener = -1;
        /* Calls are answered at once, but do not make the watch look more often. */
        uint64_t now_ms = clock_ms();
        if (ready > 0 && !waits[0].revents && !waits[1].revents && now_ms < looked_ms + WATCH_MS) continue;
        looked_ms = now_ms;
        struct signalfd_siginfo info;
        while (ready > 0 && read(signals, &info, sizeof info) == sizeof info) continue;
        bool has_more, has_ended = children_reap(program, report, &has_more);
        struct usage usage = usage_read(job, has_more);
        usage_note(&usage, report);
        was_files_reached |= usage.is_files_reached | recorder->is_files_reached;
        if (has_ended) {
            report->limit = limit_of_failure(job, &usage, was_files_reached, report->wait_status);
            return;
        }
        report->limit = usage_breach(&usage, job);
        if (report->limit != LIMIT_NONE || (ready > 0 && waits[1].revents)) return;
    }
}

/* Everything that is left, before the last sums. Without children there is nothing left: what loses its
 * parent becomes one. */
static void cell_end(const struct cell_job *job, struct cell_report *report)
{
    while (waitpid(-1, NULL, WNOHANG) >= 0) {
        kill(-1, SIGKILL);
        while (waitpid(-1, NULL, 0) > 0 || errno == EINTR) continue;
    }
    struct usage usage = usage_read(job, false);
    usage_note(&usage, report);
    struct rusage reaped;
    if (getrusage(RUSAGE_CHILDREN, &reaped) == 0 && (uint64_t)reaped.ru_maxrss > report->peak_memory_kib)
        report->peak_memory_kib = (uint64_t)reaped.ru_maxrss;
}

int main(void)
{
    /* Not dumpable: /proc/1 belongs to root, so no process of the cell reads its memory or descriptors. */
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    syscall(SYS_close_range, CELL_FD_LAST + 1, ~0u, 0);
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    int signals = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
    if (signals < 0) step_fail(CELL_STEP_FORK);
    struct job job = job_read();
    if (job.head.seals_mounts && !cell_mounts_seal()) step_fail(CELL_STEP_MOUNTS);
    if (job.head.has_network && !cell_network_open()) step_fail(CELL_STEP_NETWORK);
    int channel[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, channel) < 0) step_fail(CELL_STEP_FORK);
    pid_t program = fork();
    if (program < 0) step_fail(CELL_STEP_FORK);
    if (program == 0) program_start(&job, channel[1]);
    close(channel[1]);
    static struct recorder recorder; /* of many zeros, which the file need not hold */
    recorder.listener = -1;
    recorder.allows_exec = job.head.allows_exec != 0;
    recorder.has_loopback = job.head.has_loopback != 0;
    recorder.has_network = job.head.has_network != 0;
    recorder.program_file = job.arguments[job.head.program_argument];
    recorder.files = job.head.files;
    if (!recorder_receive(&recorder, channel[0])) recorder.listener = -1; /* the program's process says why */
    close(channel[0]);
    /* Only the program holds its ends now, so that the supervisor sees them close. */
    syscall(SYS_close_range, CELL_FD_STDIN, CELL_FD_STDERR, 0);
    close(CELL_FD_JOB);
    close(CELL_FD_TOOLS);
    struct cell_report report = {.magic = CELL_MAGIC, .limit = LIMIT_NONE};
    if (!job.head.is_waiting || go_await(signals, &recorder))
        cell_watch(&job.head, program, signals, &recorder, &report);
    cell_end(&job.head, &report);
    report.written_bytes = usage_written_bytes();
    report.programs_started = recorder.programs_started;
    report.event_count = recorder.count;
    report.events_dropped = recorder.dropped;
    cell_report_send(&report, job.head.gives_scratch != 0);
    ssize_t sent = write(CELL_FD_CONTROL, recorder.events, recorder.count * sizeof *recorder.events);
    (void)sent; /* nobody left to tell */
    /* The supervisor first, if it was woken up on this processor: taking a cell apart is 0.1 ms. */
    sched_yield();
    return 0;
}
