#include "runner/pool.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "runner/pool_keep.h"
#include "runner/run.h"
#include "runner/turnstile.h"

enum { SHAPE_ARENA_BYTES = 1 << 20, SHAPE_FIRST_WANTED = 2, REFILL_DELAY_MS = 5 };

static struct pool_options options_fill(const struct pool_options *options)
{
    struct pool_options all = *options;
    if (all.cells_max == 0) all.cells_max = POOL_CELLS_MAX;
    if (all.cells_max > POOL_CELLS_MOST) all.cells_max = POOL_CELLS_MOST;
    if (all.memory_max_bytes == 0) all.memory_max_bytes = POOL_MEMORY_MAX_BYTES;
    if (all.idle_ms == 0) all.idle_ms = POOL_IDLE_MS;
    return all;
}

struct pool *pool_open(const struct pool_options *options, struct error *err)
{
    struct pool *pool = calloc(1, sizeof *pool);
    if (!pool) {
        error_set(err, ERROR_SYSTEM, "no memory for a pool");
        return NULL;
    }
    pool->options = options_fill(options);
    pool->owner = getpid();
    waiting_sweep();
    pthread_mutex_init(&pool->lock, NULL);
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&pool->changed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pool->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before); /* the host's signals are for the host's threads */
    int failed = pool->wake_fd < 0 ? errno : pthread_create(&pool->thread, NULL, pool_keep_run, pool);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (failed == 0) return pool;
    error_set_errno(err, ERROR_SYSTEM, failed, "cannot start the pool's thread");
    cleanup_fd(&pool->wake_fd);
    free(pool);
    return NULL;
}

/* In a child that the host forked there is no thread, and the cells are the parent's. */
static bool is_owner(const struct pool *pool)
{
    return pool->owner == getpid();
}

void pool_close(struct pool *pool)
{
    if (!pool) return;
    if (is_owner(pool)) {
        pool_drain(pool);
        pthread_mutex_lock(&pool->lock);
        pool->is_closing = true;
        pool_keep_wake(pool);
        pthread_mutex_unlock(&pool->lock);
        pthread_join(pool->thread, NULL);
        pthread_cond_destroy(&pool->changed);
        pthread_mutex_destroy(&pool->lock);
    }
    cleanup_fd(&pool->wake_fd);
    free(pool);
}

/* The shape of this package, moved to the front; NULL: a new one. With the lock held. */
static struct shape *shape_find(struct pool *pool, const struct digest *digest)
{
    for (struct shape **at = &pool->shapes; *at; at = &(*at)->next) {
        struct shape *shape = *at;
        if (strcmp(shape->digest.hex, digest->hex) != 0) continue;
        *at = shape->next;
        shape->next = pool->shapes;
        pool->shapes = shape;
        return shape;
    }
    return NULL;
}

static bool package_copy(struct package *copy, struct arena *arena, const struct package *package)
{
    *copy = *package;
    copy->bind_count = 0;
    copy->options = arena_copy(arena, package->options);
    copy->job = arena_copy(arena, package->job);
    for (; copy->bind_count < package->bind_count; copy->bind_count++) {
        int fd = fcntl(package->binds[copy->bind_count], F_DUPFD_CLOEXEC, 3);
        if (fd < 0) return false;
        copy->binds[copy->bind_count] = fd;
    }
    return copy->options.bytes && copy->job.bytes;
}

/* With the lock held. NULL: no memory or no descriptors, and jobs start cold. */
static struct shape *shape_add(struct pool *pool, const struct package *package, const struct digest *digest)
{
    uint32_t count = 0;
    for (struct shape **at = &pool->shapes; *at; at = &(*at)->next)
        if (++count >= POOL_SHAPES_MAX) {
            pool_keep_forget(pool, *at);
            break;
        }
    struct shape *shape = calloc(1, sizeof *shape);
    if (!shape) return NULL;
    arena_init(&shape->arena, SHAPE_ARENA_BYTES + 2 * package->job.length);
    shape->digest = *digest;
    shape->next = pool->shapes;
    pool->shapes = shape;
    if (package_copy(&shape->package, &shape->arena, package)) return shape;
    pool_keep_forget(pool, shape);
    return NULL;
}

/* What the spec's cells have in common. False: it cannot wait. */
static bool spec_pack(struct package *package, struct digest *digest, struct arena *arena,
                      const struct spec *spec, struct error *err)
{
    if (!package_make(package, arena, spec, true, err)) return false;
    *digest = package_digest(package, arena);
    return digest->hex[0] ? true : error_set(err, ERROR_LIMIT, "no memory left for the cell");
}

bool pool_keep(struct pool *pool, const struct spec *spec, uint32_t count, struct error *err)
{
    AUTO_ARENA struct arena arena;
    arena_init(&arena, CELL_ARENA_BYTES);
    struct package package;
    struct digest digest;
    if (!is_owner(pool)) return error_set(err, ERROR_SYSTEM, "the pool belongs to another process");
    if (!spec_pack(&package, &digest, &arena, spec, err)) return false;
    pthread_mutex_lock(&pool->lock);
    struct shape *shape = shape_find(pool, &digest);
    if (!shape) shape = shape_add(pool, &package, &digest);
    if (shape) {
        shape->kept = count;
        shape->used_ms = io_now_ms();
        pool_keep_wake(pool);
    }
    pthread_mutex_unlock(&pool->lock);
    return shape ? true : error_set(err, ERROR_SYSTEM, "no memory for a shape of cells");
}

