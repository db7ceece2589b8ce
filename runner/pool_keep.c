#include "runner/pool_keep.h"

#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/io.h"
#include "base/trace.h"

enum {
    BOOTS_MAX = 2, /* at once: the processors are for the programs */
    BOOT_TIMEOUT_MS = 10000,
    RETRY_FIRST_MS = 100, /* after a boot that failed; doubled with each */
    RETRY_DOUBLINGS = 8,
    TICK_MS = 1000,
    IDLE_PERIODS = 10, /* a shape that no job asked for so long is no longer kept by use */
};
#define CELL_BYTES_FIRST (16ull << 20) /* what a cell takes, before one was measured */

void pool_keep_wake(struct pool *pool)
{
    uint64_t one = 1;
    ssize_t put = write(pool->wake_fd, &one, sizeof one);
    (void)put; /* full: it is awake */
}

static void slot_move(struct slot *slot, enum slot_state state)
{
    slot->state = state;
    slot->since_ms = io_now_ms();
}

void pool_keep_spend(struct pool *pool, struct slot *slot)
{
    struct shape *shape = slot->shape;
    if (slot->state == SLOT_READY) {
        if (shape) shape->ready--;
        pool->ready--;
        pool->ready_bytes -= slot->waiting.memory_bytes;
    } else if (slot->state == SLOT_BOOTING) {
        if (shape) shape->booting--;
        pool->booting--;
    }
    slot_move(slot, SLOT_SPENT);
}

void pool_keep_forget(struct pool *pool, struct shape *shape)
{
    for (struct slot *slot = pool->slots; slot; slot = slot->next) {
        if (slot->shape != shape) continue;
        if (slot->state == SLOT_READY || slot->state == SLOT_BOOTING) pool_keep_spend(pool, slot);
        slot->shape = NULL;
    }
    for (struct shape **at = &pool->shapes; *at; at = &(*at)->next)
        if (*at == shape) {
            *at = shape->next;
            break;
        }
    for (uint32_t i = 0; i < shape->package.bind_count; i++) close(shape->package.binds[i]);
    arena_clear(&shape->arena);
    free(shape);
}

uint32_t pool_keep_target(const struct shape *shape)
{
    return shape->kept > shape->wanted ? shape->kept : shape->wanted;
}

static uint64_t shape_bytes(const struct shape *shape)
{
    return shape->cell_bytes ? shape->cell_bytes : CELL_BYTES_FIRST;
}

/* Room for one more of the shape, made at the cost of one that was used before it, if need be. */
static bool room_make(struct pool *pool, const struct shape *shape)
{
    uint64_t bytes = pool->ready_bytes + (pool->booting + 1) * shape_bytes(shape);
    if (pool->ready + pool->booting < pool->options.cells_max && bytes <= pool->options.memory_max_bytes)
        return true;
    struct slot *worst = NULL;
    for (struct slot *slot = pool->slots; slot; slot = slot->next) {
        const struct shape *other = slot->shape;
        bool may_go = slot->state == SLOT_READY && other && other != shape && other->ready > other->kept &&
                      other->used_ms < shape->used_ms;
        if (may_go && (!worst || other->used_ms < worst->shape->used_ms)) worst = slot;
    }
    if (!worst) return false;
    pool->counts.recycled++;
    pool_keep_spend(pool, worst);
    return true;
}

/* The shape whose turn it is to get a cell, or NULL. */
static struct shape *shape_next(struct pool *pool)
{
    uint64_t now_ms = io_now_ms();
    if (pool->booting >= BOOTS_MAX) return NULL;
    for (struct shape *shape = pool->shapes; shape; shape = shape->next) {
        bool is_short = shape->ready + shape->booting < pool_keep_target(shape) && shape->retry_ms <= now_ms;
        if (is_short && room_make(pool, shape)) return shape;
    }
    return NULL;
}

static void shape_fail(struct pool *pool, struct shape *shape)
{
    pool->counts.discarded++;
    pthread_cond_broadcast(&pool->changed);
    if (!shape) return;
    unsigned doublings = shape->failures < RETRY_DOUBLINGS ? shape->failures : RETRY_DOUBLINGS;
    shape->failures++;
    shape->retry_ms = io_now_ms() + ((uint64_t)RETRY_FIRST_MS << doublings);
}

/* Boots one cell, with the lock let go meanwhile: the slot is in the list, and its shape may be forgotten. */
static void slot_boot(struct pool *pool, struct shape *shape)
{
    struct slot *slot = calloc(1, sizeof *slot);
    if (!slot) {
        shape_fail(pool, shape);
        return;
    }
    /* A copy, since the shape may go meanwhile. */
    AUTO_ARENA struct arena arena;
    arena_init(&arena, CELL_ARENA_BYTES);
    struct package package = shape->package;
    package.options = arena_copy(&arena, package.options);
    package.job = arena_copy(&arena, package.job);
    bool is_copied = package.options.bytes && package.job.bytes;
    for (uint32_t i = 0; i < package.bind_count; i++) package.binds[i] = dup(package.binds[i]);
    slot->shape = shape;
    slot->next = pool->slots;
    slot->waiting = (struct waiting){.cell = CELL_ZERO, .program_fd = -1};
    pool->slots = slot;
    pool->slot_count++;
    shape->booting++;
    pool->booting++;
    pool->counts.booted++;
    slot_move(slot, SLOT_BOOTING);
    pthread_mutex_unlock(&pool->lock);
    struct error err = {0};
    bool is_booted = is_copied && waiting_boot(&slot->waiting, &package, &err);
    for (uint32_t i = 0; i < package.bind_count; i++) cleanup_fd(&package.binds[i]);
    pthread_mutex_lock(&pool->lock);
    if (is_booted) return;
    TRACE("pool", "no boot: %s", err.message);
    if (slot->state == SLOT_BOOTING) pool_keep_spend(pool, slot);
    shape_fail(pool, slot->shape);
}

