/* The conditions of `patterns`: what must be true of a metavariable, and narrowing to one. */
#include "analyzer/entropy.h"
#include "analyzer/match_formula.h"
#include "analyzer/nested_repeat.h"

struct view binding_inside(const struct tree_match *m, const struct binding *binding)
{
    if (binding->value) return symbol_text(m->syntax->symbols, binding->value);
    if (binding->kind == BINDING_NODE) return node_inside(m->syntax, m->forms, binding->node);
    return view_slice(m->syntax->source->bytes, binding->start, binding->end);
}

/* Whether the regex holds of `text`, which the binding, or a symbol of it (0: none), is or reads as. */
static enum regex_answer regex_asked(struct evaluation *e, const struct regex *regex, struct view text,
                                     const struct binding *binding, uint32_t symbol)
{
    if (!regex_admits(regex, text, 0)) return REGEX_NO;
    const struct names *names = e->m.names;
    if (!symbol && binding->kind == BINDING_NODE) symbol = e->m.syntax->nodes[binding->node].symbol;
    if (!symbol && binding->kind == BINDING_TEXT && binding->node && names->constant)
        symbol = names->constant[binding->node];
    bool is_symbol = symbol && view_equals(symbol_text(e->m.syntax->symbols, symbol), text);
    return regex_holds(regex, e->m.scratch, text, is_symbol ? classes_of(&e->m, symbol) : 0, e->m.found);
}

bool condition_regex_holds(struct evaluation *e, const struct program_condition *condition,
                           const struct binding *binding, struct view *holds_of)
{
    /* as it is written: the quotes of a string are part of the text */
    struct view text = view_slice(e->m.syntax->source->bytes, binding->start, binding->end);
    if (binding->value) text = symbol_text(e->m.syntax->symbols, binding->value);
    bool has_node = binding->kind == BINDING_NODE || (binding->kind == BINDING_TEXT && binding->node);
    bool wants_constant = condition->condition->is_constant_propagated;
    if (wants_constant && binding->kind == BINDING_NODE && e->m.names->constant &&
        e->m.names->constant[binding->node])
        text = symbol_text(e->m.syntax->symbols, e->m.names->constant[binding->node]);
    else if (wants_constant && has_node && e->m.forms && e->m.forms->has_word_values &&
             e->m.names->qualified[binding->node]) /* one of the texts that a shell's variable was given */
        text = symbol_text(e->m.syntax->symbols, e->m.names->qualified[binding->node]);
    enum regex_answer answer = regex_asked(e, condition->regex, text, binding, binding->value);
    /* or as it is read: "\x2fproc" must not pass where "/proc" does not */
    bool has_escape = binding->kind == BINDING_TEXT && binding->node && !binding->value &&
                      view_find_byte(text, '\\') != SIZE_MAX && e->m.names->constant;
    uint32_t decoded = has_escape ? e->m.names->constant[binding->node] : 0;
    if (answer == REGEX_NO && decoded) {
        text = symbol_text(e->m.syntax->symbols, decoded);
        answer = regex_asked(e, condition->regex, text, binding, decoded);
    }
    if (holds_of) *holds_of = text;
    if (answer == REGEX_LIMIT) e->is_undecided = true;
    return answer == REGEX_YES;
}

/* The formula on what the metavariable matched; its ranges' bindings join the range's. */
static void pattern_holds(struct evaluation *e, const struct program_condition *condition,
                          const struct range *range, struct range_list *out)
{
    const struct binding *binding = &range->bindings[condition->slot];
    if (condition->condition->language_mask || condition->condition->is_text) {
        inner_holds(e, condition, range, out);
        return;
    }
    struct scope scope = {binding->start, binding->end, binding->start, binding->end, range->bindings};
    if (binding->kind == BINDING_TEXT && binding->node) { /* a pattern may also be the string itself */
        scope.start = e->m.syntax->nodes[binding->node].start;
        scope.end = e->m.syntax->nodes[binding->node].end;
    }
    struct range_list found = {0};
    if (!formula_evaluate(e, condition->formula, &scope, &found)) return;
    for (uint32_t i = 0; i < found.count; i++) {
        const struct binding *merged = bindings_merge(e, range->bindings, found.items[i].bindings);
        struct range kept = *range;
        kept.bindings = merged;
        if (merged && !range_push(e, out, kept)) return;
    }
}

struct lookup {
    struct evaluation *e;
    const struct range *range;
};

static bool lookup_text(void *context, uint16_t slot, struct view *text)
{
    struct lookup *lookup = context;
    const struct binding *binding = &lookup->range->bindings[slot];
    if (binding->kind == BINDING_NONE) return false;
    *text = view_slice(lookup->e->m.syntax->source->bytes, binding->start, binding->end);
    if (binding->kind == BINDING_NODE && lookup->e->m.names->constant &&
        lookup->e->m.names->constant[binding->node])
        *text = symbol_text(lookup->e->m.syntax->symbols, lookup->e->m.names->constant[binding->node]);
    return true;
}

static bool comparison_holds(struct evaluation *e, const struct program_condition *condition,
                             const struct range *range)
{
    struct lookup lookup = {e, range};
    enum comparison_answer answer = comparison_run(condition->comparison, e->m.scratch, lookup_text, &lookup);
    if (answer == COMPARISON_LIMIT) e->is_undecided = true;
    return answer == COMPARISON_YES;
}

static bool type_holds(struct evaluation *e, const struct condition *condition, const struct binding *binding)
{
    for (uint32_t i = 0; i < condition->type_count; i++) {
        struct view type = condition->types[i];
        bool is_text = view_equals_cstr(type, "str") || view_equals_cstr(type, "string");
        if (binding->kind == BINDING_TEXT
                ? is_text
                : binding->kind == BINDING_NODE && type_is(&e->m, binding->node, type))
            return true;
    }
    return false;
}

