/* pool_keep.h - what a pool holds, and its thread. Inside the runner.
 *
 * The lock guards all of it. A slot is freed by the pool's thread alone, which is also the one that boots,
 * because a cell dies with the thread that booted it. A slot that is taken belongs to the run until that
 * gives it back. */
#ifndef CORDON_RUNNER_POOL_KEEP_H
#define CORDON_RUNNER_POOL_KEEP_H

#include <pthread.h>

#include "runner/pool.h"
#include "runner/waiting.h"

enum slot_state {
    SLOT_BOOTING,
    SLOT_READY,
    SLOT_TAKEN, /* a run has it */
    SLOT_SPENT, /* to be killed */
    SLOT_DYING, /* killed; to be cleared when it is seen to have ended */
};

struct slot {
    struct slot *next;
    struct shape *shape; /* NULL: no longer kept */
    enum slot_state state;
    uint64_t since_ms; /* in this state */
    bool has_ended;    /* while a run has it: the pool's thread saw its end, and looks no more */
    struct waiting waiting;
};

struct shape {
    struct shape *next;
    struct arena arena; /* owns the package's bytes; its descriptors are the shape's too */
    struct package package;
    struct digest digest;
    uint32_t kept;   /* at least; asked for by pool_keep */
    uint32_t wanted; /* by how it is used */
    uint32_t ready, booting;
    unsigned failures;          /* boots in a row */
    uint64_t used_ms, retry_ms; /* no boot before */
    uint64_t cell_bytes;        /* of the last that was ready */
};

struct pool {
    pthread_mutex_t lock;
    pthread_cond_t changed; /* a cell is ready, or a boot failed */
    pthread_t thread;
    pid_t owner;
    int wake_fd; /* eventfd */
    bool is_closing;
    struct pool_options options;
    struct shape *shapes; /* most recently used first */
    struct slot *slots;
    uint32_t slot_count, ready, booting;
    uint64_t ready_bytes;
    struct pool_stats counts;
};

/* The thread. */
void *pool_keep_run(void *pool);

/* With or without the lock. */
void pool_keep_wake(struct pool *pool);

/* With the lock held. */
void pool_keep_spend(struct pool *pool, struct slot *slot);
void pool_keep_forget(struct pool *pool, struct shape *shape);
uint32_t pool_keep_target(const struct shape *shape);

#endif
