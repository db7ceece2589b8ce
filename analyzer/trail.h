/* trail.h - the names along a chain of members and calls, as a word of bits: what a pattern's chain has, a
 * node's must have to match it.
 *
 * A name is one bit of 63, by its text. A node has the names as they are spelt, and those in all that it and
 * what it is a member of may mean (names.h); a node of which that is not known has all bits. */
#ifndef CORDON_ANALYZER_TRAIL_H
#define CORDON_ANALYZER_TRAIL_H

#include <stdint.h>

#include "base/view.h"

enum { TRAIL_OPEN_BIT = 63, TRAIL_LISTS = 64 };
#define TRAIL_OPEN UINT64_MAX

/* The bits of all parts of a dotted name. */
static inline uint64_t trail_of_text(struct view dotted)
{
    uint64_t trail = 0;
    uint32_t hash = 0;
    bool has_part = false;
    for (size_t i = 0; i <= dotted.length; i++) {
        bool is_end = i == dotted.length || dotted.bytes[i] == '.';
        if (is_end && has_part)
            trail |= (uint64_t)1 << ((hash ^ hash >> 15) * 2654435769u >> 16) % TRAIL_OPEN_BIT;
        hash = is_end ? 0 : (hash ^ (unsigned char)dotted.bytes[i]) * 16777619u + 7;
        has_part = !is_end;
    }
    return trail;
}

#endif