static void slot_is_ready(struct pool *pool, struct slot *slot)
{
    struct shape *shape = slot->shape;
    if (!waiting_receive(&slot->waiting)) {
        pool_keep_spend(pool, slot);
        shape_fail(pool, shape);
        return;
    }
    shape->booting--;
    pool->booting--;
    slot_move(slot, SLOT_READY);
    shape->ready++;
    shape->failures = 0;
    shape->cell_bytes = slot->waiting.memory_bytes;
    pool->ready++;
    pool->ready_bytes += slot->waiting.memory_bytes;
    pthread_cond_broadcast(&pool->changed);
}

/* What the clock says of one slot. */
static void slot_age(struct pool *pool, struct slot *slot, uint64_t now_ms)
{
    uint64_t age_ms = now_ms - slot->since_ms;
    if (slot->state == SLOT_BOOTING && age_ms > BOOT_TIMEOUT_MS) {
        pool_keep_spend(pool, slot);
        shape_fail(pool, slot->shape);
    } else if (slot->state == SLOT_READY && age_ms > pool->options.idle_ms) {
        pool->counts.recycled++;
        pool_keep_spend(pool, slot);
        struct shape *shape = slot->shape;
        if (now_ms - shape->used_ms > (uint64_t)IDLE_PERIODS * pool->options.idle_ms) shape->wanted = 0;
    }
}

/* Kills what is spent, and takes away what has ended. */
static void slots_sweep(struct pool *pool)
{
    uint64_t now_ms = io_now_ms();
    for (struct slot **at = &pool->slots; *at;) {
        struct slot *slot = *at;
        slot_age(pool, slot, now_ms);
        if (slot->state == SLOT_SPENT) {
            waiting_kill(&slot->waiting);
            slot_move(slot, SLOT_DYING);
        }
        struct pollfd end = {.fd = slot->waiting.cell.at.pidfd, .events = POLLIN};
        bool has_ended = slot->state == SLOT_DYING && (end.fd < 0 || poll(&end, 1, 0) != 0);
        if (!has_ended) {
            at = &slot->next;
            continue;
        }
        *at = slot->next;
        pool->slot_count--;
        pthread_mutex_unlock(&pool->lock);
        waiting_clear(&slot->waiting);
        free(slot);
        pthread_mutex_lock(&pool->lock);
        at = &pool->slots; /* the list may have changed */
    }
}

/* Until the next boot that is put off. */
static int await_ms(const struct pool *pool)
{
    uint64_t now_ms = io_now_ms(), next_ms = now_ms + TICK_MS;
    for (const struct shape *shape = pool->shapes; shape; shape = shape->next)
        if (shape->retry_ms > now_ms && shape->retry_ms < next_ms) next_ms = shape->retry_ms;
    return (int)(next_ms - now_ms);
}

/* Waits for something to do, with the lock let go. False: no memory to wait for all of it. */
static void slots_await(struct pool *pool, struct pollfd *waits, struct slot **slots, uint32_t room)
{
    uint32_t count = 0;
    for (struct slot *slot = pool->slots; slot && count < room; slot = slot->next) {
        const struct launched *at = &slot->waiting.cell.at;
        if (slot->state == SLOT_TAKEN && slot->has_ended) continue;
        slots[count] = slot;
        waits[++count] =
            (struct pollfd){.fd = slot->state == SLOT_BOOTING ? at->job_fd : at->pidfd, .events = POLLIN};
    }
    waits[0] = (struct pollfd){.fd = pool->wake_fd, .events = POLLIN};
    int most_ms = await_ms(pool);
    pthread_mutex_unlock(&pool->lock);
    int ready = poll(waits, count + 1, most_ms);
    uint64_t woken;
    if (ready > 0 && waits[0].revents) {
        ssize_t got = read(pool->wake_fd, &woken, sizeof woken);
        (void)got; /* only there to be emptied */
    }
    pthread_mutex_lock(&pool->lock);
    /* No slot is freed but by this thread; but a run may have taken one. */
    for (uint32_t i = 0; ready > 0 && i < count; i++) {
        if (!waits[i + 1].revents) continue;
        if (slots[i]->state == SLOT_BOOTING)
            slot_is_ready(pool, slots[i]);
        else if (slots[i]->state == SLOT_READY && !waiting_is_sound(&slots[i]->waiting)) {
            pool->counts.discarded++;
            pool_keep_spend(pool, slots[i]);
        } else if (slots[i]->state == SLOT_TAKEN)
            slots[i]->has_ended = true;
    }
}

void *pool_keep_run(void *context)
{
    struct pool *pool = context;
    struct pollfd *waits = NULL;
    struct slot **slots = NULL;
    uint32_t room = 0;
    pthread_mutex_lock(&pool->lock);
    for (;;) {
        slots_sweep(pool);
        for (struct shape *shape; !pool->is_closing && (shape = shape_next(pool));) slot_boot(pool, shape);
        if (pool->slot_count > room) {
            uint32_t grown = 2 * pool->slot_count + 16;
            struct pollfd *more_waits = realloc(waits, (grown + 1) * sizeof *waits);
            if (more_waits) waits = more_waits;
            struct slot **more_slots = realloc(slots, grown * sizeof *slots);
            if (more_slots) slots = more_slots;
            if (more_waits && more_slots) room = grown;
        }
        if (pool->is_closing && !pool->slots) break;
        struct pollfd only_wake;
        slots_await(pool, waits ? waits : &only_wake, slots, room);
    }
    pthread_mutex_unlock(&pool->lock);
    free(waits);
    free(slots);
    return NULL;
}
