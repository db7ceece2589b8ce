#include "analyzer/taint.h"

#include <string.h>

#include "analyzer/taint_walk.h"

bool taint_is_possible(struct evaluation *e, const struct program *program)
{
    bool is_possible[2] = {false, false};
    for (uint32_t i = 0; i < program->rule->taint->clause_count; i++) {
        enum taint_part part = program->clauses[i].clause->part;
        if (part != TAINT_SOURCE && part != TAINT_SINK) continue;
        is_possible[part == TAINT_SINK] |= formula_is_possible(e, program->clauses[i].formula);
    }
    return is_possible[0] && is_possible[1];
}

static const char *part_word(enum taint_part part)
{
    switch (part) {
    case TAINT_SOURCE:
        return "source";
    case TAINT_SINK:
        return "sink";
    case TAINT_SANITIZER:
        return "sanitizer";
    case TAINT_PROPAGATOR:
        return "propagator";
    }
    return "?";
}

static bool has_focus(const struct formula *formula)
{
    bool is_focused = false;
    for (uint32_t i = 0; i < formula->condition_count; i++)
        is_focused |= formula->conditions[i].kind == CONDITION_FOCUS;
    for (uint32_t i = 0; i < formula->child_count && !is_focused; i++)
        is_focused = has_focus(formula->children[i]);
    return is_focused;
}

