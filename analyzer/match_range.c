/* Sets of ranges: what is in both, and one without what another excludes. */
#include <stdlib.h>

#include "analyzer/match_formula.h"
#include "base/array.h"

bool range_push(struct evaluation *e, struct range_list *ranges, struct range range)
{
    if (ranges->count < LIMIT_MATCH_RANGES && ARRAY_PUSH(e->m.arena, ranges, range)) return true;
    e->is_undecided = true;
    return false;
}

const struct binding *bindings_merge(struct evaluation *e, const struct binding *a, const struct binding *b)
{
    bool is_new = false;
    for (uint32_t slot = 0; slot < e->m.slot_count; slot++) {
        if (b[slot].kind == BINDING_NONE) continue;
        if (a[slot].kind == BINDING_NONE)
            is_new = true;
        else if (!binding_equals(&e->m, &a[slot], &b[slot]))
            return NULL;
    }
    if (!is_new) return a;
    struct binding *merged = ARENA_NEW_ARRAY(e->m.arena, struct binding, e->m.slot_count + 1);
    if (!merged) {
        e->is_undecided = true;
        return NULL;
    }
    for (uint32_t slot = 0; slot < e->m.slot_count; slot++)
        merged[slot] = a[slot].kind == BINDING_NONE ? b[slot] : a[slot];
    return merged;
}

static int range_compare(const void *left, const void *right)
{
    const struct range *a = left, *b = right;
    if (a->start != b->start) return a->start < b->start ? -1 : 1;
    if (a->end != b->end) return a->end < b->end ? -1 : 1;
    if (a->is_inside != b->is_inside) return (int)a->is_inside - (int)b->is_inside;
    return (int)a->is_anywhere - (int)b->is_anywhere;
}

static bool has_same_bindings(const struct evaluation *e, const struct range *a, const struct range *b)
{
    for (uint32_t slot = 0; slot < e->m.slot_count && a->bindings != b->bindings; slot++) {
        const struct binding *x = &a->bindings[slot], *y = &b->bindings[slot];
        if (x->kind != y->kind || x->start != y->start || x->end != y->end) return false;
    }
    return true;
}

void ranges_sort(struct evaluation *e, struct range_list *ranges)
{
    if (ranges->count < 2) return;
    qsort(ranges->items, ranges->count, sizeof *ranges->items, range_compare);
    uint32_t kept = 0, first = 0; /* `first`: the start of the run of equal ranges among those kept */
    for (uint32_t i = 0; i < ranges->count; i++) {
        const struct range *range = &ranges->items[i];
        if (kept == 0 || range_compare(&ranges->items[first], range) != 0) first = kept;
        bool is_known = false;
        for (uint32_t k = first; k < kept && !is_known; k++)
            is_known = has_same_bindings(e, &ranges->items[k], range);
        if (!is_known) ranges->items[kept++] = *range;
    }
    ranges->count = kept;
}

bool pair_taken(struct evaluation *e)
{
    if (e->steps > 0) {
        e->steps--;
        return true;
    }
    e->is_undecided = true;
    return false;
}

static bool is_within(const struct range *inner, const struct range *outer)
{
    return outer->is_anywhere || (inner->start >= outer->start && inner->end <= outer->end);
}

/* Whether `a` can be what is left of both: a result, or no less of one than the other. */
static bool is_better_place(const struct range *a, const struct range *b)
{
    if (a->is_anywhere) return b->is_anywhere;
    return !a->is_inside || b->is_inside || b->is_anywhere;
}

/* Adds the part of `a` and `b` that stays where both hold: the inner one, which must not be a mere place
 * unless both are. */
static void intersect_pair(struct evaluation *e, const struct range *a, const struct range *b,
                           struct range_list *out)
{
    bool keeps_a = is_within(a, b) && is_better_place(a, b);
    bool keeps_b = !keeps_a && is_within(b, a) && is_better_place(b, a);
    if (!keeps_a && !keeps_b) return;
    /* what the kept one captured is what is focused and reported */
    const struct range *kept = keeps_a ? a : b, *other = keeps_a ? b : a;
    const struct binding *bindings = bindings_merge(e, kept->bindings, other->bindings);
    if (!bindings) return;
    struct range range = *kept;
    range.bindings = bindings;
    range_push(e, out, range);
}

/* How far the ranges up to each one reach: with it, those that end before a place are passed over together.
 * NULL: memory is out. */
static const uint32_t *reach_of(struct evaluation *e, const struct range_list *ranges)
{
    uint32_t *reach = ARENA_NEW_ARRAY(e->m.arena, uint32_t, ranges->count + 1), furthest = 0;
    if (!reach) e->is_undecided = true;
    for (uint32_t i = 0; reach && i < ranges->count; i++) {
        if (ranges->items[i].end > furthest) furthest = ranges->items[i].end;
        reach[i] = furthest;
    }
    return reach;
}

static uint32_t first_reaching(const uint32_t *reach, uint32_t count, uint32_t start)
{
    uint32_t low = 0, high = count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (reach[middle] < start)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool has_anywhere(const struct range_list *ranges)
{
    for (uint32_t i = 0; i < ranges->count; i++)
        if (ranges->items[i].is_anywhere) return true;
    return false;
}

void ranges_intersect(struct evaluation *e, const struct range_list *left, const struct range_list *right,
                      struct range_list *out)
{
    const uint32_t *reach = reach_of(e, right);
    bool is_everywhere = has_anywhere(left) || has_anywhere(right);
    for (uint32_t i = 0; i < left->count && !e->is_undecided; i++) {
        const struct range *a = &left->items[i];
        uint32_t first = is_everywhere ? 0 : first_reaching(reach, right->count, a->start);
        for (uint32_t k = first; k < right->count; k++) { /* sorted: behind a's end nothing overlaps */
            if (right->items[k].start > a->end && !is_everywhere) break;
            if (!pair_taken(e)) return;
            intersect_pair(e, a, &right->items[k], out);
        }
    }
    ranges_sort(e, out);
}

void ranges_subtract(struct evaluation *e, struct range_list *from, const struct range_list *removed,
                     bool is_inside)
{
    uint32_t kept = 0;
    const uint32_t *reach = removed->count ? reach_of(e, removed) : NULL;
    if (!reach) return;
    if (has_anywhere(removed)) from->count = 0; /* it must not be there at all */
    for (uint32_t i = 0; i < from->count; i++) {
        const struct range *range = &from->items[i];
        bool is_removed = false;
        for (uint32_t k = first_reaching(reach, removed->count, range->start);
             k < removed->count && !is_removed; k++) {
            const struct range *other = &removed->items[k];
            if (other->start > range->end) break;
            if (!pair_taken(e)) return;
            bool is_hit = is_inside || other->is_inside
                              ? is_within(range, other)
                              : range->start == other->start && range->end == other->end;
            if (other->is_regex && !is_inside) is_hit |= is_within(range, other) || is_within(other, range);
            is_removed = is_hit && bindings_merge(e, range->bindings, other->bindings);
        }
        if (!is_removed) from->items[kept++] = *range;
    }
    from->count = kept;
}
