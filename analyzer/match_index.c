/* match_index.c - what there is to look at: the nodes by kind, and whether a formula can hold at all. */
#include "analyzer/match_formula.h"
#include "base/array.h"

/* Where a pattern for a text can start: nodes that are a string, or whose value is known. A shell's words are
 * all texts. */
static bool texts_find(struct arena *arena, const struct syntax *syntax, const struct names *names,
                       const struct form_table *forms, struct kind_index *index)
{
    ARRAY_OF(uint32_t) texts = {0};
    if (forms->has_word_values || !names->constant_kind) return true;
    for (uint32_t n = 0; n < syntax->count; n++) {
        struct form form = form_of(forms, syntax->nodes[n].kind);
        bool is_known = names->constant_kind[n] != CONSTANT_NONE;
        bool may_be_known =
            form.role == FORM_NAME || form.role == FORM_CALL || (form.flags & FORM_IS_COMPUTED);
        if (form.role != FORM_STRING && !(is_known && may_be_known)) continue;
        if (!ARRAY_PUSH(arena, &texts, n)) return false;
    }
    index->texts = texts.items;
    index->text_count = texts.count;
    return true;
}

/* What is no plain name or member, or may mean several names, is not judged. */
static struct anchor_key anchor_key_of(const struct syntax *syntax, const struct names *names,
                                       const struct form_table *forms, uint32_t n)
{
    const struct node *nodes = syntax->nodes;
    uint32_t at = form_of(forms, nodes[n].kind).role == FORM_CALL ? n + 1 : n;
    const struct anchor_key open = {.symbol = ANCHOR_IS_OPEN};
    if (at >= syntax->count || (at != n && at >= nodes[n].next) || names->others[at]) return open;
    uint8_t role = form_of(forms, nodes[at].kind).role;
    if (role == FORM_NAME)
        return (struct anchor_key){.symbol = nodes[at].symbol, .qualified = names->qualified[at]};
    uint32_t last = nodes[at].next - 1;
    if (role != FORM_MEMBER || nodes[last].parent != at || nodes[last].symbol >= ANCHOR_IS_MEMBER)
        return open;
    return (struct anchor_key){.symbol = nodes[last].symbol | ANCHOR_IS_MEMBER,
                               .qualified = names->qualified[at]};
}

struct trail_walk {
    const struct syntax *syntax;
    const struct names *names;
    const struct form_table *forms;
    uint64_t *by_symbol; /* 0: not asked yet */
    uint64_t *by_node;   /* of those behind the one at which the walk is */
};

static uint64_t symbol_trail(const struct trail_walk *walk, uint32_t symbol)
{
    if (!walk->by_symbol[symbol])
        walk->by_symbol[symbol] = trail_of_text(symbol_text(walk->syntax->symbols, symbol));
    return walk->by_symbol[symbol];
}

/* Nodes of these have keys and lists. */
static bool has_trail(const struct form_table *forms, uint32_t kind)
{
    uint8_t role = form_of(forms, (uint16_t)kind).role;
    return role == FORM_NAME || role == FORM_MEMBER || role == FORM_CALL || role == FORM_ASSIGN;
}

/* What a node is called, what it may mean, and the same of what it is a member or a call of, or of all that
 * an assignment has. */
