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
#include "runner/artifacts.h"
#include "runner/ending.h"
#include "runner/run.h"
#include "runner/traffic.h"
#include "runner/turnstile.h"

enum {
    /* The group knows the time of processes that nobody waited for; cordon-cell does not. */
    GROUP_LOOK_MS = 50,
    GRACE_MS = 500, /* for cordon-cell to end the cell and report; then everything is killed */
};

void run_stop(struct run *run, enum limit limit, bool is_canceled)
{
    if (run->kill_ms) return;
    run->stopped_by = limit;
    run->is_canceled = is_canceled;
    run->kill_ms = io_now_ms() + GRACE_MS;
    shutdown(run->cell->at.control_fd, SHUT_WR);
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
    uint64_t most = run->cell->group.cpu_fd >= 0 ? GROUP_LOOK_MS : 1000;
    return until <= now ? 0 : until - now > most ? (int)most : (int)(until - now);
}

static void deadlines_keep(struct run *run)
{
    uint64_t now = io_now_ms();
    if (run->kill_ms && now >= run->kill_ms) launched_kill(&run->cell->at);
    uint64_t cpu_ms = run->kill_ms ? 0 : cgroup_cpu_ms(&run->cell->group);
    if (cpu_ms > run->spec->limits.values[LIMIT_CPU] + ENDING_BOOT_CPU_MS) run_stop(run, LIMIT_CPU, false);
    if (now >= run->deadline_ms) run_stop(run, LIMIT_WALL, false);
}

/* cordon-cell reports when everything else in the cell has ended, and ends then itself. */
static bool is_reported(const struct run *run)
{
    const struct cell_report *report = &run->told.report;
    return run->told_bytes >= sizeof *report && report->event_count <= CELL_EVENTS_MAX &&
           run->told_bytes >= sizeof *report + report->event_count * sizeof *run->told.events;
}

/* One turn of the loop. True: everything in the cell has ended, by cordon-cell's report or with bubblewrap.
 */
