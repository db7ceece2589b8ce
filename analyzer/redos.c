#include "analyzer/redos.h"

#include "analyzer/redos_scratch.h"

struct redos_scratch *redos_scratch_new(struct arena *arena)
{
    return ARENA_NEW(arena, struct redos_scratch);
}

static bool classes_overlap(const struct redos_scratch *s, uint32_t one, uint32_t other)
{
    const struct redos_range *a = s->ranges + s->positions[one].range_start,
                             *a_end = a + s->positions[one].range_count;
    const struct redos_range *b = s->ranges + s->positions[other].range_start,
                             *b_end = b + s->positions[other].range_count;
    while (a < a_end && b < b_end) {
        if (a->last < b->first)
            a++;
        else if (b->last < a->first)
            b++;
        else
            return true;
    }
    return false;
}

/* Edges between positions behind which the match can still fail: behind the others it has already held, so
 * that nothing is tried again. And what reaches what (Warshall). */
static void graph_make(struct redos_scratch *s, bool is_whole)
{
    uint32_t count = s->position_count;
    for (uint32_t p = 0; p < count; p++) {
        s->edges[p] = s->overlaps[p] = s->seen[p] = (struct redos_set){0};
        bool is_open = is_whole || !redos_has(&s->accepting, p);
        for (uint32_t q = 0; q < count; q++) {
            if (classes_overlap(s, p, q)) redos_put(&s->overlaps[p], q);
            if (is_open && s->follow[p][q] && (is_whole || !redos_has(&s->accepting, q)))
                redos_put(&s->edges[p], q);
        }
        s->reach[p] = s->edges[p];
    }
    for (uint32_t middle = 0; middle < count; middle++)
        for (uint32_t p = 0; p < count; p++)
            if (redos_has(&s->reach[p], middle))
                for (int w = 0; w < REDOS_WORDS; w++) s->reach[p].words[w] |= s->reach[middle].words[w];
}

/* Whether the two lie on one cycle. */
static bool is_mutual(const struct redos_scratch *s, uint32_t p, uint32_t q)
{
    return redos_has(&s->reach[p], q) && redos_has(&s->reach[q], p);
}

/* A pair of positions that one text leads to, both from a position of this cycle, not seen before. Returns
 * whether they are one and the same: then the text that follows is the same for both. */
static bool pair_visit(struct redos_scratch *s, uint32_t p, uint32_t q, uint32_t *queued)
{
    if (p == q) return true;
    uint32_t low = p < q ? p : q, high = p < q ? q : p;
    if (redos_has(&s->seen[low], high)) return false;
    redos_put(&s->seen[low], high);
    s->queue[*queued][0] = (uint8_t)low;
    s->queue[(*queued)++][1] = (uint8_t)high;
    return false;
}

/* All pairs behind a pair, on the cycle of `origin`. */
static bool pair_step(struct redos_scratch *s, uint32_t p, uint32_t q, uint32_t origin, uint32_t *queued,
                      uint64_t *steps)
{
    for (uint32_t next = 0; next < s->position_count && *steps; next++) {
        if (!redos_has(&s->edges[p], next) || !is_mutual(s, origin, next)) continue;
        for (uint32_t other = 0; other < s->position_count; other++) {
            if (!redos_has(&s->edges[q], other) || !redos_has(&s->overlaps[next], other)) continue;
            if (!is_mutual(s, origin, other) || (p == q && next == other)) continue;
            if (pair_visit(s, next, other, queued)) return true;
        }
        *steps -= *steps < s->position_count ? *steps : s->position_count;
    }
    return false;
}

/* Whether a text leads from a position of this cycle back to it in two ways. */
static bool cycle_is_ambiguous(struct redos_scratch *s, uint32_t origin, uint64_t *steps)
{
    uint32_t queued = 0;
    for (uint32_t p = 0; p < s->position_count && *steps; p++) {
        if (!is_mutual(s, origin, p)) continue;
        for (uint32_t q = 0; q < s->position_count; q++)
            if (s->follow[p][q] > 1 && redos_has(&s->edges[p], q) && is_mutual(s, origin, q) &&
                redos_has(&s->overlaps[q], q))
                return true;
        pair_step(s, p, p, origin, &queued, steps);
    }
    for (uint32_t done = 0; done < queued && *steps; done++)
        if (pair_step(s, s->queue[done][0], s->queue[done][1], origin, &queued, steps)) return true;
    return false;
}

/* The smallest repetition that holds the whole cycle. */
static struct redos place_of(const struct redos_scratch *s, uint32_t origin, uint32_t length)
{
    struct redos found = {REDOS_EXPONENTIAL, 0, length};
    uint32_t first = origin, last = origin, smallest = UINT32_MAX;
    for (uint32_t p = 0; p < s->position_count; p++) {
        if (!is_mutual(s, origin, p)) continue;
        if (p < first) first = p;
        if (p > last) last = p;
    }
    for (uint32_t i = 0; i < s->loop_count; i++) {
        const struct redos_loop *loop = &s->loops[i];
        uint32_t size = loop->behind - loop->first;
        if (loop->first > first || loop->behind <= last || size > smallest) continue;
        smallest = size; /* of two of one size the outer one, which comes later */
        found.start = loop->start;
        found.end = loop->end;
    }
    return found;
}

struct redos redos_analyze(struct redos_scratch *scratch, enum language_family family, struct view regex,
                           unsigned flags, uint64_t *steps)
{
    struct redos undecided = {REDOS_UNDECIDED, 0, 0};
    if (regex.length > UINT32_MAX || !redos_parse(scratch, family, regex, flags, steps)) return undecided;
    struct redos_set done = {0};
    uint64_t cost = (uint64_t)scratch->position_count * scratch->position_count * REDOS_WORDS;
    if (*steps < cost) return undecided;
    *steps -= cost;
    graph_make(scratch, flags & REDOS_IS_WHOLE);
    for (uint32_t p = 0; p < scratch->position_count; p++) {
        if (redos_has(&done, p) || !redos_has(&scratch->reach[p], p)) continue;
        for (uint32_t q = 0; q < scratch->position_count; q++) {
            scratch->seen[q] = (struct redos_set){0};
            if (is_mutual(scratch, p, q)) redos_put(&done, q);
        }
        if (cycle_is_ambiguous(scratch, p, steps)) return place_of(scratch, p, (uint32_t)regex.length);
        if (*steps == 0) return undecided;
    }
    return (struct redos){REDOS_SAFE, 0, 0};
}
