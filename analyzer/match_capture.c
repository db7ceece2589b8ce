/* Metavariables that capture more than a node of a pattern: all that a formula matched (`as`), and what the
 * groups of a metavariable-regex matched. */
#include "analyzer/match_formula.h"

/* The node of a span: the innermost that is more than a token, which is what a metavariable at the same
 * place captures. Where the span is of several siblings, they; otherwise it is text. */
static struct binding span_capture(const struct evaluation *e, uint32_t start, uint32_t end)
{
    const struct node *nodes = e->m.syntax->nodes;
    uint32_t low = 0, count = e->is_text ? 0 : e->m.syntax->count, high = count;
    struct binding binding = {.start = start, .end = end, .kind = BINDING_TEXT};
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (nodes[middle].start < start)
            low = middle + 1;
        else
            high = middle;
    }
    for (uint32_t n = low; n < count && nodes[n].start == start; n++) {
        if (nodes[n].end != end || !(nodes[n].flags & NODE_IS_NAMED)) continue;
        binding.kind = BINDING_NODE;
        binding.node = n;
    }
    if (binding.kind == BINDING_NODE) return binding;
    while (low < count && nodes[low].start == start && nodes[low].end > end) low++;
    if (low >= count || nodes[low].start != start) return binding;
    uint32_t after = nodes[low].next, stop = nodes[nodes[low].parent].next;
    while (after < stop && nodes[after].end < end) after = nodes[after].next;
    if (after >= stop || nodes[after].end != end) return binding;
    return (struct binding){start, end, low, nodes[after].next, 0, BINDING_SPAN};
}

bool ranges_capture(struct evaluation *e, uint16_t slot, struct range_list *ranges)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < ranges->count && !e->is_undecided; i++) {
        struct range range = ranges->items[i];
        struct binding *own = ARENA_NEW_ARRAY(e->m.arena, struct binding, e->m.slot_count + 1);
        if (!own) {
            e->is_undecided = true;
            break;
        }
        own[slot] = span_capture(e, range.start, range.end);
        range.bindings = bindings_merge(e, range.bindings, own);
        if (range.bindings) ranges->items[kept++] = range;
    }
    ranges->count = kept;
    return !e->is_undecided;
}

/* What a group captured, as a place in the source; of a text that stands nowhere there, the text itself with
 * the place of the whole. */
static struct binding group_binding(struct evaluation *e, const struct binding *whole, struct view text,
                                    uint32_t start, uint32_t end)
{
    struct view source = e->m.syntax->source->bytes;
    struct binding binding = {.start = whole->start, .end = whole->end, .kind = BINDING_TEXT};
    bool is_here = text.bytes >= source.bytes && text.bytes + text.length <= source.bytes + source.length;
    if (!is_here) {
        binding.value = symbol_intern(e->m.syntax->symbols, view_slice(text, start, end));
        return binding;
    }
    binding.start = (uint32_t)(text.bytes - source.bytes) + start;
    binding.end = (uint32_t)(text.bytes - source.bytes) + end;
    return binding;
}

bool groups_capture(struct evaluation *e, const struct program_condition *condition, struct view text,
                    struct range *range)
{
    if (!condition->name_slots) return true;
    enum regex_answer answer = regex_run(condition->regex, e->m.scratch, text, 0);
    struct binding *own = ARENA_NEW_ARRAY(e->m.arena, struct binding, e->m.slot_count + 1);
    if (answer == REGEX_LIMIT || !own) e->is_undecided = true;
    if (answer != REGEX_YES || !own) return false;
    uint32_t count = regex_group_count(condition->regex), start = 0, end = 0;
    for (uint32_t group = 1; group <= count && group <= LIMIT_REGEX_GROUPS; group++) {
        uint16_t slot = condition->name_slots[group];
        if (slot == UINT16_MAX || !regex_group(e->m.scratch, group, &start, &end)) continue;
        own[slot] = group_binding(e, &range->bindings[condition->slot], text, start, end);
    }
    range->bindings = bindings_merge(e, range->bindings, own);
    return range->bindings != NULL;
}