static bool run_turn(struct run *run)
{
    bool has_pending = run->pending_start < run->pending_end;
    if (!has_pending && run->stdin_source < 0) cleanup_fd(&run->cell->at.stdin_fd);
    struct pollfd waits[WAIT_COUNT] = {
        [WAIT_END] = {.fd = run->cell->at.pidfd, .events = POLLIN},
        [WAIT_CONTROL] = {.fd = run->is_told ? -1 : run->cell->at.control_fd, .events = POLLIN},
        [WAIT_STDOUT] = {.fd = run->cell->at.stdout_fd, .events = POLLIN},
        [WAIT_STDERR] = {.fd = run->cell->at.stderr_fd, .events = POLLIN},
        [WAIT_COMPLAINT] = {.fd = run->cell->at.complaint_fd, .events = POLLIN},
        [WAIT_CANCEL] = {.fd = run->kill_ms ? -1 : run->io->cancel_fd, .events = POLLIN},
        [WAIT_SOURCE] = {.fd = has_pending ? -1 : run->stdin_source, .events = POLLIN},
        [WAIT_STDIN] = {.fd = has_pending ? run->cell->at.stdin_fd : -1, .events = POLLOUT},
    };
    if (poll(waits, WAIT_COUNT, wait_ms(run)) < 0 && errno != EINTR) run_stop(run, LIMIT_NONE, false);
    if (waits[WAIT_CONTROL].revents) traffic_report(run);
    if (waits[WAIT_STDOUT].revents) traffic_output(run, CELL_STDOUT);
    if (waits[WAIT_STDERR].revents) traffic_output(run, CELL_STDERR);
    if (waits[WAIT_COMPLAINT].revents) traffic_complaint(run);
    if (waits[WAIT_CANCEL].revents) run_stop(run, LIMIT_NONE, true);
    if (waits[WAIT_SOURCE].revents) traffic_input_read(run);
    if (waits[WAIT_STDIN].revents) traffic_input_write(run);
    deadlines_keep(run);
    return waits[WAIT_END].revents || is_reported(run);
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

bool cell_boot(struct cell *cell, const struct package *package, const struct launch_program *program,
               struct error *err)
{
    *cell = CELL_ZERO;
    id_make(cell->id);
    cgroup_open(&cell->group, cell->id, &package->limits);
    cell->layers = (struct layers){cell->group.kind, launch_has_own_uid(package->accepts_shared_uid),
                                   geteuid() == 0 && package->accepts_shared_uid};
    if (launch(&cell->at, package, program, &cell->group, err)) return true;
    cgroup_close(&cell->group);
    return false;
}

bool cell_serve(struct cell *cell, struct arena *arena, const struct spec *spec, const struct cell_io *io,
                struct result *result, struct error *err)
{
    struct run *run = ARENA_NEW(arena, struct run);
    if (!run) return error_set(err, ERROR_LIMIT, "no memory left for the run");
    run->arena = arena;
    run->spec = spec;
    run->io = io;
    run->result = result;
    run->cell = cell;
    run->stdin_source = io->stdin_fd;
    run->stopped_by = LIMIT_NONE;
    run->scratch_fd = -1;
    size_t cap = (size_t)spec->limits.values[LIMIT_OUTPUT];
    run->drains[CELL_STDOUT] = (struct drain){.fd = &cell->at.stdout_fd, .cap = cap};
    run->drains[CELL_STDERR] = (struct drain){.fd = &cell->at.stderr_fd, .cap = cap};
    run->started_ms = io_now_ms();
    run->deadline_ms = run->started_ms + spec->limits.values[LIMIT_WALL];
    int channel = cell->at.tools_fd;
    cell->at.tools_fd = -1;
    if (channel >= 0 && !io->on_tools) cleanup_fd(&channel);
    if (channel >= 0 && !io->on_tools(io->tools, channel)) run_stop(run, LIMIT_NONE, false);
    while (!run_turn(run)) continue;
    traffic_finish(run);
    bool is_known = ending_make(run, err);
    if (is_known && run->scratch_fd >= 0 && spec->has_artifacts_folder)
        is_known = artifacts_collect(&result->artifacts, arena, run->scratch_fd, spec->artifacts_fd,
                                     &spec->limits, err);
    cleanup_fd(&run->scratch_fd);
    TRACE("cell", "%s ended %s after %llu ms", result->id, ended_word(result->ended),
          (unsigned long long)result->wall_ms);
    return is_known;
}

void cell_kill(const struct cell *cell)
{
    launched_kill(&cell->at);
}

void cell_release(struct cell *cell)
{
    siginfo_t ignored;
    cell_kill(cell);
    while (cell->at.pidfd >= 0 && waitid(P_PIDFD, (id_t)cell->at.pidfd, &ignored, WEXITED | __WALL) < 0 &&
           errno == EINTR)
        continue;
    launched_clear(&cell->at);
    cgroup_close(&cell->group);
}

bool cell_run(struct arena *arena, const struct spec *spec, const struct cell_io *io, struct result *result,
              struct error *err)
{
    *result = (struct result){.exit_code = -1, .limit = LIMIT_NONE};
    AUTO_FD int place = -1;
    return turnstile_enter(&place, &spec->limits, io->cancel_fd, err) &&
           cell_run_placed(arena, spec, io, result, err);
}

bool cell_run_placed(struct arena *arena, const struct spec *spec, const struct cell_io *io,
                     struct result *result, struct error *err)
{
    *result = (struct result){.exit_code = -1, .limit = LIMIT_NONE};
    struct package package;
    struct cell cell = CELL_ZERO;
    struct launch_program program = {.source = spec->source, .file = -1};
    bool is_booted =
        package_make(&package, arena, spec, false, err) && cell_boot(&cell, &package, &program, err);
    memcpy(result->id, cell.id, sizeof cell.id);
    result->layers = cell.layers;
    bool is_known = is_booted && cell_serve(&cell, arena, spec, io, result, err);
    cell_release(&cell);
    return is_known;
}
