/* arena.h - memory of one request: taken piece by piece, released at once, capped.
 *
 * An arena owns all that it hands out. Nothing is freed inside a stage. When the cap is reached,
 * arena_alloc returns NULL and `is_exhausted` stays true; the stage then refuses. One thread at a time. */
#ifndef CORDON_BASE_ARENA_H
#define CORDON_BASE_ARENA_H

#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"
#include "base/view.h"

struct arena_chunk;

/* The pieces that an arena handed out, for who has to know what memory is made of (analyzer/rule_image.h). */
struct arena_journal {
    struct arena_piece {
        void *start;
        size_t size_bytes;
    } * items;
    uint32_t count, capacity;
    bool is_exhausted; /* no memory: some are missing */
};

struct arena {
    struct arena_chunk *chunk;     /* newest first */
    size_t used_bytes;             /* handed to the system so far, over all chunks */
    size_t cap_bytes;              /* 0: nothing may be allocated */
    bool is_exhausted;             /* an allocation was refused */
    struct arena_journal *journal; /* of the caller, who frees its items; NULL: pieces are not noted */
};

void arena_init(struct arena *arena, size_t cap_bytes);
/* Frees everything; the arena is then empty and usable under the same cap. */
void arena_clear(struct arena *arena);
/* Makes the arena empty, but keeps its largest chunk for the next request. */
void arena_reset(struct arena *arena);

/* Zeroed and aligned for any type; NULL when the cap (or the machine) has no more. */
void *arena_alloc(struct arena *arena, size_t size_bytes);
void *arena_alloc_array(struct arena *arena, size_t count, size_t item_bytes);

/* A copy of `text`, with a NUL behind it that its length does not count. On exhaustion a zero view. */
struct view arena_copy(struct arena *arena, struct view text);
__attribute__((format(printf, 2, 3))) struct view arena_format(struct arena *arena, const char *format, ...);

#define ARENA_NEW(arena, type)              ((type *)arena_alloc((arena), sizeof(type)))
#define ARENA_NEW_ARRAY(arena, type, count) ((type *)arena_alloc_array((arena), (count), sizeof(type)))
#define AUTO_ARENA                          CLEANUP(arena_clear)

#endif
