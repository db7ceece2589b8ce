#include "grammars/tree_pool.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/pages.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define POOL_IS_USED false
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define POOL_IS_USED false
#endif
#endif
#ifndef POOL_IS_USED
#define POOL_IS_USED true
#endif

/* A piece has a head of 8 bytes and ends on a multiple of 16. Sizes up to SMALL_BYTES have a list of free
 * pieces each, larger ones one for each power of two. */
enum {
    STEP_BYTES = 16,
    SMALL_BYTES = 1024,
    SMALL_CLASSES = SMALL_BYTES / STEP_BYTES,
    CLASSES = SMALL_CLASSES + 54
};
/* What is kept from parse to parse is what most sources need. */
enum { FIRST_CHUNK_BYTES = 64 << 10, LARGEST_STEP_BYTES = 4 << 20, KEPT_BYTES = 16 << 20 };

struct piece {
    uint64_t class;     /* 1 and up: by which it is found again */
    struct piece *next; /* free: the one behind it; else the first bytes of what the piece is for */
};

struct chunk {
    struct chunk *next;
    size_t size_bytes; /* of all of it */
};

struct tree_pool {
    struct chunk *full, *chunk, *idle; /* used up; in use; kept from before */
    char *at, *end;                    /* in `chunk`; `at` is 8 above a multiple of 16 */
    size_t step_bytes;
    struct piece *freed[CLASSES];
};

static _Thread_local struct tree_pool *current __attribute__((tls_model("initial-exec")));

static void *or_end(void *memory, size_t size)
{
    if (memory || size == 0) return memory;
    fprintf(stderr, "cordon: no memory for a syntax tree (%zu bytes)\n", size);
    abort();
}

struct tree_pool *tree_pool_new(void)
{
    struct tree_pool *pool = calloc(1, sizeof *pool);
    if (pool) pool->step_bytes = FIRST_CHUNK_BYTES;
    return pool;
}

static void chunks_free(struct chunk *chunk)
{
    while (chunk) {
        struct chunk *next = chunk->next;
        free(chunk);
        chunk = next;
    }
}

void tree_pool_free(struct tree_pool *pool)
{
    if (!pool) return;
    chunks_free(pool->full);
    chunks_free(pool->chunk);
    chunks_free(pool->idle);
    free(pool);
}

bool tree_pool_is_used(void)
{
    return POOL_IS_USED;
}

void tree_pool_enter(struct tree_pool *pool)
{
    if (POOL_IS_USED) current = pool;
}

void tree_pool_leave(struct tree_pool *pool)
{
    current = NULL;
    size_t kept_bytes = 0;
    struct chunk *chunk = pool->idle, *kept = NULL;
    if (pool->chunk) {
        pool->chunk->next = pool->full;
        pool->full = pool->chunk;
    }
    for (int list = 0; list < 2; list++, chunk = pool->full) {
        for (struct chunk *next; chunk; chunk = next) {
            next = chunk->next;
            if (kept_bytes + chunk->size_bytes > KEPT_BYTES) {
                free(chunk);
                continue;
            }
            kept_bytes += chunk->size_bytes;
            chunk->next = kept;
            kept = chunk;
        }
    }
    *pool = (struct tree_pool){.idle = kept, .step_bytes = pool->step_bytes};
}

/* Makes room for a piece that what is left of the chunk is too short for. */
static void chunk_begin(struct tree_pool *pool, size_t needed_bytes)
{
    size_t head_bytes = (sizeof(struct chunk) + STEP_BYTES - 1) / STEP_BYTES * STEP_BYTES + STEP_BYTES / 2;
    struct chunk *chunk = pool->idle;
    if (pool->chunk) {
        pool->chunk->next = pool->full;
        pool->full = pool->chunk;
    }
    if (chunk && chunk->size_bytes >= head_bytes + needed_bytes) {
        pool->idle = chunk->next;
    } else {
        size_t size_bytes = head_bytes + needed_bytes;
        if (size_bytes < pool->step_bytes) size_bytes = pool->step_bytes;
        if (pool->step_bytes < LARGEST_STEP_BYTES) pool->step_bytes *= 2;
        chunk = or_end(pages_alloc(size_bytes), size_bytes);
        chunk->size_bytes = size_bytes;
    }
    chunk->next = NULL;
    pool->chunk = chunk;
    pool->at = (char *)chunk + head_bytes;
    pool->end = (char *)chunk + chunk->size_bytes;
}

/* The class of a piece for so many bytes, and the bytes that it takes, head included. */
static inline unsigned class_of(size_t size, size_t *piece_bytes)
{
    size_t rounded = (size + STEP_BYTES / 2 + STEP_BYTES - 1) & ~(size_t)(STEP_BYTES - 1);
    if (rounded < 2 * STEP_BYTES) rounded = 2 * STEP_BYTES;
    *piece_bytes = rounded;
    if (rounded <= SMALL_BYTES) return (unsigned)(rounded / STEP_BYTES);
    unsigned log = 64 - (unsigned)__builtin_clzll(rounded - 1);
    *piece_bytes = (size_t)1 << log;
    return SMALL_CLASSES + log - 10;
}

static size_t class_bytes(unsigned class)
{
    return class <= SMALL_CLASSES ? (size_t) class * STEP_BYTES : (size_t)1 << (class - SMALL_CLASSES + 10);
}

static void *piece_take(struct tree_pool *pool, size_t size)
{
    size_t piece_bytes;
    if (size > SIZE_MAX / 4) or_end(NULL, size);
    unsigned class = class_of(size, &piece_bytes);
    struct piece *piece = pool->freed[class];
    if (piece) {
        pool->freed[class] = piece->next;
        return &piece->next;
    }
    if ((size_t)(pool->end - pool->at) < piece_bytes) chunk_begin(pool, piece_bytes);
    piece = (struct piece *)(void *)pool->at;
    pool->at += piece_bytes;
    piece->class = class;
    return &piece->next;
}

static struct piece *piece_of(void *memory)
{
    return (struct piece *)(void *)((char *)memory - offsetof(struct piece, next));
}

void *tree_pool_malloc(size_t size)
{
    struct tree_pool *pool = current;
    return pool ? piece_take(pool, size) : or_end(malloc(size), size);
}

void *tree_pool_calloc(size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes)) bytes = SIZE_MAX;
    struct tree_pool *pool = current;
    return pool ? memset(piece_take(pool, bytes), 0, bytes) : or_end(calloc(count, size), bytes);
}

void *tree_pool_realloc(void *memory, size_t size)
{
    struct tree_pool *pool = current;
    if (!pool) return or_end(realloc(memory, size), size);
    if (!memory) return piece_take(pool, size);
    size_t had_bytes = class_bytes((unsigned)piece_of(memory)->class) - offsetof(struct piece, next);
    if (size <= had_bytes) return memory;
    void *moved = memcpy(piece_take(pool, size), memory, had_bytes);
    tree_pool_release(memory);
    return moved;
}

void tree_pool_release(void *memory)
{
    struct tree_pool *pool = current;
    if (!pool) {
        free(memory);
        return;
    }
    if (!memory) return;
    struct piece *piece = piece_of(memory);
    piece->next = pool->freed[piece->class];
    pool->freed[piece->class] = piece;
}