static uint64_t trail_of(const struct trail_walk *walk, uint32_t n)
{
    const struct node *nodes = walk->syntax->nodes;
    struct form form = form_of(walk->forms, nodes[n].kind);
    if ((form.flags & (FORM_IS_TRANSPARENT | FORM_IS_UNWRAPPED)) || form.unwrap) return TRAIL_OPEN;
    uint64_t trail = symbol_trail(walk, walk->names->qualified[n]);
    for (uint32_t i = walk->names->others[n]; i; i = walk->names->alternatives[i].next)
        trail |= symbol_trail(walk, walk->names->alternatives[i].symbol);
    if (form.role == FORM_NAME) return trail | symbol_trail(walk, nodes[n].symbol);
    for (uint32_t c = n + 1; form.role == FORM_ASSIGN && c < nodes[n].next; c = nodes[c].next)
        trail |= walk->by_node[c];
    if (form.role != FORM_MEMBER && form.role != FORM_CALL) return trail;
    bool has_first = n + 1 < nodes[n].next && (nodes[n + 1].flags & NODE_IS_NAMED) &&
                     !(nodes[n + 1].flags & NODE_IS_EXTRA);
    uint32_t last = nodes[n].next - 1;
    if (!has_first) return TRAIL_OPEN;
    trail |= walk->by_node[n + 1];
    if (form.role == FORM_CALL) return trail;
    bool has_last = last != n + 1 && nodes[last].parent == n && nodes[last].symbol;
    return has_last ? trail | symbol_trail(walk, nodes[last].symbol) : TRAIL_OPEN;
}

/* The lists of positions in `keys` by the bits of their trails, in order. */
static bool trails_sort(struct arena *arena, const struct form_table *forms, struct kind_index *index)
{
    uint8_t *slots = ARENA_NEW_ARRAY(arena, uint8_t, forms->kind_count + 1);
    uint32_t slot_count = 1;
    for (uint32_t kind = 0; slots && kind < forms->kind_count && slot_count < UINT8_MAX; kind++) {
        if (has_trail(forms, kind) && index->starts[kind] < index->starts[kind + 1])
            slots[kind] = (uint8_t)slot_count++;
    }
    uint32_t *starts = ARENA_NEW_ARRAY(arena, uint32_t, slot_count * TRAIL_LISTS + 2);
    if (!slots || !starts) return false;
    uint32_t *items = NULL;
    for (int pass = 0; pass < 2; pass++) {
        for (uint32_t kind = 0; kind < forms->kind_count; kind++) {
            uint32_t *own = &starts[slots[kind] * TRAIL_LISTS + 2 - pass];
            for (uint32_t k = index->starts[kind]; slots[kind] && k < index->starts[kind + 1]; k++) {
                uint64_t bits = index->keys[k].trail;
                if (bits == TRAIL_OPEN) bits = (uint64_t)1 << TRAIL_OPEN_BIT;
                for (; bits; bits &= bits - 1) {
                    uint32_t *count = &own[__builtin_ctzll(bits)];
                    if (items) items[*count] = k;
                    ++*count;
                }
            }
        }
        for (uint32_t i = 0; pass == 0 && i < slot_count * TRAIL_LISTS; i++) starts[i + 2] += starts[i + 1];
        if (!items) items = ARENA_NEW_ARRAY(arena, uint32_t, starts[slot_count * TRAIL_LISTS + 1] + 1);
        if (!items) return false;
    }
    index->trail_slots = slots;
    index->trail_starts = starts;
    index->trail_items = items;
    return true;
}

static bool keys_make(struct arena *arena, const struct syntax *syntax, const struct names *names,
                      const struct form_table *forms, struct kind_index *index)
{
    if (forms->has_word_values || !names->qualified || !names->others) return true;
    uint32_t count = index->starts[forms->kind_count];
    struct anchor_key *keys = ARENA_NEW_ARRAY(arena, struct anchor_key, count + 1);
    struct trail_walk walk = {
        .syntax = syntax,
        .names = names,
        .forms = forms,
        .by_symbol = ARENA_NEW_ARRAY(arena, uint64_t, symbol_count(syntax->symbols) + 1),
        .by_node = ARENA_NEW_ARRAY(arena, uint64_t, syntax->count + 1),
    };
    if (!keys || !walk.by_symbol || !walk.by_node) return false;
    for (uint32_t n = syntax->count; n-- > 0;) walk.by_node[n] = trail_of(&walk, n);
    for (uint32_t kind = 0; kind < forms->kind_count; kind++) {
        if (!has_trail(forms, kind)) continue;
        for (uint32_t k = index->starts[kind]; k < index->starts[kind + 1]; k++) {
            keys[k] = anchor_key_of(syntax, names, forms, index->nodes[k]);
            keys[k].trail = walk.by_node[index->nodes[k]];
        }
    }
    index->keys = keys;
    return trails_sort(arena, forms, index);
}

