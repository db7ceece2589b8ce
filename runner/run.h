/* run.h - one run under way: what the supervisor's loop holds. Inside the runner, one thread. */
#ifndef CORDON_RUNNER_RUN_H
#define CORDON_RUNNER_RUN_H

#include "runner/cell.h"
#include "runner/cell_protocol.h"
#include "runner/cgroup.h"
#include "runner/launch.h"
#include "runner/package.h"

enum { CHUNK_BYTES = 64 * 1024, COMPLAINT_BYTES = 1024 };

/* A cell from its boot to its destruction. */
struct cell {
    struct launched at; /* its process and descriptors */
    struct cgroup group;
    struct layers layers;
    char id[33];
};

#define CELL_ZERO ((struct cell){.at = LAUNCHED_NONE, .group = CGROUP_ZERO})

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
    struct cell *cell;
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
    bool is_told;      /* nothing more comes */
    bool had_listener; /* the first message came: the gateway's listener, where the spec has a network */
    int scratch_fd;    /* the cell's scratch folder, where the spec collects from it; -1: not given */
    char complaint[COMPLAINT_BYTES];
    size_t complaint_length;
};

/* From the package to a process that is on its way, in its control group. It dies with the calling thread. */
bool cell_boot(struct cell *cell, const struct package *package, const struct launch_program *program,
               struct error *err);

/* Serves a booted cell until its program has ended and all that it wrote is here. The wall clock starts now.
 * False: as cell_run. The cell is then to be released. */
bool cell_serve(struct cell *cell, struct arena *arena, const struct spec *spec, const struct cell_io *io,
                struct result *result, struct error *err);

/* cell_run behind the turnstile: the caller has a place. */
bool cell_run_placed(struct arena *arena, const struct spec *spec, const struct cell_io *io,
                     struct result *result, struct error *err);

/* Ends what is left of the cell at once. */
void cell_kill(const struct cell *cell);

/* Waits for the end of what is left, and takes the cell's descriptors and group away. */
void cell_release(struct cell *cell);

/* Asks cordon-cell to end the cell, once. */
void run_stop(struct run *run, enum limit limit, bool is_canceled);

#endif
