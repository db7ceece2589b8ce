/* redos_class.c - sets of code points. Beyond ASCII every character is a letter to \w and \S, so that \w and
 * \s stay apart as they are. */
#include <stdlib.h>

#include "analyzer/redos_scratch.h"

enum { CODE_POINT_MAX = 0x10ffff, ASCII_MAX = 0x7f };

void class_add(struct redos_class *set, uint32_t first, uint32_t last)
{
    if (set->count + 1 >= sizeof set->ranges / sizeof *set->ranges) {
        set->is_unknown = true;
        return;
    }
    set->ranges[set->count++] = (struct redos_range){first, last};
}

bool class_add_named(struct redos_class *set, char name)
{
    static const struct {
        char name;
        struct redos_range ranges[5];
    } classes[] = {
        {'d', {{'0', '9'}}},
        {'D', {{1, '0' - 1}, {'9' + 1, CODE_POINT_MAX}}},
        {'w', {{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}, {ASCII_MAX + 1, CODE_POINT_MAX}}},
        {'W', {{1, '0' - 1}, {'9' + 1, 'A' - 1}, {'Z' + 1, '_' - 1}, {'`', '`'}, {'z' + 1, ASCII_MAX}}},
        {'s', {{'\t', '\r'}, {0x1c, 0x20}}},
        {'S', {{1, '\t' - 1}, {'\r' + 1, 0x1b}, {0x21, CODE_POINT_MAX}}},
    };
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
        if (classes[i].name != name) continue;
        for (size_t k = 0; k < 5 && classes[i].ranges[k].last; k++)
            class_add(set, classes[i].ranges[k].first, classes[i].ranges[k].last);
        return true;
    }
    return false;
}

static int range_order(const void *left, const void *right)
{
    const struct redos_range *a = left, *b = right;
    return a->first < b->first ? -1 : a->first > b->first;
}

static void join(struct redos_class *set)
{
    uint32_t kept = 0;
    qsort(set->ranges, set->count, sizeof *set->ranges, range_order);
    for (uint32_t i = 0; i < set->count; i++) {
        struct redos_range *last = kept ? &set->ranges[kept - 1] : NULL;
        if (last && set->ranges[i].first <= last->last + 1) {
            if (set->ranges[i].last > last->last) last->last = set->ranges[i].last;
        } else {
            set->ranges[kept++] = set->ranges[i];
        }
    }
    set->count = kept;
}

/* The part of a range within [low, high], moved by `by`. */
static void add_moved(struct redos_class *set, struct redos_range range, uint32_t low, uint32_t high, int by)
{
    uint32_t first = range.first > low ? range.first : low, last = range.last < high ? range.last : high;
    if (first <= last) class_add(set, (uint32_t)((int)first + by), (uint32_t)((int)last + by));
}

void class_finish(struct redos_class *set, bool ignores_case, bool is_negated)
{
    uint32_t count = set->count;
    for (uint32_t i = 0; ignores_case && i < count; i++) {
        add_moved(set, set->ranges[i], 'a', 'z', 'A' - 'a');
        add_moved(set, set->ranges[i], 'A', 'Z', 'a' - 'A');
    }
    join(set);
    if (is_negated) {
        struct redos_class turned = {.is_unknown = set->is_unknown};
        uint32_t next = 0;
        for (uint32_t i = 0; i < set->count; i++) {
            if (set->ranges[i].first > next) class_add(&turned, next, set->ranges[i].first - 1);
            next = set->ranges[i].last + 1;
        }
        if (next <= CODE_POINT_MAX) class_add(&turned, next, CODE_POINT_MAX);
        *set = turned;
    }
    if (set->is_unknown) set->count = 0;
}
