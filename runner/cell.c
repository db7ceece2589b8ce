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
    if (run->kill_ms && now >= run->kill_ms)
        syscall(SYS_pidfd_send_signal, run->cell->at.pidfd, SIGKILL, NULL, 0);
    uint64_t cpu_ms = run->kill_ms ? 0 : cgroup_cpu_ms(&run->cell->group);
    if (cpu_ms > run->spec->limits.values[LIMIT_CPU] + ENDING_BOOT_CPU_MS) run_stop(run, LIMIT_CPU, false);
    if (now >= run->deadline_ms) run_stop(run, LIMIT_WALL, false);
}

/* One turn of the loop. True: bubblewrap has ended, and with it everything in the cell. */
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
    return waits[WAIT_END].revents != 0;
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

/* From the plan to a process that is on its way: the cell has its group, its descriptors and its job. */
static bool cell_boot(struct cell *cell, struct arena *arena, const struct spec *spec, struct error *err)
{
    *cell = (struct cell){.at = LAUNCHED_NONE, .group = CGROUP_ZERO};
    id_make(cell->id);
    cgroup_open(&cell->group, cell->id, &spec->limits);
    cell->layers = (struct layers){cell->group.kind, geteuid() == 0};
    if (launch(&cell->at, arena, spec, &cell->group, err)) return true;
    cgroup_close(&cell->group);
    return false;
}

/* Until the cell has ended and all it wrote is here. The wall clock starts now. */
static void cell_wait(struct run *run)
{
    size_t cap = (size_t)run->spec->limits.values[LIMIT_OUTPUT];
    run->drains[CELL_STDOUT] = (struct drain){.fd = &run->cell->at.stdout_fd, .cap = cap};
    run->drains[CELL_STDERR] = (struct drain){.fd = &run->cell->at.stderr_fd, .cap = cap};
    run->started_ms = io_now_ms();
    run->deadline_ms = run->started_ms + run->spec->limits.values[LIMIT_WALL];
    while (!run_turn(run)) continue;
    siginfo_t ignored;
    while (waitid(P_PIDFD, (id_t)run->cell->at.pidfd, &ignored, WEXITED | __WALL) < 0 && errno == EINTR)
        continue;
    traffic_finish(run);
}

static void cell_release(struct cell *cell)
{
    launched_clear(&cell->at);
    cgroup_close(&cell->group);
}

bool cell_run(struct arena *arena, const struct spec *spec, const struct cell_io *io, struct result *result,
              struct error *err)
{
    *result = (struct result){.exit_code = -1, .limit = LIMIT_NONE};
    struct run *run = ARENA_NEW(arena, struct run);
    if (!run) return error_set(err, ERROR_LIMIT, "no memory left for the run");
    struct cell cell;
    bool is_booted = cell_boot(&cell, arena, spec, err);
    memcpy(result->id, cell.id, sizeof cell.id);
    result->layers = cell.layers;
    if (!is_booted) return false;
    run->arena = arena;
    run->spec = spec;
    run->io = io;
    run->result = result;
    run->cell = &cell;
    run->stdin_source = io->stdin_fd;
    run->stopped_by = LIMIT_NONE;
    run->scratch_fd = -1;
    cell_wait(run);
    bool is_known = ending_make(run, err);
    cell_release(&cell);
    if (is_known && run->scratch_fd >= 0 && spec->has_artifacts_folder)
        is_known = artifacts_collect(&result->artifacts, arena, run->scratch_fd, spec->artifacts_fd,
                                     &spec->limits, err);
    cleanup_fd(&run->scratch_fd);
    TRACE("cell", "%s ended %s after %llu ms", result->id, ended_word(result->ended),
          (unsigned long long)result->wall_ms);
    return is_known;
}
