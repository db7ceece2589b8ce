/* pool.h - cells that wait, booted, for their one job; a thread of the pool's fills, recycles and takes away.
 *
 * Cells wait by shape: all that is fixed when a cell is booted (the runtime, what is mounted, the limits,
 * whether programs may be started). A job that no waiting cell fits starts cold, and its shape is filled from
 * then on. Each cell is used once. Nothing of any job is in a waiting cell.
 *
 * Calls may be made from any thread, but pool_close once and last. In a child that the host forked the pool
 * is empty: every job starts cold there. No signals, no SIGCHLD. */
#ifndef CORDON_RUNNER_POOL_H
#define CORDON_RUNNER_POOL_H

#include <stdbool.h>
#include <stdint.h>

#include "runner/cell.h"

struct pool_options {
    uint32_t cells_max;        /* waiting and booting, over all shapes; 0: POOL_CELLS_MAX */
    uint64_t memory_max_bytes; /* of the interpreters that wait; 0: POOL_MEMORY_MAX_BYTES */
    uint32_t idle_ms;          /* a cell that waited as long is recycled; 0: POOL_IDLE_MS */
};

enum {
    POOL_CELLS_MAX = 8,       /* some 60 MB of Python; a server asks for more */
    POOL_CELLS_MOST = 1024,   /* descriptors: seven for each */
    POOL_IDLE_MS = 60 * 1000, /* what a cell holds (a library that was replaced since) is no older */
    POOL_SHAPES_MAX = 32,     /* the least used goes first */
};
#define POOL_MEMORY_MAX_BYTES (512ull << 20)

struct pool_stats {
    uint64_t warm, cold;                  /* runs in a waiting cell, and in one of their own */
    uint64_t booted, discarded, recycled; /* cells; discarded: they spoke, ended or failed before their job */
    uint32_t waiting, booting, shapes;    /* now */
    uint64_t memory_bytes;                /* of the interpreters that wait now */
};

struct pool;

/* NULL: no thread or no memory. */
struct pool *pool_open(const struct pool_options *options, struct error *err);

/* Ends every waiting cell, waits for the runs under way, and for the end of every cell. */
void pool_close(struct pool *pool);

/* Keeps at least `count` cells waiting for jobs of this spec's shape. False: its runtime cannot wait. */
bool pool_keep(struct pool *pool, const struct spec *spec, uint32_t count, struct error *err);

/* Waits until all that is to be kept waits, at most so long. */
bool pool_fill(struct pool *pool, uint32_t timeout_ms);

/* Ends every waiting cell and forgets the shapes: what was granted or decided before no longer holds. */
void pool_drain(struct pool *pool);

/* As cell_run, in a waiting cell where one fits. NULL: always cold. */
bool pool_run(struct pool *pool, struct arena *arena, const struct spec *spec, const struct cell_io *io,
              struct result *result, struct error *err);

struct pool_stats pool_stats(struct pool *pool);

#endif