static uint32_t first_node_from(const struct taint_walk *w, uint32_t start)
{
    uint32_t low = 0, high = w->syntax->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (w->syntax->nodes[middle].start < start)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Whether the range is the name of a parameter: no expression, so that only a focus can mean it. */
static bool is_parameter(const struct taint_walk *w, const struct range *range)
{
    uint32_t n = first_node_from(w, range->start);
    while (n < w->syntax->count && walk_at(w, n)->start == range->start && walk_at(w, n)->end > range->end)
        n++;
    if (n >= w->syntax->count || walk_at(w, n)->end != range->end) return false;
    if (walk_shape(w, n) != SHAPE_IDENTIFIER && walk_shape(w, n) != SHAPE_PROPERTY_SHORTHAND) return false;
    for (unsigned levels = 0; levels < 3 && n; levels++) {
        uint32_t parent = walk_at(w, n)->parent;
        enum shape shape = walk_shape(w, parent);
        if (shape == SHAPE_PARAMETERS || walk_field(w, parent, FIELD_PARAMETER) == n) return true;
        if (shape != SHAPE_PARAMETER_DEFAULT && shape != SHAPE_PARAMETER_TYPED &&
            shape != SHAPE_PATTERN_DEFAULT && shape != SHAPE_PATTERN_OBJECT && shape != SHAPE_PATTERN_REST)
            return false;
        if (walk_field(w, parent, FIELD_RIGHT) == n || walk_field(w, parent, FIELD_VALUE) == n) return false;
        n = parent;
    }
    return false;
}

/* The places of all clauses of one part. */
static bool matches_find(struct taint_walk *w, const struct scope *scope, enum taint_part part)
{
    for (uint32_t i = 0; i < w->rule->clause_count; i++) {
        const struct program_clause *clause = &w->program->clauses[i];
        struct range_list ranges = {0};
        if (clause->clause->part != part) continue;
        if (!formula_is_possible(w->e, clause->formula) && !w->e->explanation) continue;
        explain(w->e, "%s", part_word(part));
        if (w->e->explanation) w->e->explanation->depth++;
        w->e->m.is_source = part == TAINT_SOURCE;
        bool is_fine = formula_evaluate(w->e, clause->formula, scope, &ranges);
        w->e->m.is_source = false;
        if (w->e->explanation) w->e->explanation->depth--;
        if (!is_fine) return false;
        bool is_focused = has_focus(clause->clause->formula);
        for (uint32_t k = 0; k < ranges.count; k++) {
            if (!is_focused && is_parameter(w, &ranges.items[k])) continue;
            struct taint_match match = {.clause = clause, .range = ranges.items[k], .to_node = UINT32_MAX};
            if (ARRAY_PUSH(w->e->m.arena, &w->matches, match)) continue;
            w->e->is_undecided = true;
            return false;
        }
    }
    return true;
}

static bool has_part(const struct taint_walk *w, enum taint_part part)
{
    for (uint32_t i = 0; i < w->matches.count; i++)
        if (w->matches.items[i].clause->clause->part == part) return true;
    return false;
}

static bool is_same_bindings(struct taint_walk *w, const struct taint_match *a, const struct taint_match *b)
{
    for (uint32_t slot = 0; slot < w->e->m.slot_count; slot++) {
        const struct binding *x = &a->range.bindings[slot], *y = &b->range.bindings[slot];
        if ((x->kind == BINDING_NONE) != (y->kind == BINDING_NONE)) return false;
        if (x->kind != BINDING_NONE && !binding_equals(&w->e->m, x, y)) return false;
    }
    return true;
}

/* One bit for each source, while there are enough; then one for all of a label that cannot be told apart. */
static bool taints_assign(struct taint_walk *w)
{
    uint32_t count = 0, wanted = 0;
    for (uint32_t i = 0; i < w->matches.count; i++) {
        const struct taint_clause *clause = w->matches.items[i].clause->clause;
        wanted += clause->part == TAINT_SOURCE || (clause->part == TAINT_PROPAGATOR && clause->has_label);
    }
    memset(w->representative, 0xff, sizeof w->representative);
    uint32_t owner[TAINT_CLASSES];
    for (uint32_t i = 0; i < w->matches.count; i++) {
        struct taint_match *match = &w->matches.items[i];
        const struct taint_clause *clause = match->clause->clause;
        bool is_source = clause->part == TAINT_SOURCE;
        if (!is_source && !(clause->part == TAINT_PROPAGATOR && clause->has_label)) continue;
        uint32_t taint = count;
        for (uint32_t k = 0; k < count && wanted > TAINT_CLASSES && taint == count; k++) {
            const struct taint_match *other = &w->matches.items[owner[k]];
            if (other->clause->clause->label == clause->label &&
                other->clause->clause->part == clause->part &&
                (!w->rule->unifies_metavariables || is_same_bindings(w, other, match)))
                taint = k;
        }
        if (taint == TAINT_CLASSES) return false;
        if (taint == count) {
            owner[count++] = i;
            if (is_source) w->representative[taint] = i;
        }
        match->taint = (uint8_t)taint;
        w->label_taints[clause->label] |= 1ull << taint;
    }
    return true;
}

static bool mark_add(struct taint_walk *w, uint32_t n, uint32_t match, enum mark_kind kind, bool is_whole)
{
    struct taint_mark mark = {match, w->heads[n], (uint8_t)kind, is_whole};
    if (!taint_steps_taken(&w->memory, 1)) return false;
    if (!ARRAY_PUSH(w->e->m.arena, &w->marks, mark)) {
        w->e->is_undecided = true;
        return false;
    }
    w->heads[n] = w->marks.count - 1;
    return true;
}

/* Whether a sink is judged by this node's value: it is all of the range, or an expression of a statement in
 * it, or what a call there is given or called on. What is deeper inside counts as far as it reaches these. */
static bool is_judged(const struct taint_walk *w, uint32_t n, uint32_t start, uint32_t end)
{
    bool is_in_call = false;
    for (uint32_t p = walk_at(w, n)->parent; n && walk_at(w, p)->start >= start && walk_at(w, p)->end <= end;
         n = p, p = walk_at(w, p)->parent) {
        if (walk_at(w, n)->start == start && walk_at(w, n)->end == end) return true;
        switch ((int)walk_shape(w, p)) {
        case SHAPE_ARGUMENTS:
        case SHAPE_KEYWORD_ARGUMENT:
        case SHAPE_PARENTHESES:
        case SHAPE_SPLAT:
        case SHAPE_AWAIT:
            continue;
        case SHAPE_SUBSCRIPT: /* `a[b] = c`: no value of its own */
            if (is_in_call || walk_field(w, walk_at(w, p)->parent, FIELD_LEFT) != p) return false;
            is_in_call = true;
            continue;
        case SHAPE_CALL:
        case SHAPE_NEW:
            if (is_in_call) return false;
            is_in_call = true;
            continue;
        case SHAPE_FUNCTION_EXPRESSION: /* as an argument it is what it does */
            is_in_call = false;
            continue;
        case SHAPE_ASSIGNMENT:
        case SHAPE_ASSIGNMENT_AUGMENTED:
        case SHAPE_DECLARATOR:
        case SHAPE_DECLARATION:
        case SHAPE_DECLARATION_VAR:
        case SHAPE_STATEMENT_EXPRESSION:
        case SHAPE_BLOCK:
        case SHAPE_MODULE:
            continue;
        default:
            if (!(form_of(w->e->m.forms, walk_at(w, p)->kind).flags & FORM_IS_STATEMENT)) return false;
        }
        if (walk_shape(w, p) == SHAPE_FUNCTION || walk_shape(w, p) == SHAPE_METHOD) return false;
    }
    return true;
}

/* Marks the nodes of a range, or (`is_exact`) those that are all of it. */
static bool range_mark(struct taint_walk *w, uint32_t match, uint32_t start, uint32_t end,
                       enum mark_kind kind, bool is_exact)
{
    const struct node *nodes = w->syntax->nodes;
    bool is_strict = kind == MARK_SINK && !w->matches.items[match].clause->clause->is_loose;
    for (uint32_t n = first_node_from(w, start); n < w->syntax->count && nodes[n].start < end; n++) {
        bool is_whole = nodes[n].start == start && nodes[n].end == end;
        if (is_exact && nodes[n].start > start) break;
        if (nodes[n].end > end || (is_exact && !is_whole)) continue;
        if (is_strict && !is_whole && !is_judged(w, n, start, end)) continue;
        if (kind == MARK_TO && is_whole && w->matches.items[match].to_node == UINT32_MAX)
            w->matches.items[match].to_node = n;
        if (!mark_add(w, n, match, kind, is_whole)) return false;
    }
    return true;
}

/* Whether a source, a sink or a propagator has the sanitizer's own range. */
static bool is_conflicting(const struct taint_walk *w, const struct taint_match *sanitizer)
{
    for (uint32_t i = 0; i < w->matches.count; i++) {
        const struct taint_match *match = &w->matches.items[i];
        if (match->clause->clause->part == TAINT_SOURCE || match->clause->clause->part == TAINT_SINK)
            if (match->range.start == sanitizer->range.start && match->range.end == sanitizer->range.end)
                return true;
    }
    return false;
}

static bool match_mark(struct taint_walk *w, uint32_t i)
{
    const struct taint_match *match = &w->matches.items[i];
    const struct taint_clause *clause = match->clause->clause;
    const struct range *range = &match->range;
    switch (clause->part) {
    case TAINT_SOURCE:
        return range_mark(w, i, range->start, range->end, MARK_SOURCE, clause->is_exact);
    case TAINT_SINK:
        return range_mark(w, i, range->start, range->end, MARK_SINK, clause->is_exact);
    case TAINT_SANITIZER:
        if (!taint_steps_taken(&w->memory, w->matches.count)) return false;
        if (clause->is_not_conflicting && is_conflicting(w, match)) return true;
        return range_mark(w, i, range->start, range->end, MARK_SANITIZER, clause->is_exact);
    case TAINT_PROPAGATOR: {
        const struct binding *from = &range->bindings[match->clause->from];
        const struct binding *to = &range->bindings[match->clause->to];
        if (from->kind == BINDING_NONE || to->kind == BINDING_NONE) return true;
        return range_mark(w, i, to->start, to->end, MARK_TO, true) &&
               range_mark(w, i, from->start, from->end, MARK_FROM, from->kind != BINDING_SPAN);
    }
    }
    return false;
}

bool taint_evaluate(struct evaluation *e, const struct program *program, const struct scope *scope,
                    struct range_list *out)
{
    const struct syntax *syntax = e->m.syntax;
    struct taint_walk *w = ARENA_NEW(e->m.arena, struct taint_walk);
    if (!w) return false;
    w->e = e;
    w->program = program;
    w->rule = program->rule->taint;
    w->syntax = syntax;
    w->shapes = shapes_of(syntax->source->language);
    w->flows = flows_of(syntax->source->language);
    w->out = out;
    w->memory.arena = e->m.arena;
    w->memory.steps = &e->steps;
    w->memory.is_undecided = &e->is_undecided;
    if (!matches_find(w, scope, TAINT_SINK)) return false;
    if (!has_part(w, TAINT_SINK)) return true;
    if (!matches_find(w, scope, TAINT_SOURCE)) return false;
    if (!has_part(w, TAINT_SOURCE)) return true;
    if (!matches_find(w, scope, TAINT_SANITIZER) || !matches_find(w, scope, TAINT_PROPAGATOR)) return false;
    w->heads = ARENA_NEW_ARRAY(e->m.arena, uint32_t, syntax->count + 1);
    if (!w->heads || !ARRAY_PUSH(e->m.arena, &w->marks, (struct taint_mark){0}) || !taints_assign(w)) {
        e->is_undecided = true;
        return false;
    }
    for (uint32_t i = 0; i < w->matches.count; i++)
        if (!match_mark(w, i)) return false;
    walk_node(w, 0, false);
    ranges_sort(e, out);
    explain(e, "sinks that are reached");
    explain_ranges(e, out);
    return !e->is_undecided;
}
