#include "base/array.h"

#include <string.h>

bool array_reserve(struct arena *arena, void **items, uint32_t *capacity, uint32_t count, uint32_t wanted,
                   size_t item_bytes)
{
    uint32_t grown = *capacity < 8 ? 8 : *capacity;
    while (grown < wanted) {
        if (grown > UINT32_MAX / 2) return false;
        grown *= 2;
    }
    void *moved = arena_alloc_array(arena, grown, item_bytes);
    if (!moved) return false;
    if (count) memcpy(moved, *items, count * item_bytes);
    *items = moved;
    *capacity = grown;
    return true;
}

bool array_trim(struct arena *arena, void **items, uint32_t *capacity, uint32_t count, size_t item_bytes)
{
    if (*capacity == count || count == 0) return true;
    void *moved = arena_alloc_array(arena, count, item_bytes);
    if (!moved) return false;
    memcpy(moved, *items, count * item_bytes);
    *items = moved;
    *capacity = count;
    return true;
}