bool kind_index_make(struct arena *arena, const struct syntax *syntax, const struct names *names,
                     const struct form_table *forms, struct kind_index *index)
{
    uint32_t kind_count = forms->kind_count;
    uint32_t *starts = ARENA_NEW_ARRAY(arena, uint32_t, kind_count + 2);
    uint32_t *nodes = ARENA_NEW_ARRAY(arena, uint32_t, syntax->count + 1);
    if (!starts || !nodes) return false;
    for (uint32_t n = 0; n < syntax->count; n++)
        if (syntax->nodes[n].kind < kind_count) starts[syntax->nodes[n].kind + 2]++;
    for (uint32_t kind = 0; kind < kind_count; kind++) starts[kind + 2] += starts[kind + 1];
    for (uint32_t n = 0; n < syntax->count; n++)
        if (syntax->nodes[n].kind < kind_count) nodes[starts[syntax->nodes[n].kind + 1]++] = n;
    index->starts = starts;
    index->nodes = nodes;
    return texts_find(arena, syntax, names, forms, index) && keys_make(arena, syntax, names, forms, index) &&
           kept_find(arena, syntax, names, &index->kept);
}

static bool need_is_met(struct evaluation *e, const struct pattern_need *need)
{
    const struct symbol_table *symbols = e->m.syntax->symbols;
    if (symbol_map_get(e->m.map, symbols, need->symbol)) return true;
    if (!need->parts[0]) return false;
    for (unsigned i = 0; i < sizeof need->parts / sizeof *need->parts && need->parts[i]; i++)
        if (!symbol_map_get(e->m.map, symbols, need->parts[i])) return false;
    return true;
}

bool pattern_is_possible(struct evaluation *e, const struct pattern *pattern)
{
    if (!pattern) return false;
    for (uint32_t i = 0; i < pattern->need_count; i++)
        if (!need_is_met(e, &pattern->needs[i])) return false;
    for (uint32_t i = 0; i < pattern->regex_count; i++)
        if (!regex_need_is_met(regex_need_of(pattern->regexes[i]), e->m.found)) return false;
    return true;
}

/* Whether there can be anything for which a condition holds. */
static bool condition_is_possible(struct evaluation *e, const struct program_condition *condition)
{
    bool is_foreign = condition->condition->language_mask || condition->condition->is_text;
    if (condition->condition->kind == CONDITION_METAVARIABLE_REGEX)
        return regex_need_is_met(regex_need_of(condition->regex), e->m.found);
    if (condition->condition->kind == CONDITION_METAVARIABLE_PATTERN && !is_foreign)
        return formula_is_possible(e, condition->formula);
    return true;
}

bool formula_is_possible(struct evaluation *e, const struct program_formula *formula)
{
    bool is_any = false;
    switch (formula->formula->kind) {
    case FORMULA_PATTERN:
        if (e->is_text) return !formula->text_needle || needle_is_found(e->m.found, formula->text_needle);
        return pattern_is_possible(e, formula->patterns[e->language]);
    case FORMULA_REGEX:
        return regex_need_is_met(regex_need_of(formula->regex), e->m.found);
    case FORMULA_QUERY:
    case FORMULA_NOT:
    case FORMULA_NOT_INSIDE:
        return true;
    case FORMULA_INSIDE:
    case FORMULA_ANYWHERE:
        return formula_is_possible(e, formula->children[0]);
    case FORMULA_ALL:
        for (uint32_t i = 0; i < formula->formula->child_count; i++)
            if (!formula_is_possible(e, formula->children[i])) return false;
        for (uint32_t i = 0; i < formula->formula->condition_count; i++)
            if (!condition_is_possible(e, &formula->conditions[i])) return false;
        return true;
    case FORMULA_ANY:
        for (uint32_t i = 0; i < formula->formula->child_count && !is_any; i++)
            is_any = formula_is_possible(e, formula->children[i]);
        return is_any;
    }
    return true;
}
