/* taint_mark.c - what the rule's clauses say of a value that the walk came to. */
#include "analyzer/taint_walk.h"

static uint64_t labels_of(const struct taint_walk *w, uint64_t taints)
{
    uint64_t labels = 0;
    for (uint32_t i = 0; i < w->rule->label_count; i++)
        if (taints & w->label_taints[i]) labels |= 1ull << i;
    return labels;
}

/* The bindings of a sink with those of its source where it has none. */
static const struct binding *bindings_of_both(struct taint_walk *w, const struct range *sink,
                                              const struct range *source)
{
    uint32_t count = w->e->m.slot_count;
    struct binding *both = ARENA_NEW_ARRAY(w->e->m.arena, struct binding, count + 1);
    if (!both) return sink->bindings;
    for (uint32_t i = 0; i < count; i++)
        both[i] = sink->bindings[i].kind != BINDING_NONE ? sink->bindings[i] : source->bindings[i];
    return both;
}

static void sink_reached(struct taint_walk *w, struct taint_match *sink, uint64_t taints)
{
    taints |= w->state.control;
    if (!taints || !(taints & ~sink->reported)) return;
    uint64_t usable = 0;
    uint32_t first = UINT32_MAX;
    for (uint32_t i = 0; i < TAINT_CLASSES; i++) {
        if (!(taints >> i & 1)) continue;
        const struct taint_match *source =
            w->representative[i] == UINT32_MAX ? NULL : &w->matches.items[w->representative[i]];
        if (source && w->rule->unifies_metavariables &&
            !bindings_merge(w->e, sink->range.bindings, source->range.bindings))
            continue;
        if (source && first == UINT32_MAX) first = w->representative[i];
        usable |= 1ull << i;
    }
    if (!usable || !label_expression_holds(&sink->clause->clause->requirement, labels_of(w, usable))) return;
    bool is_first = sink->reported == 0;
    sink->reported |= taints;
    if (!is_first) return;
    struct range range = sink->range;
    range.is_inside = false;
    if (first != UINT32_MAX)
        range.bindings = bindings_of_both(w, &sink->range, &w->matches.items[first].range);
    range_push(w->e, w->out, range);
}

static void side_effect(struct taint_walk *w, uint32_t n, uint64_t taints)
{
    bool is_weak = false;
    uint32_t place = target_place(w, n, true, &is_weak);
    if (place) taint_state_add(&w->memory, &w->state, place, taints);
}

static uint64_t passed_on(const struct taint_walk *w, const struct taint_match *match)
{
    const struct taint_clause *clause = match->clause->clause;
    if (!match->passed || !label_expression_holds(&clause->requirement, labels_of(w, match->passed)))
        return 0;
    if (!clause->has_label) return match->passed;
    uint64_t kept = 0;
    for (uint32_t i = 0; i < w->rule->label_count && clause->replaced; i++)
        if (!(clause->replaced >> i & 1)) kept |= match->passed & w->label_taints[i];
    return kept | 1ull << match->taint;
}

static void propagate_from(struct taint_walk *w, struct taint_match *match, bool is_whole, uint64_t taints)
{
    match->passed = is_whole ? taints : match->passed | taints;
    if (match->clause->clause->side_effect == SIDE_EFFECT_NO || match->to_node == UINT32_MAX) return;
    uint64_t passed = passed_on(w, match);
    if (passed) side_effect(w, match->to_node, passed);
}

bool mark_is_sanitized(const struct taint_walk *w, uint32_t n)
{
    for (uint32_t i = w->heads[n]; i; i = w->marks.items[i].next)
        if (w->marks.items[i].kind == MARK_SANITIZER) return true;
    return false;
}

static void sanitize_place(struct taint_walk *w, uint32_t n)
{
    for (uint32_t i = w->heads[n]; i; i = w->marks.items[i].next) {
        const struct taint_mark *mark = &w->marks.items[i];
        const struct taint_match *match = &w->matches.items[mark->match];
        if (mark->kind != MARK_SANITIZER || !mark->is_whole || !match->clause->clause->side_effect) continue;
        bool is_weak = false;
        uint32_t place = target_place(w, n, true, &is_weak);
        if (place && !is_weak) taint_state_set(&w->memory, &w->state, place, 0);
    }
}

uint64_t mark_value(struct taint_walk *w, uint32_t n, uint64_t taints, bool is_base)
{
    if (!w->heads[n]) return taints;
    if (mark_is_sanitized(w, n)) {
        sanitize_place(w, n);
        return 0;
    }
    uint64_t before = labels_of(w, taints);
    for (uint32_t i = w->heads[n]; i; i = w->marks.items[i].next) {
        const struct taint_mark *mark = &w->marks.items[i];
        struct taint_match *match = &w->matches.items[mark->match];
        const struct taint_clause *clause = match->clause->clause;
        if (mark->kind == MARK_TO) {
            uint64_t passed = passed_on(w, match);
            taints |= passed;
            if (passed && clause->side_effect) side_effect(w, n, passed);
        } else if (mark->kind == MARK_SOURCE && label_expression_holds(&clause->requirement, before)) {
            uint64_t taint = 1ull << match->taint;
            if (clause->is_control && mark->is_whole) w->state.control |= taint;
            if (clause->side_effect && mark->is_whole) side_effect(w, n, taint);
            if (clause->side_effect != SIDE_EFFECT_ONLY && !clause->is_control) taints |= taint;
        }
    }
    for (uint32_t i = w->heads[n]; i; i = w->marks.items[i].next) {
        const struct taint_mark *mark = &w->marks.items[i];
        struct taint_match *match = &w->matches.items[mark->match];
        if (mark->kind == MARK_FROM) propagate_from(w, match, mark->is_whole, taints);
        bool is_asked = !is_base || match->range.end <= walk_at(w, n)->end;
        if (mark->kind == MARK_SINK && is_asked) sink_reached(w, match, taints);
    }
    return taints;
}
