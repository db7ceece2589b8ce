/* cell.h - one cell, from spawn to destruction.
 *
 * Theory of operation. Four roles take part in a run:
 *
 * The supervisor is the caller's process, in cell_run: it makes the plan, starts bubblewrap as an
 * unprivileged user with an empty environment, owns the wall clock, moves input and output, kills, reaps,
 * reports. Its loop is a poll over pipes, the control socket, a process descriptor and a deadline.
 *
 * bubblewrap makes namespaces and mounts, nothing else. What it complains about has a pipe of its own.
 *
 * cordon-cell is process 1 inside (cell_init.c): limits, filter, start of the program, the sum of what the
 * whole cell uses, the true end. It speaks over a socket that the program never has.
 *
 * The program is the interpreter with the checked source.
 *
 * When any of the first three ends, the kernel ends everything in the cell: cordon-cell is its process 1,
 * dies with bubblewrap, and bubblewrap with the thread that started it. What bubblewrap has started and not
 * tied to itself yet is killed by its process group: by the supervisor, or by its keeper (keeper.h). */
#ifndef CORDON_RUNNER_CELL_H
#define CORDON_RUNNER_CELL_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/error.h"
#include "runner/result.h"
#include "runner/spec.h"

/* Memory of the supervisor for one run, beside twice the output limit: filter, options, texts. */
#define CELL_ARENA_BYTES (24u * 1024 * 1024)

enum cell_stream { CELL_STDOUT, CELL_STDERR };

struct cell_io {
    int stdin_fd; /* read from as the program takes it; -1: no input */
    /* Output as it arrives, up to the limit; NULL: only collected. False ends the cell: nobody reads any
     * more. */
    bool (*on_output)(void *context, enum cell_stream stream, struct view bytes);
    void *context;
    int cancel_fd; /* readable: end the cell; -1: never */
    /* Gets the socket on which a cell with a network listens for the gateway, and owns it from then on. False
     * ends the cell. NULL: nobody answers there. */
    bool (*on_network)(void *network, int listener_fd);
    void *network;
    /* The same with the socket of a cell with tools, at its other end the program. */
    bool (*on_tools)(void *tools, int channel_fd);
    void *tools;
};

/* Runs one program and waits for its end. The result's texts live in the arena. False: cordon could not run
 * it (ENDED_FAILED), and `err` says which layer failed and what to do. Any thread; no signals, no SIGCHLD. */
bool cell_run(struct arena *arena, const struct spec *spec, const struct cell_io *io, struct result *result,
              struct error *err);

#endif
