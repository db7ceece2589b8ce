#include "analyzer/match_formula.h"

#include "base/array.h"

/* Where those of the nodes (of one kind, in order) that start in the scope begin: a scope may be one argument
 * of a call among thousands. */
static uint32_t first_in_scope(const struct evaluation *e, const uint32_t *nodes, uint32_t low, uint32_t high,
                               const struct scope *scope)
{
    while (low < high && scope->start > 0) {
        uint32_t middle = low + (high - low) / 2;
        if (e->m.syntax->nodes[nodes[middle]].start < scope->start)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* A pattern's anchor in the symbols of the source. */
struct anchor {
    uint32_t symbol, tail;
    bool is_suffix, has_keys;
    uint64_t trail; /* 0: it is not asked for */
};

static struct anchor anchor_of(const struct evaluation *e, const struct pattern *pattern)
{
    const struct pattern_anchor *from = &pattern->anchor;
    struct anchor anchor = {.is_suffix = from->is_suffix};
    /* what a variable was given may be called otherwise */
    bool is_symbolic = e->m.options & RULE_OPTION_SYMBOLIC;
    anchor.has_keys = from->symbol || (from->is_suffix && !is_symbolic);
    anchor.trail = is_symbolic ? 0 : from->trail;
    anchor.symbol = symbol_map_get(e->m.map, e->m.syntax->symbols, from->symbol);
    anchor.tail = symbol_map_get(e->m.map, e->m.syntax->symbols, from->tail) | ANCHOR_IS_MEMBER;
    if (!anchor.symbol) anchor.symbol = ANCHOR_IS_OPEN; /* not in the source: no key has it */
    return anchor;
}

static inline bool anchor_admits(const struct anchor *anchor, struct anchor_key key)
{
    if (key.symbol == ANCHOR_IS_OPEN || key.symbol == anchor->tail) return true;
    if (!anchor->is_suffix) return key.symbol == anchor->symbol || key.qualified == anchor->symbol;
    return key.qualified && key.qualified != (key.symbol & ~(uint32_t)ANCHOR_IS_MEMBER);
}

/* Nodes of a kind lie far apart: of a large source the processor's cache has none of them. */
enum { AHEAD = 12 };

/* Whether a pattern that is a text may match at a node: where the node is a text that is known, by that
 * alone. */
static inline bool text_may_match(struct evaluation *e, const struct pattern_node *want, uint32_t symbol,
                                  uint32_t n)
{
    const struct names *names = e->m.names;
    struct form form = form_at(&e->m, n);
    uint8_t kind = names->constant_kind[n];
    if (form.role != FORM_STRING || (form.flags & (FORM_IS_TRANSPARENT | FORM_IS_UNWRAPPED))) return true;
    uint32_t constant = kind == CONSTANT_TEXT || kind == CONSTANT_BYTES ? names->constant[n] : 0;
    if (!constant) return true;
    if (want->op == PATTERN_STRING) return (want->flags & PATTERN_IS_MODULE) || constant == symbol;
    return want->op != PATTERN_STRING_REGEX ||
           regex_admits(want->regex, symbol_text(e->m.syntax->symbols, constant),
                        classes_of(&e->m, constant));
}

static void text_try(struct evaluation *e, const struct pattern *pattern, const struct scope *scope,
                     struct range_list *out)
{
    const struct pattern_node *want = &pattern->nodes[0];
    const struct node *nodes = e->m.syntax->nodes;
    const uint32_t *texts = e->kinds.texts, count = e->kinds.text_count;
    uint32_t symbol =
        want->op == PATTERN_STRING ? symbol_map_get(e->m.map, e->m.syntax->symbols, want->symbol) : 0;
    for (uint32_t k = first_in_scope(e, texts, 0, count, scope); k < count && !e->is_undecided; k++) {
        uint32_t n = texts[k];
        if (nodes[n].start > scope->end) break;
        if (nodes[n].end > scope->end || !text_may_match(e, want, symbol, n)) continue;
        memcpy(e->m.bindings, scope->bindings, e->m.slot_count * sizeof *e->m.bindings);
        tree_match_at(&e->m, pattern, n, out);
    }
}

/* Tries the pattern at a node, where it is in the scope. False: it lies behind the scope. */
static inline bool node_try(struct evaluation *e, const struct pattern *pattern, uint32_t n,
                            const struct scope *scope, struct range_list *out)
{
    const struct node *node = &e->m.syntax->nodes[n];
    bool is_everywhere = scope->start == 0 && scope->end >= e->m.syntax->source->bytes.length;
    if (!is_everywhere && node->start > scope->end) return false;
    if (!is_everywhere && node->end > scope->end) return true;
    memcpy(e->m.bindings, scope->bindings, e->m.slot_count * sizeof *e->m.bindings);
    tree_match_at(&e->m, pattern, n, out);
    return true;
}

/* Tries the pattern at those nodes of a kind that have the names of its chain. */
static void trail_try(struct evaluation *e, const struct pattern *pattern, const struct anchor *want,
                      uint16_t kind, uint32_t first, const struct scope *scope, struct range_list *out)
{
    const uint32_t *items = e->kinds.trail_items, *nodes = e->kinds.nodes;
    const uint32_t *starts = &e->kinds.trail_starts[e->kinds.trail_slots[kind] * TRAIL_LISTS];
    unsigned best = (unsigned)__builtin_ctzll(want->trail);
    for (uint64_t bits = want->trail; bits; bits &= bits - 1) {
        unsigned bit = (unsigned)__builtin_ctzll(bits);
        if (starts[bit + 1] - starts[bit] < starts[best + 1] - starts[best]) best = bit;
    }
    const unsigned lists[] = {best, TRAIL_OPEN_BIT};
    for (unsigned list = 0; list < 2; list++) {
        uint32_t low = starts[lists[list]], high = starts[lists[list] + 1], end = high;
        while (low < high && scope->start > 0) {
            uint32_t middle = low + (high - low) / 2;
            if (items[middle] < first)
                low = middle + 1;
            else
                high = middle;
        }
        for (uint32_t i = low; i < end && !e->is_undecided; i++) {
            struct anchor_key key = e->kinds.keys[items[i]];
            if ((key.trail & want->trail) != want->trail) continue;
            if (want->has_keys && !anchor_admits(want, key)) continue;
            if (!node_try(e, pattern, nodes[items[i]], scope, out)) break;
        }
    }
}

/* Tries the pattern at the nodes of a kind, as far as they are in the scope and, where that is known, are
 * called as it wants. */
static void pattern_try(struct evaluation *e, const struct pattern *pattern, uint16_t kind,
                        const struct scope *scope, struct range_list *out)
{
    const struct node *nodes = e->m.syntax->nodes;
    const uint32_t *indexes = e->kinds.nodes;
    const struct anchor want = anchor_of(e, pattern);
    const struct anchor_key *keys = want.has_keys ? e->kinds.keys : NULL;
    uint32_t high = e->kinds.starts[kind + 1];
    uint32_t first = first_in_scope(e, indexes, e->kinds.starts[kind], high, scope);
    if (want.trail && e->kinds.trail_slots && e->kinds.trail_slots[kind]) {
        trail_try(e, pattern, &want, kind, first, scope, out);
        return;
    }
    for (uint32_t k = first; k < high && !e->is_undecided; k++) {
        if (keys && !anchor_admits(&want, keys[k])) continue;
        if (!keys && k + AHEAD < high) __builtin_prefetch(&nodes[indexes[k + AHEAD]]);
        if (!node_try(e, pattern, indexes[k], scope, out)) break;
    }
}

/* Whether the pattern is a call of a name, whatever it is given: where that name is kept as a value, it may
 * be called with anything. */
static bool is_any_call(const struct pattern *pattern)
{
    const struct pattern_node *nodes = pattern->nodes;
    bool is_call = nodes[0].op == PATTERN_NODE && (nodes[0].role == FORM_CALL || nodes[0].role == FORM_NEW);
    if (!is_call || pattern->count < 2) return false;
    bool is_named = nodes[1].op == PATTERN_NAME || nodes[1].op == PATTERN_DOTTED || nodes[1].prefix;
    for (uint32_t p = nodes[1].next + 1; p < pattern->count && is_named; p++) {
        uint8_t op = nodes[p].op;
        is_named = op == PATTERN_METAVAR || op == PATTERN_ANY || op == PATTERN_ELLIPSIS ||
                   op == PATTERN_METAVAR_SPAN;
    }
    return is_named;
}

/* Tries the pattern, or what it calls, at the names that are kept. What stands for its arguments is bound to
 * nothing. */
static void kept_try(struct evaluation *e, const struct pattern *pattern, const struct scope *scope,
                     struct range_list *out)
{
    const struct node *nodes = e->m.syntax->nodes;
    bool is_call = is_any_call(pattern);
    if (!is_call && !(e->m.options & RULE_OPTION_KEPT)) return;
    for (uint32_t i = 0; i < e->kinds.kept.count && !e->is_undecided; i++) {
        uint32_t n = e->kinds.kept.nodes[i];
        if (nodes[n].start < scope->start || nodes[n].end > scope->end) continue;
        memcpy(e->m.bindings, scope->bindings, e->m.slot_count * sizeof *e->m.bindings);
        tree_match_from(&e->m, pattern, is_call ? 1 : 0, n, out);
    }
}

static bool evaluate_pattern(struct evaluation *e, const struct program_formula *formula,
                             const struct scope *scope, struct range_list *out)
{
    const struct pattern *pattern = formula->patterns[e->language];
    if (!pattern_is_possible(e, pattern)) {
        if (e->explanation) explain(e, "(the source lacks a word that the pattern needs)");
        return true;
    }
    uint8_t op = pattern->nodes[0].op;
    bool is_name = op == PATTERN_NAME || op == PATTERN_DOTTED || pattern->nodes[0].prefix;
    if (is_name && (e->m.options & RULE_OPTION_KEPT)) {
        kept_try(e, pattern, scope, out);
        ranges_sort(e, out);
        return !e->is_undecided;
    }
    bool is_text = op == PATTERN_STRING || op == PATTERN_STRING_ANY || op == PATTERN_STRING_REGEX ||
                   op == PATTERN_STRING_METAVAR;
    if (is_text && e->kinds.texts) text_try(e, pattern, scope, out);
    for (uint32_t i = 0; i < pattern->root_kind_count && !(is_text && e->kinds.texts); i++)
        pattern_try(e, pattern, pattern->root_kinds[i], scope, out);
    if (e->m.is_of_capability && !e->m.is_negated && e->kinds.kept.count) kept_try(e, pattern, scope, out);
    ranges_sort(e, out);
    return !e->is_undecided;
}

static bool regex_range(struct evaluation *e, const struct program_formula *formula,
                        const struct scope *scope, uint32_t start, uint32_t end, struct range_list *out)
{
    uint32_t count = regex_group_count(formula->regex);
    struct binding *bindings = ARENA_NEW_ARRAY(e->m.arena, struct binding, e->m.slot_count + 1);
    if (!bindings) return false;
    memcpy(bindings, scope->bindings, e->m.slot_count * sizeof *bindings);
    for (uint32_t group = 1; group <= count && group <= LIMIT_REGEX_GROUPS; group++) {
        struct binding *at = &bindings[formula->group_slots[group]];
        *at = (struct binding){0};
        if (!regex_group(e->m.scratch, group, &at->start, &at->end)) continue;
        at->kind = BINDING_TEXT;
        at->start += scope->text_start;
        at->end += scope->text_start;
        if (formula->name_slots && formula->name_slots[group] != UINT16_MAX)
            bindings[formula->name_slots[group]] = *at;
    }
    return range_push(
        e, out,
        (struct range){scope->text_start + start, scope->text_start + end, false, true, bindings, false});
}

static bool evaluate_regex(struct evaluation *e, const struct program_formula *formula,
                           const struct scope *scope, struct range_list *out)
{
    struct view text = view_slice(e->m.syntax->source->bytes, scope->text_start, scope->text_end);
    uint32_t from = 0;
    while (from <= text.length && pair_taken(e)) {
        uint32_t start = 0, end = 0;
        enum regex_answer answer = regex_run(formula->regex, e->m.scratch, text, from);
        if (answer == REGEX_LIMIT) e->is_undecided = true;
        if (answer != REGEX_YES || !regex_group(e->m.scratch, 0, &start, &end)) break;
        if (end > start && !regex_range(e, formula, scope, start, end, out)) break;
        from = end > from ? end : from + 1;
        while (from < text.length && ((unsigned char)text.bytes[from] & 0xC0) == 0x80)
            from++; /* not into the middle of a character */
    }
    ranges_sort(e, out);
    return !e->is_undecided;
}

static const char *formula_word(enum formula_kind kind)
{
    switch (kind) {
    case FORMULA_PATTERN:
        return "pattern";
    case FORMULA_QUERY:
        return "query";
    case FORMULA_REGEX:
        return "pattern-regex";
    case FORMULA_ALL:
        return "patterns";
    case FORMULA_ANY:
        return "pattern-either";
    case FORMULA_NOT:
        return "pattern-not";
    case FORMULA_INSIDE:
        return "pattern-inside";
    case FORMULA_NOT_INSIDE:
        return "pattern-not-inside";
    case FORMULA_ANYWHERE:
        return "anywhere";
    }
    return "?";
}

/* What there is to begin with where nothing positive is said: all of the scope, as one range. */
static bool universe(struct evaluation *e, const struct scope *scope, struct range_list *out)
{
    return range_push(e, out, (struct range){scope->start, scope->end, false, false, scope->bindings, false});
}

static bool is_positive(enum formula_kind kind)
{
    return kind == FORMULA_PATTERN || kind == FORMULA_REGEX || kind == FORMULA_QUERY || kind == FORMULA_ALL ||
           kind == FORMULA_ANY;
}

/* Adds one conjunct to what there is. `has_any`: whether there is anything yet but the universe. */
static bool conjoin(struct evaluation *e, const struct program_formula *child, const struct scope *scope,
                    struct range_list *current, bool *has_any)
{
    struct range_list ranges = {0}, both = {0};
    if (!formula_evaluate(e, child, scope, &ranges)) return false;
    if (!*has_any) {
        *current = ranges;
    } else {
        ranges_intersect(e, current, &ranges, &both);
        *current = both;
        explain(e, "  -> %u with what was there before", both.count);
    }
    *has_any = true;
    return !e->is_undecided;
}

static bool remove_each(struct evaluation *e, const struct program_formula *formula,
                        const struct scope *scope, struct range_list *current)
{
    for (uint32_t i = 0; i < formula->formula->child_count; i++) {
        const struct program_formula *child = formula->children[i];
        enum formula_kind kind = child->formula->kind;
        if (kind != FORMULA_NOT && kind != FORMULA_NOT_INSIDE) continue;
        struct range_list ranges = {0};
        if (current->count == 0 && !e->explanation) return true;
        explain(e, "%s", formula_word(kind));
        if (e->explanation) e->explanation->depth++;
        e->m.is_negated = !e->m.is_negated;
        bool is_fine = formula_evaluate(e, child->children[0], scope, &ranges);
        e->m.is_negated = !e->m.is_negated;
        if (e->explanation) e->explanation->depth--;
        if (!is_fine) return false;
        uint32_t before = current->count;
        ranges_subtract(e, current, &ranges, kind == FORMULA_NOT_INSIDE);
        explain(e, "  -> removed %u of %u", before - current->count, before);
    }
    return !e->is_undecided;
}

/* The regexes of a formula, asked of a solution before it is kept: most texts are not what a rule looks for.
 */
struct early_regexes {
    struct evaluation *e;
    const struct program_formula *formula;
};

static bool regexes_admit(void *context)
{
    const struct early_regexes *early = context;
    struct evaluation *e = early->e;
    for (uint32_t i = 0; i < early->formula->formula->condition_count; i++) {
        const struct program_condition *condition = &early->formula->conditions[i];
        if (condition->condition->kind != CONDITION_METAVARIABLE_REGEX) continue;
        const struct binding *binding = &e->m.bindings[condition->slot];
        if (binding->kind == BINDING_NONE) continue; /* another condition's pattern may bind it */
        if (!condition_regex_holds(e, condition, binding, NULL)) return false;
    }
    return true;
}

/* Whether what one pattern captures is all that the conditions will see. */
static bool has_one_pattern(const struct program_formula *formula)
{
    uint32_t patterns = 0, regexes = 0;
    for (uint32_t i = 0; i < formula->formula->child_count; i++) {
        enum formula_kind kind = formula->children[i]->formula->kind;
        if (kind != FORMULA_PATTERN && kind != FORMULA_NOT && kind != FORMULA_NOT_INSIDE) return false;
        patterns += kind == FORMULA_PATTERN;
    }
    for (uint32_t i = 0; i < formula->formula->condition_count; i++)
        regexes += formula->formula->conditions[i].kind == CONDITION_METAVARIABLE_REGEX;
    return patterns == 1 && regexes > 0;
}

/* One after the other; those of a list of alternatives each on what there was, together. */
static bool conditions_apply(struct evaluation *e, const struct program_formula *formula,
                             struct range_list *ranges)
{
    uint32_t count = formula->formula->condition_count, next;
    for (uint32_t i = 0; i < count; i = next) {
        const struct program_condition *conditions = formula->conditions;
        for (next = i + 1; next < count && conditions[next].condition->is_alternative;) next++;
        if (next == i + 1) {
            if (!condition_apply(e, &conditions[i], ranges)) return false;
            continue;
        }
        struct range_list all = {0};
        for (uint32_t k = i; k < next; k++) {
            struct range_list part = *ranges;
            if (!condition_apply(e, &conditions[k], &part)) return false;
            for (uint32_t r = 0; r < part.count; r++)
                if (!range_push(e, &all, part.items[r])) return false;
        }
        *ranges = all;
    }
    return true;
}

static bool evaluate_all(struct evaluation *e, const struct program_formula *formula,
                         const struct scope *scope, struct range_list *out)
{
    struct range_list current = {0};
    bool has_any = false, is_early = !e->is_text && !e->explanation && has_one_pattern(formula);
    for (int pass = 0; pass < 2; pass++) { /* what can be a result first: it makes the rest cheap */
        for (uint32_t i = 0; i < formula->formula->child_count; i++) {
            enum formula_kind kind = formula->children[i]->formula->kind;
            bool is_place = kind == FORMULA_INSIDE || kind == FORMULA_ANYWHERE;
            if (pass == 0 ? !is_positive(kind) : !is_place) continue;
            if (has_any && current.count == 0 && !e->explanation) return true;
            struct early_regexes early = {e, formula};
            if (is_early) {
                e->m.admits = regexes_admit;
                e->m.admits_context = &early;
            }
            bool is_fine = conjoin(e, formula->children[i], scope, &current, &has_any);
            e->m.admits = NULL;
            if (!is_fine) return false;
        }
    }
    if (!has_any && !universe(e, scope, &current)) return false;
    if (!remove_each(e, formula, scope, &current)) return false;
    if (!conditions_apply(e, formula, &current)) return false;
    ranges_sort(e, &current);
    *out = current;
    return !e->is_undecided;
}

static bool evaluate_any(struct evaluation *e, const struct program_formula *formula,
                         const struct scope *scope, struct range_list *out)
{
    for (uint32_t i = 0; i < formula->formula->child_count; i++) {
        struct range_list ranges = {0};
        if (!formula_is_possible(e, formula->children[i]) && !e->explanation) continue;
        if (!formula_evaluate(e, formula->children[i], scope, &ranges)) return false;
        for (uint32_t k = 0; k < ranges.count; k++)
            if (!range_push(e, out, ranges.items[k])) return false;
    }
    ranges_sort(e, out);
    return !e->is_undecided;
}

/* A formula that is only a negation (of a metavariable-pattern): what it leaves of the scope. */
static bool evaluate_not(struct evaluation *e, const struct program_formula *formula,
                         const struct scope *scope, struct range_list *out)
{
    struct range_list ranges = {0};
    if (!universe(e, scope, out)) return false;
    e->m.is_negated = !e->m.is_negated;
    bool is_fine = formula_evaluate(e, formula->children[0], scope, &ranges);
    e->m.is_negated = !e->m.is_negated;
    if (!is_fine) return false;
    ranges_subtract(e, out, &ranges, formula->formula->kind == FORMULA_NOT_INSIDE);
    return !e->is_undecided;
}

bool formula_evaluate(struct evaluation *e, const struct program_formula *formula, const struct scope *scope,
                      struct range_list *out)
{
    enum formula_kind kind = formula->formula->kind;
    struct view text = formula->formula->text;
    size_t line = view_find_byte(text, '\n');
    if (line != SIZE_MAX) text.length = line;
    explain(e, "%s %.*s%s", formula_word(kind), VIEW_ARGS(text), line != SIZE_MAX ? " ..." : "");
    if (e->explanation) e->explanation->depth++;
    bool is_fine = false;
    switch (kind) {
    case FORMULA_PATTERN:
        is_fine = (e->is_text ? text_evaluate : evaluate_pattern)(e, formula, scope, out);
        break;
    case FORMULA_QUERY:
        is_fine = query_evaluate(e, formula, scope, out);
        break;
    case FORMULA_REGEX:
        is_fine = evaluate_regex(e, formula, scope, out);
        break;
    case FORMULA_ALL:
        is_fine = evaluate_all(e, formula, scope, out);
        break;
    case FORMULA_ANY:
        is_fine = evaluate_any(e, formula, scope, out);
        break;
    case FORMULA_NOT:
    case FORMULA_NOT_INSIDE:
        is_fine = evaluate_not(e, formula, scope, out);
        break;
    case FORMULA_INSIDE:
        is_fine = formula_evaluate(e, formula->children[0], scope, out);
        for (uint32_t i = 0; i < out->count; i++) out->items[i].is_inside = true;
        break;
    case FORMULA_ANYWHERE:
        is_fine = formula_evaluate(e, formula->children[0], scope, out);
        for (uint32_t i = 0; i < out->count; i++) out->items[i].is_anywhere = true;
        break;
    }
    if (is_fine && formula->as_slot != UINT16_MAX) is_fine = ranges_capture(e, formula->as_slot, out);
    explain_ranges(e, out);
    if (e->explanation) e->explanation->depth--;
    return is_fine;
}
