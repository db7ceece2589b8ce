#include "runner/cell.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/io.h"
#include "base/trace.h"
#include "runner/cell_protocol.h"
#include "runner/launch.h"
#include "runner/seccomp_filter.h"

enum {
    CHUNK_BYTES = 64 * 1024,
    BOOT_CPU_MS = 50, /* of bubblewrap and cordon-cell, which are in the group too */
    COMPLAINT_BYTES = 1024,
    /* The group knows the time of processes that nobody waited for; cordon-cell does not. */
    GROUP_LOOK_MS = 50,
    GRACE_MS = 500, /* for cordon-cell to end the cell and report; then everything is killed */
    /* Output is drained beyond its limit, so that a program that talks too much still ends by itself; this
     * many times the limit is a flood. */
    FLOOD_FACTOR = 16,
    FLOOD_FLOOR_BYTES = 1024 * 1024,
};

/* One output of the program, being collected. */
struct drain {
    int *fd;
    char *bytes;
    size_t length, capacity, cap;
    uint64_t total_bytes;
};

/* One run under way. */
struct run {
    struct arena *arena;
    const struct spec *spec;
    const struct cell_io *io;
    struct result *result;
    struct launched cell;
    struct cgroup group;
    struct drain drains[2];
    int stdin_source;          /* the caller's; -1: nothing more comes */
    char pending[CHUNK_BYTES]; /* input read but not yet written */
    size_t pending_start, pending_end;
    uint64_t started_ms, deadline_ms, kill_ms; /* kill_ms 0: the cell was not asked to end */
    enum limit stopped_by;
    bool is_canceled;
    struct {
        struct cell_report report;
        struct cell_event events[CELL_EVENTS_MAX];
    } told; /* by cordon-cell */
    size_t told_bytes;
    bool is_told; /* nothing more comes */
    char complaint[COMPLAINT_BYTES];
    size_t complaint_length;
};

/* Asks cordon-cell to end the cell, once. */
static void cell_stop(struct run *run, enum limit limit, bool is_canceled)
{
    if (run->kill_ms) return;
    run->stopped_by = limit;
    run->is_canceled = is_canceled;
    run->kill_ms = io_now_ms() + GRACE_MS;
    shutdown(run->cell.control_fd, SHUT_WR);
}

static bool drain_keep(struct run *run, struct drain *drain, struct view bytes)
{
    if (drain->length + bytes.length > drain->capacity) {
        size_t grown = drain->capacity ? 2 * drain->capacity : 4096;
        while (grown < drain->length + bytes.length) grown *= 2;
        char *moved = arena_alloc(run->arena, grown);
        if (!moved) return false;
        if (drain->length) memcpy(moved, drain->bytes, drain->length);
        drain->bytes = moved;
        drain->capacity = grown;
    }
    memcpy(drain->bytes + drain->length, bytes.bytes, bytes.length);
    drain->length += bytes.length;
    return true;
}

static void drain_read(struct run *run, enum cell_stream stream)
{
    struct drain *drain = &run->drains[stream];
    char chunk[CHUNK_BYTES];
    ssize_t got = read(*drain->fd, chunk, sizeof chunk);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) {
        cleanup_fd(drain->fd);
        return;
    }
    drain->total_bytes += (uint64_t)got;
    struct view kept = view_slice(view_make(chunk, (size_t)got), 0, drain->cap - drain->length);
    if (kept.length) {
        bool is_kept = drain_keep(run, drain, kept);
        bool is_read = !run->io->on_output || run->io->on_output(run->io->context, stream, kept);
        if (!is_kept) cell_stop(run, LIMIT_OUTPUT, false);
        if (!is_read) cell_stop(run, LIMIT_NONE, true);
    }
    if (drain->total_bytes > FLOOD_FACTOR * (uint64_t)drain->cap + FLOOD_FLOOR_BYTES)
        cell_stop(run, LIMIT_OUTPUT, false);
}

/* Writes without the SIGPIPE that would be the host's: it is blocked in this thread, and taken off if it
 * came. */