static bool is_filled(const struct pool *pool)
{
    for (const struct shape *shape = pool->shapes; shape; shape = shape->next)
        if (shape->ready < pool_keep_target(shape) && pool->ready < pool->options.cells_max) return false;
    return true;
}

bool pool_fill(struct pool *pool, uint32_t timeout_ms)
{
    if (!is_owner(pool)) return false;
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += timeout_ms / 1000;
    until.tv_nsec += (long)(timeout_ms % 1000) * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    pthread_mutex_lock(&pool->lock);
    int failed = 0;
    while (!is_filled(pool) && failed == 0)
        failed = pthread_cond_timedwait(&pool->changed, &pool->lock, &until);
    bool is_done = is_filled(pool);
    pthread_mutex_unlock(&pool->lock);
    return is_done;
}

void pool_drain(struct pool *pool)
{
    if (!pool || !is_owner(pool)) return;
    pthread_mutex_lock(&pool->lock);
    while (pool->shapes) pool_keep_forget(pool, pool->shapes);
    pool_keep_wake(pool);
    pthread_mutex_unlock(&pool->lock);
}

/* The oldest cell that waits for this shape, or NULL; either way the shape is in use. Who has taken one wakes
 * the pool's thread when the job is under way. */
static struct slot *slot_take(struct pool *pool, const struct package *package, const struct digest *digest)
{
    pthread_mutex_lock(&pool->lock);
    struct shape *shape = shape_find(pool, digest);
    if (!shape && (shape = shape_add(pool, package, digest))) shape->wanted = SHAPE_FIRST_WANTED;
    struct slot *taken = NULL;
    if (shape) {
        shape->used_ms = io_now_ms();
        for (struct slot *slot = pool->slots; slot; slot = slot->next)
            if (slot->shape == shape && slot->state == SLOT_READY &&
                (!taken || slot->since_ms < taken->since_ms))
                taken = slot;
        if (taken) {
            taken->state = SLOT_TAKEN;
            shape->ready--;
            pool->ready--;
            pool->ready_bytes -= taken->waiting.memory_bytes;
            /* The run has the processor first, if another cell waits for the next one. */
            if (shape->ready && shape->retry_ms < shape->used_ms + REFILL_DELAY_MS)
                shape->retry_ms = shape->used_ms + REFILL_DELAY_MS;
        } else if (shape->wanted < pool->options.cells_max) {
            shape->wanted += shape->wanted + 1; /* more jobs at once than cells: twice as many from now on */
        }
        if (!taken) pool_keep_wake(pool);
    }
    pthread_mutex_unlock(&pool->lock);
    return taken;
}

/* The cell of a run that came to its end ends by itself, and the pool's thread waits for that or saw it. */
static void slot_return(struct pool *pool, struct slot *slot, bool was_used)
{
    pthread_mutex_lock(&pool->lock);
    if (was_used)
        pool->counts.warm++;
    else
        pool->counts.discarded++;
    bool is_awaited = was_used && !slot->has_ended;
    pool_keep_spend(pool, slot);
    if (!is_awaited) pool_keep_wake(pool);
    pthread_mutex_unlock(&pool->lock);
}

static bool cold_run(struct pool *pool, struct arena *arena, const struct spec *spec,
                     const struct cell_io *io, struct result *result, struct error *err)
{
    if (pool && is_owner(pool)) {
        pthread_mutex_lock(&pool->lock);
        pool->counts.cold++;
        pthread_mutex_unlock(&pool->lock);
    }
    return cell_run_placed(arena, spec, io, result, err);
}

bool pool_run(struct pool *pool, struct arena *arena, const struct spec *spec, const struct cell_io *io,
              struct result *result, struct error *err)
{
    struct package package;
    struct digest digest;
    struct error ignored = {0};
    /* Runs are counted, not cells: one that waits has nothing to do and gives its place to none. */
    AUTO_FD int place = -1;
    *result = (struct result){.exit_code = -1, .limit = LIMIT_NONE};
    if (!turnstile_enter(&place, &spec->limits, io->cancel_fd, err)) return false;
    bool may_wait = pool && is_owner(pool) && spec->is_ready && waiting_suits(spec) &&
                    spec_pack(&package, &digest, arena, spec, &ignored);
    for (struct slot *slot; may_wait && (slot = slot_take(pool, &package, &digest));) {
        if (!waiting_go(&slot->waiting, arena, spec)) {
            slot_return(pool, slot, false);
            continue;
        }
        pool_keep_wake(pool);
        *result = (struct result){.exit_code = -1, .limit = LIMIT_NONE, .was_waiting = true};
        memcpy(result->id, slot->waiting.cell.id, sizeof result->id);
        result->layers = slot->waiting.cell.layers;
        bool is_known = cell_serve(&slot->waiting.cell, arena, spec, io, result, err);
        slot_return(pool, slot, true);
        return is_known;
    }
    return cold_run(pool, arena, spec, io, result, err);
}

struct pool_stats pool_stats(struct pool *pool)
{
    struct pool_stats stats = {0};
    if (!pool || !is_owner(pool)) return stats;
    pthread_mutex_lock(&pool->lock);
    stats = pool->counts;
    stats.waiting = pool->ready;
    stats.booting = pool->booting;
    stats.memory_bytes = pool->ready_bytes;
    for (const struct shape *shape = pool->shapes; shape; shape = shape->next) stats.shapes++;
    pthread_mutex_unlock(&pool->lock);
    return stats;
}
