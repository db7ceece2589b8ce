/* array.h - an array that grows in an arena.
 *
 *     struct { struct finding *items; uint32_t count, capacity; } list = {0};
 *     if (!ARRAY_PUSH(arena, &list, finding)) ...   // false: the arena is exhausted
 *
 * The arena owns the items; growing leaves the old items behind in it, so reserve where the size is known. */
#ifndef CORDON_BASE_ARRAY_H
#define CORDON_BASE_ARRAY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

#define ARRAY_OF(type)            \
    struct {                      \
        type *items;              \
        uint32_t count, capacity; \
    }

/* Makes room for `wanted` items in all. Use the macros below. */
bool array_reserve(struct arena *arena, void **items, uint32_t *capacity, uint32_t count, uint32_t wanted,
                   size_t item_bytes);

#define ARRAY_RESERVE(arena, array, wanted)                                                                \
    ((wanted) <= (array)->capacity || array_reserve((arena), (void **)&(array)->items, &(array)->capacity, \
                                                    (array)->count, (wanted), sizeof *(array)->items))

#define ARRAY_PUSH(arena, array, item)                                                                   \
    (ARRAY_RESERVE(arena, array, (array)->count + 1) ? ((array)->items[(array)->count++] = (item), true) \
                                                     : false)

/* Gives an array that lives long no more room than it needs. */
bool array_trim(struct arena *arena, void **items, uint32_t *capacity, uint32_t count, size_t item_bytes);

#define ARRAY_TRIM(arena, array) \
    array_trim((arena), (void **)&(array)->items, &(array)->capacity, (array)->count, sizeof *(array)->items)

#define ARRAY_FOREACH(type, item, array)                                                                     \
    for (type *item = (array)->items, *item##_end = item ? item + (array)->count : item; item != item##_end; \
         item++)

#endif
