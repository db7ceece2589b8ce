/* waiting.h - a cell that is booted up to the point of waiting for its one job: its interpreter has started
 * and reads from a socket; the program's file is there and empty. Nothing of a job, and no secret, is in it.
 * Inside the runner.
 *
 * It is used once, or thrown away: the end of a stream never starts it, and one that spoke or ended before
 * its job came is never used. */
#ifndef CORDON_RUNNER_WAITING_H
#define CORDON_RUNNER_WAITING_H

#include "runner/package.h"
#include "runner/run.h"

struct waiting {
    struct cell cell;
    int program_fd;        /* where the program's bytes go */
    char program_path[80]; /* the name of that file, until the cell holds it; "" then */
    uint64_t memory_bytes; /* the interpreter's own, when it was ready */
};

/* Takes away what a process that was killed in the middle of a boot left behind. */
void waiting_sweep(void);

/* Starts the boot; ready when the cell's job descriptor is readable. The cell dies with the calling thread.
 */
bool waiting_boot(struct waiting *waiting, const struct package *package, struct error *err);

/* Takes the word that it is ready. False: it is not one to use. */
bool waiting_receive(struct waiting *waiting);

/* Whether it lives and has said nothing. */
bool waiting_is_sound(const struct waiting *waiting);

/* Whether the job may go into a cell that was booted without it: not one that brings or takes files or has a
 * network, nor one with variables that the loader, the C library or the interpreter reads at its start. */
bool waiting_suits(const struct spec *spec);

/* The program, its arguments and its variables go in. False: they did not, and the cell is not one to use. */
bool waiting_go(struct waiting *waiting, struct arena *arena, const struct spec *spec);

/* Asks for the end at once; the process descriptor is readable then. */
void waiting_kill(const struct waiting *waiting);

/* Waits for that end and closes what is left. */
void waiting_clear(struct waiting *waiting);

#endif