static bool analysis_holds(struct evaluation *e, enum analyzer_kind analyzer, const struct binding *binding)
{
    struct view text = binding_inside(&e->m, binding);
    return analyzer == ANALYZER_ENTROPY ? entropy_is_high(text) : nested_repeat_is_there(text);
}

/* Whether a name begins with a module's, as names have it: `@a-b/c` is `a_b.c` (module_normalize). */
static bool begins_with_module(struct view name, struct view module)
{
    for (size_t i = 0; i < module.length && i < name.length; i++) {
        char byte = module.bytes[i];
        bool is_same = name.bytes[i] == byte || (byte == '/' && name.bytes[i] == '.') ||
                       (byte == '-' && name.bytes[i] == '_');
        if (!is_same) return false;
    }
    return name.length >= module.length;
}

/* Whether a name is one that the condition says, or out of one of its modules. */
static bool is_of_module(const struct condition *condition, struct view name)
{
    for (uint32_t i = 0; i < condition->type_count; i++) {
        struct view module = condition->types[i];
        if (view_starts_with(module, VIEW("node:"))) module = view_slice(module, 5, module.length);
        if (view_starts_with(module, VIEW("@"))) module = view_slice(module, 1, module.length);
        if (!begins_with_module(name, module)) continue;
        if (name.length == module.length) return true;
        if (!condition->is_whole_name && name.bytes[module.length] == '.') return true;
    }
    return false;
}

/* By what the captured name means; where it may mean several things, by any of them, below a negation by
 * all. */
static bool name_holds(struct evaluation *e, const struct condition *condition, const struct binding *binding)
{
    const struct symbol_table *symbols = e->m.syntax->symbols;
    const struct names *names = e->m.names;
    if (binding->value) return is_of_module(condition, symbol_text(symbols, binding->value));
    uint32_t qualified = binding->kind == BINDING_NODE ? qualified_at(&e->m, binding->node) : 0;
    if (!qualified) return false;
    bool holds = is_of_module(condition, symbol_text(symbols, qualified));
    for (uint32_t i = names->others ? names->others[binding->node] : 0; i; i = names->alternatives[i].next) {
        bool is_other = is_of_module(condition, symbol_text(symbols, names->alternatives[i].symbol));
        holds = e->m.is_negated ? holds && is_other : holds || is_other;
        if (!step_taken(&e->m)) return false;
    }
    return holds;
}

/* Narrows to what the metavariable captured: the smaller of the two, where one is within the other. */
static bool focus(struct range *range, const struct binding *binding)
{
    bool is_within = binding->start >= range->start && binding->end <= range->end;
    if (!is_within) return range->start >= binding->start && range->end <= binding->end;
    range->start = binding->start;
    range->end = binding->end;
    return true;
}

static const char *condition_word(enum condition_kind kind)
{
    switch (kind) {
    case CONDITION_METAVARIABLE_REGEX:
        return "metavariable-regex";
    case CONDITION_METAVARIABLE_PATTERN:
        return "metavariable-pattern";
    case CONDITION_METAVARIABLE_COMPARISON:
        return "metavariable-comparison";
    case CONDITION_METAVARIABLE_TYPE:
        return "metavariable-type";
    case CONDITION_METAVARIABLE_ANALYSIS:
        return "metavariable-analysis";
    case CONDITION_METAVARIABLE_NAME:
        return "metavariable-name";
    case CONDITION_FOCUS:
        return "focus-metavariable";
    }
    return "?";
}

bool condition_apply(struct evaluation *e, const struct program_condition *condition,
                     struct range_list *ranges)
{
    enum condition_kind kind = condition->condition->kind;
    struct range_list kept = {0};
    explain(e, "%s %.*s %.*s", condition_word(kind), VIEW_ARGS(condition->condition->metavariable),
            VIEW_ARGS(condition->condition->text));
    for (uint32_t i = 0; i < ranges->count && !e->is_undecided; i++) {
        struct range range = ranges->items[i];
        struct view text = {0};
        bool needs_binding = kind != CONDITION_METAVARIABLE_COMPARISON;
        if (needs_binding && range.bindings[condition->slot].kind == BINDING_NONE) continue;
        switch (kind) {
        case CONDITION_METAVARIABLE_REGEX:
            if (condition_regex_holds(e, condition, &range.bindings[condition->slot], &text) &&
                groups_capture(e, condition, text, &range))
                range_push(e, &kept, range);
            break;
        case CONDITION_METAVARIABLE_PATTERN:
            pattern_holds(e, condition, &range, &kept);
            break;
        case CONDITION_METAVARIABLE_COMPARISON:
            if (comparison_holds(e, condition, &range)) range_push(e, &kept, range);
            break;
        case CONDITION_METAVARIABLE_TYPE:
            if (type_holds(e, condition->condition, &range.bindings[condition->slot]))
                range_push(e, &kept, range);
            break;
        case CONDITION_METAVARIABLE_ANALYSIS:
            if (analysis_holds(e, condition->condition->analyzer, &range.bindings[condition->slot]))
                range_push(e, &kept, range);
            break;
        case CONDITION_METAVARIABLE_NAME:
            if (name_holds(e, condition->condition, &range.bindings[condition->slot]))
                range_push(e, &kept, range);
            break;
        case CONDITION_FOCUS:
            if (focus(&range, &range.bindings[condition->slot])) range_push(e, &kept, range);
            break;
        }
    }
    explain(e, "  -> kept %u of %u", kept.count, ranges->count);
    *ranges = kept;
    return !e->is_undecided;
}