static ssize_t write_quietly(int fd, const char *bytes, size_t length)
{
    sigset_t pipe_signal, before, pending;
    sigemptyset(&pipe_signal);
    sigaddset(&pipe_signal, SIGPIPE);
    sigpending(&pending);
    bool was_pending = sigismember(&pending, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe_signal, &before);
    ssize_t put = write(fd, bytes, length);
    int failed = errno;
    if (put < 0 && failed == EPIPE && !was_pending) {
        struct timespec now = {0};
        sigtimedwait(&pipe_signal, NULL, &now);
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = failed;
    return put;
}

static void input_read(struct run *run)
{
    ssize_t got = read(run->stdin_source, run->pending, sizeof run->pending);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    run->pending_start = 0;
    run->pending_end = got > 0 ? (size_t)got : 0;
    if (got <= 0) run->stdin_source = -1;
}

static void input_write(struct run *run)
{
    ssize_t put = write_quietly(run->cell.stdin_fd, run->pending + run->pending_start,
                                run->pending_end - run->pending_start);
    if (put < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (put < 0) { /* the program reads no more */
        run->stdin_source = -1;
        run->pending_start = run->pending_end;
        return;
    }
    run->pending_start += (size_t)put;
}

static void report_read(struct run *run)
{
    ssize_t got = recv(run->cell.control_fd, (char *)&run->told + run->told_bytes,
                       sizeof run->told - run->told_bytes, MSG_DONTWAIT);
    if (got > 0) run->told_bytes += (size_t)got;
    if (got == 0) run->is_told = true;
}

static void complaint_read(struct run *run)
{
    char spare[256];
    size_t room = sizeof run->complaint - 1 - run->complaint_length;
    ssize_t got = room ? read(run->cell.complaint_fd, run->complaint + run->complaint_length, room)
                       : read(run->cell.complaint_fd, spare, sizeof spare);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) cleanup_fd(&run->cell.complaint_fd);
    if (got > 0 && room) run->complaint_length += (size_t)got;
}

/* The places in the poll set. */
enum wait_slot {
    WAIT_END,
    WAIT_CONTROL,
    WAIT_STDOUT,
    WAIT_STDERR,
    WAIT_COMPLAINT,
    WAIT_CANCEL,
    WAIT_SOURCE,
    WAIT_STDIN,
    WAIT_COUNT
};

static int wait_ms(const struct run *run)
{
    uint64_t now = io_now_ms(), until = run->kill_ms ? run->kill_ms : run->deadline_ms;
    uint64_t most = run->group.cpu_fd >= 0 ? GROUP_LOOK_MS : 1000;
    return until <= now ? 0 : until - now > most ? (int)most : (int)(until - now);
}

static void deadlines_keep(struct run *run)
{
    uint64_t now = io_now_ms();
    if (run->kill_ms && now >= run->kill_ms)
        syscall(SYS_pidfd_send_signal, run->cell.pidfd, SIGKILL, NULL, 0);
    uint64_t cpu_ms = run->kill_ms ? 0 : cgroup_cpu_ms(&run->group);
    if (cpu_ms > run->spec->limits.values[LIMIT_CPU] + BOOT_CPU_MS) cell_stop(run, LIMIT_CPU, false);
    if (now >= run->deadline_ms) cell_stop(run, LIMIT_WALL, false);
}

/* One turn of the loop. True: bubblewrap has ended, and with it everything in the cell. */
static bool run_turn(struct run *run)
{
    bool has_pending = run->pending_start < run->pending_end;
    if (!has_pending && run->stdin_source < 0) cleanup_fd(&run->cell.stdin_fd);
    struct pollfd waits[WAIT_COUNT] = {
        [WAIT_END] = {.fd = run->cell.pidfd, .events = POLLIN},
        [WAIT_CONTROL] = {.fd = run->is_told ? -1 : run->cell.control_fd, .events = POLLIN},
        [WAIT_STDOUT] = {.fd = run->cell.stdout_fd, .events = POLLIN},
        [WAIT_STDERR] = {.fd = run->cell.stderr_fd, .events = POLLIN},
        [WAIT_COMPLAINT] = {.fd = run->cell.complaint_fd, .events = POLLIN},
        [WAIT_CANCEL] = {.fd = run->kill_ms ? -1 : run->io->cancel_fd, .events = POLLIN},
        [WAIT_SOURCE] = {.fd = has_pending ? -1 : run->stdin_source, .events = POLLIN},
        [WAIT_STDIN] = {.fd = has_pending ? run->cell.stdin_fd : -1, .events = POLLOUT},
    };
    if (poll(waits, WAIT_COUNT, wait_ms(run)) < 0 && errno != EINTR) cell_stop(run, LIMIT_NONE, false);
    if (waits[WAIT_CONTROL].revents) report_read(run);
    if (waits[WAIT_STDOUT].revents) drain_read(run, CELL_STDOUT);
    if (waits[WAIT_STDERR].revents) drain_read(run, CELL_STDERR);
    if (waits[WAIT_COMPLAINT].revents) complaint_read(run);
    if (waits[WAIT_CANCEL].revents) cell_stop(run, LIMIT_NONE, true);
    if (waits[WAIT_SOURCE].revents) input_read(run);
    if (waits[WAIT_STDIN].revents) input_write(run);
    deadlines_keep(run);
    return waits[WAIT_END].revents != 0;
}

/* What is still in the pipes. Nobody is left to write more. */
static void run_finish(struct run *run)
{
    siginfo_t ignored;
    while (waitid(P_PIDFD, (id_t)run->cell.pidfd, &ignored, WEXITED | __WALL) < 0 && errno == EINTR) continue;
    for (int stream = CELL_STDOUT; stream <= CELL_STDERR; stream++) {
        struct drain *drain = &run->drains[stream];
        uint64_t before;
        do {
            before = drain->total_bytes;
            if (*drain->fd >= 0) drain_read(run, (enum cell_stream)stream);
        } while (*drain->fd >= 0 && drain->total_bytes != before);
    }
    size_t before;
    do {
        before = run->told_bytes;
        report_read(run);
    } while (run->told_bytes != before);
    if (run->cell.complaint_fd >= 0) complaint_read(run);
}

/* bubblewrap's words, as the layer that failed and what to do. */
static bool complaint_explain(struct run *run, struct error *err)
{
    static const struct {
        const char *word, *remedy;
    } known[] = {
        {"RTM_NEWADDR", "AppArmor blocks user namespaces here: allow bwrap with a profile, or set "
                        "kernel.apparmor_restrict_unprivileged_userns=0"},
        {"uid map", "AppArmor or a container blocks user namespaces: see cordon doctor"},
        {"No space left", "user.max_user_namespaces is 0 or used up: sysctl user.max_user_namespaces=10000"},
        {"namespace", "user namespaces are not available: sysctl kernel.unprivileged_userns_clone=1 "
                      "user.max_user_namespaces=10000, and in Docker a seccomp profile that allows them"},
        {"user of its own",
         "root here has no uids from 2000000000 on: start cordon as an unprivileged user, or "
         "map the range into the container"},
        {"control group", "start cordon in a scope of its own: systemd-run --user --scope -p Delegate=yes"},
        {"proc", "a container masks /proc: start it with --security-opt systempaths=unconfined"},
    };
    struct view text = view_make(run->complaint, run->complaint_length), line, rest;
    view_split(view_trim(text), '\n', &line, &rest);
    if (line.length == 0) return error_set(err, ERROR_CELL, "the cell ended without a report");
    error_set(err, ERROR_CELL, "the cell could not be made: %.*s", VIEW_ARGS(line));
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (view_find(line, view_of_cstr(known[i].word)) != SIZE_MAX)
            return error_remedy(err, "%s", known[i].remedy);
    return false;
}

static bool step_explain(const struct cell_report *report, const struct spec *spec, struct error *err)
{
    static const char *const steps[] = {
        [CELL_STEP_NONE] = "?",
        [CELL_STEP_JOB] = "reading the job",
        [CELL_STEP_LIMITS] = "setting limits",
        [CELL_STEP_FORK] = "forking",
        [CELL_STEP_STDIO] = "placing descriptors",
        [CELL_STEP_FILTER] = "installing the filter",
        [CELL_STEP_EXEC] = "starting the interpreter",
    };
    const char *step = report->step <= CELL_STEP_EXEC ? steps[report->step] : "?";
    error_set_errno(err, ERROR_CELL, report->errno_value, "the cell failed while %s", step);
    if (report->step == CELL_STEP_EXEC) error_prefix(err, "%s", spec->runtime.interpreter);
    return false;
}

/* What the flight recorder told, in words. */
static void activity_make(struct run *run)
{
    static const char *const kinds[] = {"call", "socket", "connect", "exec"};
    const struct cell_report *report = &run->told.report;
    size_t whole = (run->told_bytes - sizeof *report) / sizeof *run->told.events;
    uint32_t count = report->event_count < whole ? report->event_count : (uint32_t)whole;
    struct attempt *attempts = ARENA_NEW_ARRAY(run->arena, struct attempt, count + 1);
    if (!attempts) count = 0;
    for (uint32_t i = 0; i < count; i++) {
        struct cell_event *event = &run->told.events[i];
        event->text[CELL_EVENT_TEXT_BYTES - 1] = '\0';
        if (event->kind > CELL_EVENT_EXEC) event->kind = CELL_EVENT_DENIED;
        struct view target = view_of_cstr(event->text); /* lives in the arena, with the run */
        if (event->kind == CELL_EVENT_SOCKET) target = arena_format(run->arena, "family %d", event->number);
        if (event->kind == CELL_EVENT_DENIED) target = seccomp_call_name(run->arena, event->number);
        attempts[i] = (struct attempt){kinds[event->kind], target, event->count, event->is_denied != 0};
    }
    /* A kernel without task accounting counts nothing: what came out and what stayed is written in any case.
     */
    uint64_t seen_bytes = run->drains[0].total_bytes + run->drains[1].total_bytes + report->disk_bytes;
    uint64_t written_bytes = report->written_bytes > seen_bytes ? report->written_bytes : seen_bytes;
    run->result->activity =
        (struct activity){attempts, count, report->events_dropped, report->programs_started, written_bytes};
}

/* From the report to the result. False: there is no report to believe. */
static bool result_make(struct run *run, struct error *err)
{
    struct result *result = run->result;
    const struct cell_report *report = &run->told.report;
    result->wall_ms = io_now_ms() - run->started_ms;
    struct output *outputs[] = {&result->out, &result->err};
    for (int i = 0; i < 2; i++) {
        const struct drain *drain = &run->drains[i];
        *outputs[i] = (struct output){view_make(drain->bytes, drain->length), drain->total_bytes,
                                      drain->total_bytes > drain->length};
    }
    enum limit breach = cgroup_breach(&run->group);
    bool has_report = run->told_bytes >= sizeof *report && report->magic == CELL_MAGIC;
    if (has_report && report->step != CELL_STEP_NONE) return step_explain(report, run->spec, err);
    if (has_report) {
        result->cpu_ms = report->cpu_ms;
        result->peak_memory_kib = report->peak_memory_kib;
        result->peak_processes = report->peak_processes;
        result->disk_bytes = report->disk_bytes;
        activity_make(run);
    }
    uint64_t group_ms = cgroup_cpu_ms(&run->group);
    if (group_ms > result->cpu_ms + BOOT_CPU_MS) result->cpu_ms = group_ms; /* processes nobody waited for */
    if (run->kill_ms && run->is_canceled) {
        result->ended = ENDED_CANCELED;
    } else if (run->kill_ms && run->stopped_by < LIMIT_COUNT) {
        result->ended = ENDED_LIMIT;
        result->limit = run->stopped_by;
    } else if (has_report && report->limit < LIMIT_COUNT) {
        result->ended = ENDED_LIMIT;
        result->limit = (enum limit)report->limit;
    } else if (breach < LIMIT_COUNT && (!has_report || report->wait_status != 0)) {
        /* The kernel held the group to it, and the program did not get over that. */
        result->ended = ENDED_LIMIT;
        result->limit = breach;
    } else if (!has_report) {
        return complaint_explain(run, err);
    } else if (WIFEXITED(report->wait_status)) {
        result->ended = ENDED_EXITED;
        result->exit_code = WEXITSTATUS(report->wait_status);
    } else {
        result->ended = ENDED_SIGNALED;
        result->signal = WTERMSIG(report->wait_status);
    }
    return true;
}

static void id_make(char id[33])
{
    unsigned char random[16];
    if (getrandom(random, sizeof random, 0) != sizeof random) memset(random, 0, sizeof random);
    for (int i = 0; i < 16; i++) {
        id[2 * i] = "0123456789abcdef"[random[i] >> 4];
        id[2 * i + 1] = "0123456789abcdef"[random[i] & 15];
    }
    id[32] = '\0';
}

bool cell_run(struct arena *arena, const struct spec *spec, const struct cell_io *io, struct result *result,
              struct error *err)
{
    *result = (struct result){.exit_code = -1, .limit = LIMIT_NONE};
    id_make(result->id);
    struct run *run = ARENA_NEW(arena, struct run);
    if (!run) return error_set(err, ERROR_LIMIT, "no memory left for the run");
    run->arena = arena;
    run->spec = spec;
    run->io = io;
    run->result = result;
    run->stdin_source = io->stdin_fd;
    run->stopped_by = LIMIT_NONE;
    cgroup_open(&run->group, result->id, &spec->limits);
    result->layers = (struct layers){run->group.kind, geteuid() == 0};
    if (!launch(&run->cell, arena, spec, &run->group, err)) {
        cgroup_close(&run->group);
        return false;
    }
    size_t cap = (size_t)spec->limits.values[LIMIT_OUTPUT];
    run->drains[CELL_STDOUT] = (struct drain){.fd = &run->cell.stdout_fd, .cap = cap};
    run->drains[CELL_STDERR] = (struct drain){.fd = &run->cell.stderr_fd, .cap = cap};
    run->started_ms = io_now_ms();
    run->deadline_ms = run->started_ms + spec->limits.values[LIMIT_WALL];
    while (!run_turn(run)) continue;
    run_finish(run);
    bool is_known = result_make(run, err);
    launched_clear(&run->cell);
    cgroup_close(&run->group);
    TRACE("cell", "%s ended %s after %llu ms", result->id, ended_word(result->ended),
          (unsigned long long)result->wall_ms);
    return is_known;
}
