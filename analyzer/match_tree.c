#include "analyzer/match_tree.h"

#include "base/array.h"
#include "grammars/shape.h"

uint32_t symbol_map_get(struct symbol_map *map, const struct symbol_table *to, uint32_t symbol)
{
    if (symbol == 0) return 0;
    if (map->to[symbol] == UINT32_MAX) map->to[symbol] = symbol_find(to, symbol_text(map->from, symbol));
    return map->to[symbol];
}

bool step_taken(struct tree_match *m)
{
    if (*m->steps == 0) {
        *m->is_undecided = true;
        return false;
    }
    --*m->steps;
    return true;
}

uint32_t child_at(const struct tree_match *m, uint32_t c, uint32_t end)
{
    const struct node *nodes = m->syntax->nodes;
    while (c < end &&
           ((nodes[c].flags & NODE_IS_EXTRA) || (form_of(m->forms, nodes[c].kind).flags & FORM_IS_IGNORED)))
        c = nodes[c].next;
    return c;
}

uint8_t field_at(const struct tree_match *m, uint32_t n)
{
    const struct node *node = &m->syntax->nodes[n];
    return form_field(m->forms, m->syntax->nodes[node->parent].kind, node->field);
}

bool is_omittable(const struct tree_match *m, uint16_t parent_kind, uint32_t n)
{
    const struct node *node = &m->syntax->nodes[n];
    return form_allows_omission(m->forms, parent_kind, node->field, node->kind);
}

/* The next sibling that is more than a token. */
static uint32_t named_after(const struct tree_match *m, uint32_t c, uint32_t end)
{
    do c = child_at(m, m->syntax->nodes[c].next, end);
    while (c < end && !(m->syntax->nodes[c].flags & NODE_IS_NAMED));
    return c;
}

uint32_t node_stripped(const struct tree_match *m, uint32_t n)
{
    while (form_at(m, n).flags & FORM_IS_TRANSPARENT) {
        uint32_t end = m->syntax->nodes[n].next;
        uint32_t child = child_at(m, n + 1, end);
        if (child >= end || named_after(m, child, end) < end) break;
        n = child;
    }
    return n;
}

/* The child of an unwrapped node that stands for it: the one in the field, or the first. */
uint32_t node_unwrapped(const struct tree_match *m, uint32_t n)
{
    uint32_t end = m->syntax->nodes[n].next, first = child_at(m, n + 1, end);
    uint8_t field = form_at(m, n).unwrap;
    while (!field && first < end &&
           ((form_at(m, first).flags & FORM_IS_OPTIONAL) ||    /* <T>x */
            !(m->syntax->nodes[first].flags & NODE_IS_NAMED))) /* ! x */
        first = child_at(m, m->syntax->nodes[first].next, end);
    for (uint32_t c = first; field && c < end; c = child_at(m, m->syntax->nodes[c].next, end))
        if (m->syntax->nodes[c].field == field) return c;
    return first < end && !field ? first : UINT32_MAX;
}

static bool is_same_kind(const struct tree_match *m, uint32_t p, uint32_t n)
{
    const struct pattern_node *want = &m->pattern->nodes[p];
    struct form form = form_at(m, n);
    if (want->role != form.role) return false;
    /* sets and lists, for one, share an operation, not a meaning */
    bool needs_kind = want->role == FORM_PLAIN || want->role == FORM_SET || want->role == FORM_LIST ||
                      want->role == FORM_IMPORT || want->role == FORM_STRING || want->role == FORM_OPERATOR;
    uint16_t kind = m->syntax->nodes[n].kind, also = form_of(m->forms, want->kind).also;
    if (want->kind == kind) return true;
    if (want->role == FORM_ASSIGN) {
        bool is_field = form.flags & FORM_IS_STATEMENT;
        if (!(m->options & (is_field ? RULE_OPTION_FIELD_ASSIGNS : RULE_OPTION_DECLARATION_ASSIGNS)))
            return false;
    }
    if (want->role == FORM_TAG && !(m->options & RULE_OPTION_SINGLE_TAGS)) return false;
    if (want->role == FORM_FUNCTION && !(m->options & RULE_OPTION_ARROW_IS_FUNCTION)) return false;
    if (!needs_kind) return true;
    if (want->role == FORM_SET && !(m->options & RULE_OPTION_LET_IS_VAR)) return false;
    return also && also == kind;
}

uint32_t constant_at(const struct tree_match *m, uint32_t n)
{
    if (!(m->options & RULE_OPTION_CONSTANTS) && form_at(m, n).role == FORM_NAME) return 0;
    return m->names->constant ? m->names->constant[n] : 0;
}

/* Whether this is a name where it is given its value: it stands for the value only afterwards. */
bool is_target(const struct tree_match *m, uint32_t n)
{
    const struct node *node = &m->syntax->nodes[n];
    uint8_t above = form_at(m, node->parent).role;
    bool binds = above == FORM_ASSIGN || above == FORM_KEYWORD || above == FORM_PARAMETERS;
    return form_at(m, n).role == FORM_NAME && binds && child_at(m, node->parent + 1, node->next) == n;
}

uint32_t qualified_at(const struct tree_match *m, uint32_t n)
{
    uint32_t qualified = m->names->qualified ? m->names->qualified[n] : 0;
    return qualified && qualified != m->syntax->nodes[n].symbol && is_target(m, n) ? 0 : qualified;
}

static bool match_deep(struct tree_match *m, uint32_t p, uint32_t n, const struct goal *next)
{
    uint32_t end = m->syntax->nodes[n].next;
    for (uint32_t d = n; d < end; d++) {
        struct form form = form_at(m, d);
        bool is_statement = d != n && ((form.flags & FORM_IS_STATEMENT) || form.role == FORM_BLOCK);
        if (is_statement) { /* the body of a function: not this expression's own */
            d = m->syntax->nodes[d].next - 1;
            continue;
        }
        if (m->syntax->nodes[d].flags & NODE_IS_EXTRA) continue;
        if (form.flags & FORM_IS_TRANSPARENT) continue; /* its inside comes next */
        if (!may_match(m, &m->pattern->nodes[p + 1], form)) continue;
        if (match_node(m, p + 1, d, next)) return true;
        if (!step_taken(m)) return true;
    }
    return false;
}

static bool match_chain(struct tree_match *m, uint32_t p, uint32_t n, const struct goal *next)
{
    while (true) {
        if (match_node(m, p + 1, n, next)) return true;
        n = node_stripped(m, n);
        uint8_t role = form_at(m, n).role;
        if (role != FORM_MEMBER && role != FORM_CALL) return false;
        uint32_t object = child_at(m, n + 1, m->syntax->nodes[n].next);
        if (object >= m->syntax->nodes[n].next) return false;
        n = object;
    }
}

uint32_t value_at(const struct tree_match *m, uint32_t n)
{
    bool is_known = m->names->value && form_at(m, n).role == FORM_NAME && !is_target(m, n);
    uint32_t value = is_known ? m->names->value[n] : 0;
    return value && ((m->options & RULE_OPTION_SYMBOLIC) || (form_at(m, value).flags & FORM_IS_CONSTANT))
               ? value
               : 0;
}

/* The value that a variable was given, in its place (symbolic propagation). */
static bool match_value(struct tree_match *m, uint32_t p, uint32_t n, const struct goal *next)
{
    uint32_t value = value_at(m, n);
    if (!value || m->hops >= SYMBOLIC_HOPS) return false;
    m->hops++;
    bool stops = match_node(m, p, value, next);
    m->hops--;
    return stops;
}

/* A function with a name in the pattern, a variable that is given a function here. */
static bool match_named_value(struct tree_match *m, uint32_t p, uint32_t n, const struct goal *next)
{
    const struct node *nodes = m->syntax->nodes;
    uint32_t end = nodes[n].next, left = child_at(m, n + 1, end), value = left;
    for (uint32_t c = left; c < end; c = child_at(m, nodes[c].next, end)) value = c;
    uint32_t name = p + 1, rest = m->pattern->nodes[name].next;
    bool is_named = name < m->pattern->nodes[p].next && (m->pattern->nodes[name].op == PATTERN_NAME ||
                                                         m->pattern->nodes[name].op == PATTERN_METAVAR ||
                                                         m->pattern->nodes[name].op == PATTERN_ANY);
    if (left >= end || form_at(m, value).role != FORM_FUNCTION || !is_named) return false;
    const struct goal body = {.kind = GOAL_LIST,
                              .flags = m->pattern->nodes[p].flags,
                              .parent_kind = nodes[value].kind,
                              .p = rest,
                              .p_end = m->pattern->nodes[p].next,
                              .n = value + 1,
                              .n_end = nodes[value].next,
                              .next = next};
    return match_node(m, name, left, &body);
}

/* A list in the pattern where the source has its only element (`x => e`), or the node behind an export. */
static bool match_inner(struct tree_match *m, uint32_t p, uint32_t n, const struct goal *next)
{
    const struct pattern_node *want = &m->pattern->nodes[p];
    if (want->op == PATTERN_BLOCK) return match_block(m, p, n, next);
    if (is_same_kind(m, p, n)) {
        if (match_children(m, p, n, next)) return true;
        bool is_symmetric =
            m->options & (RULE_OPTION_SYMMETRIC_EQUALITY | RULE_OPTION_COMMUTATIVE_COMPARISON);
        return is_symmetric && want->op == PATTERN_NODE && match_swapped(m, p, n, next);
    }
    bool is_named = want->role == FORM_FUNCTION && (form_of(m->forms, want->kind).flags & FORM_IS_NAMED);
    if (is_named && form_at(m, n).role == FORM_ASSIGN) return match_named_value(m, p, n, next);
    if (is_named &&
        form_at(m, n).role == FORM_SET) { /* a declaration as a statement: each of its variables */
        uint32_t end = m->syntax->nodes[n].next;
        for (uint32_t c = child_at(m, n + 1, end); c < end; c = child_at(m, m->syntax->nodes[c].next, end))
            if (form_at(m, c).role == FORM_ASSIGN && match_named_value(m, p, c, next)) return true;
    }
    bool is_requirable = form_of(m->forms, want->kind).flags & FORM_IS_REQUIRABLE;
    if (is_requirable && form_at(m, n).role == FORM_SET) return match_required(m, p, n, next);
    bool is_specifier = (form_of(m->forms, want->kind).flags & FORM_IS_WRAPPER) && want->op == PATTERN_NODE &&
                        form_of(m->forms, want->kind).unwrap;
    bool is_part_of_object = (form_at(m, n).flags & FORM_IS_SHORTHAND) || form_at(m, n).role == FORM_PAIR;
    if (is_specifier && is_part_of_object) return match_specifier(m, p, n, next);
    bool is_part = want->prefix || ((want->flags & PATTERN_IS_SUFFIX) && form_at(m, n).role == FORM_NAME);
    if (is_part && qualified_at(m, n) && match_part(m, p, n, next)) return true;
    if (want->role == FORM_PAIR && (form_at(m, n).flags & FORM_IS_SHORTHAND)) {
        uint32_t value = m->pattern->nodes[p + 1].next;
        const struct goal both = {.kind = GOAL_NODE, .p = value, .n = n, .next = next};
        return value < want->next && match_node(m, p + 1, n, &both);
    }
    if (want->role == FORM_PARAMETERS || want->role == FORM_ARGUMENTS) {
        const struct goal one = {.kind = GOAL_LIST,
                                 .parent_kind = m->syntax->nodes[n].kind,
                                 .p = p + 1,
                                 .p_end = want->next,
                                 .n = n,
                                 .n_end = m->syntax->nodes[n].next,
                                 .next = next};
        return solve(m, &one);
    }
    if (match_value(m, p, n, next)) return true;
    if (!form_at(m, n).unwrap) return false;
    uint32_t inner = node_unwrapped(m, n);
    return inner != UINT32_MAX && match_node(m, p, inner, next);
}

/* What a metavariable captures where it stands for all of a wrapping (an import's clause, `a as b`) that
 * holds nothing but names: the name by which the code behind it knows the thing. */
static uint32_t node_named_by(const struct tree_match *m, uint32_t n)
{
    if (form_at(m, n).role == FORM_COMMAND) { /* of one word: the word */
        uint32_t end = m->syntax->nodes[n].next, word = child_at(m, n + 1, end);
        return word < end && named_after(m, word, end) >= end ? node_stripped(m, word) : n;
    }
    while ((form_at(m, n).flags & FORM_IS_WRAPPER) && !(m->syntax->nodes[n].flags & NODE_IS_LEAF)) {
        uint32_t end = m->syntax->nodes[n].next, last = n;
        for (uint32_t c = child_at(m, n + 1, end); c < end; c = named_after(m, c, end)) {
            struct form form = form_at(m, c);
            if (form.role != FORM_NAME && !(form.flags & FORM_IS_WRAPPER)) return n;
            last = c;
        }
        if (last == n) return n;
        n = last;
    }
    return n;
}

bool match_node(struct tree_match *m, uint32_t p, uint32_t n, const struct goal *next)
{
    if (!step_taken(m)) return true;
    const struct pattern_node *want = &m->pattern->nodes[p];
    n = node_stripped(m, n);
    if ((form_at(m, n).flags & FORM_IS_UNWRAPPED) && want->kind != m->syntax->nodes[n].kind) {
        uint32_t inner = node_unwrapped(m, n);
        if (inner != UINT32_MAX) n = node_stripped(m, inner);
    }
    switch ((enum pattern_op)want->op) {
    case PATTERN_METAVAR:
        if (want->symbol && !type_is(m, n, symbol_text(m->map->from, want->symbol))) return false;
        if ((want->flags & PATTERN_IS_QUOTED) && !node_is_quoted(m->syntax, m->forms, n)) return false;
        return bind_node(m, want->slot, node_named_by(m, n), 0, next);
    case PATTERN_METAVAR_SPAN:
        return bind_span(m, want->slot, n, m->syntax->nodes[n].next, m->syntax->nodes[n].next, next);
    case PATTERN_ANY:
    case PATTERN_ELLIPSIS:
        return solve(m, next);
    case PATTERN_NAME:
        return match_name(m, p, n, next);
    case PATTERN_DOTTED:
        return match_dotted(m, p, n, next);
    case PATTERN_LEAF:
        return match_leaf(m, p, n, next);
    case PATTERN_DEEP:
        return match_deep(m, p, n, next);
    case PATTERN_CHAIN:
        return match_chain(m, p, n, next);
    case PATTERN_STRING:
    case PATTERN_STRING_ANY:
    case PATTERN_STRING_REGEX:
    case PATTERN_STRING_METAVAR:
        return match_string(m, p, n, next);
    case PATTERN_TEMPLATE:
        return match_template(m, p, n, next);
    case PATTERN_TEMPLATE_TEXT:
        return match_template_text(m, p, n, next);
    case PATTERN_IMPORT:
        return match_import(m, p, n, next);
    case PATTERN_STATEMENT:
        return match_statement(m, p, n, next);
    case PATTERN_OPERATOR:
        return match_operator(m, p, n, next);
    case PATTERN_NODE:
    case PATTERN_SET:
    case PATTERN_ARGUMENTS:
    case PATTERN_BLOCK:
        return match_inner(m, p, n, next);
    case PATTERN_SEQUENCE:
        break;
    }
    return match_sequence(m, p, n);
}

/* The span that a match at this node has: a declaration of one variable is its statement, an opening tag is
 * its element. */
static uint32_t node_reported(const struct tree_match *m, uint32_t n)
{
    uint32_t parent = m->syntax->nodes[n].parent;
    uint8_t role = form_at(m, n).role;
    struct form above = form_at(m, parent);
    if (role == FORM_TAG && above.role == FORM_ELEMENT) return parent;
    bool is_definition = role == FORM_FUNCTION || role == FORM_CLASS;
    if (is_definition && above.role == FORM_SET && above.unwrap) return parent; /* with its decorators */
    if (role != FORM_ASSIGN || above.role != FORM_SET || !(above.flags & FORM_IS_STATEMENT)) return n;
    uint32_t count = 0, end = m->syntax->nodes[parent].next;
    for (uint32_t c = child_at(m, parent + 1, end); c < end; c = child_at(m, m->syntax->nodes[c].next, end))
        count += form_at(m, c).role == FORM_ASSIGN;
    return count == 1 ? parent : n;
}

/* A solution: the range with its bindings, once. */
static bool emit(struct tree_match *m)
{
    bool is_last = !m->pattern->has_metavars && m->pattern->nodes[0].op != PATTERN_SEQUENCE;
    m->solutions++;
    if (m->start == UINT32_MAX) { /* asked for only now: most nodes that are tried have no solution */
        uint32_t reported = node_reported(m, m->root);
        m->start = m->syntax->nodes[reported].start;
        m->end = m->syntax->nodes[reported].end;
    }
    if (m->admits && !m->admits(m->admits_context)) return is_last;
    for (uint32_t i = m->first_out; i < m->out->count; i++) {
        const struct range *seen = &m->out->items[i];
        if (seen->start != m->start || seen->end != m->end) continue;
        uint32_t slot = 0;
        while (slot < m->slot_count && seen->bindings[slot].start == m->bindings[slot].start &&
               seen->bindings[slot].end == m->bindings[slot].end &&
               seen->bindings[slot].kind == m->bindings[slot].kind)
            slot++;
        if (slot == m->slot_count) return false;
        if (!step_taken(m)) return true;
    }
    struct binding *bindings = ARENA_NEW_ARRAY(m->arena, struct binding, m->slot_count + 1);
    struct range range = {m->start, m->end, false, false, bindings, false};
    if (bindings) memcpy(bindings, m->bindings, m->slot_count * sizeof *bindings);
    if (!bindings || m->out->count >= LIMIT_MATCH_RANGES || !ARRAY_PUSH(m->arena, m->out, range)) {
        *m->is_undecided = true;
        return true;
    }
    return is_last;
}

bool solve(struct tree_match *m, const struct goal *goal)
{
    if (!goal) return emit(m);
    if (!step_taken(m)) return true;
    switch (goal->kind) {
    case GOAL_NODE:
        return match_node(m, goal->p, goal->n, goal->next);
    case GOAL_TEMPLATE:
    case GOAL_LIST:
        return match_list(m, goal);
    case GOAL_ARGUMENTS:
        return match_arguments(m, goal);
    case GOAL_SET:
        return match_set(m, goal);
    case GOAL_OPERANDS:
        return match_operands(m, goal);
    case GOAL_STATEMENTS:
        break;
    }
    return match_statements(m, goal);
}

static bool is_in_decorator(const struct tree_match *m, uint32_t n)
{
    const struct shape_table *shapes = shapes_of(m->syntax->source->language);
    while (n && shape_of(shapes, m->syntax->nodes[n].kind) != SHAPE_DECORATOR) n = m->syntax->nodes[n].parent;
    return n != 0;
}

void tree_match_from(struct tree_match *m, const struct pattern *pattern, uint32_t p, uint32_t n,
                     struct range_list *out)
{
    m->pattern = pattern;
    m->out = out;
    m->first_out = out->count;
    m->root = n;
    m->start = UINT32_MAX;
    match_node(m, p, n, NULL);
}

void tree_match_at(struct tree_match *m, const struct pattern *pattern, uint32_t n, struct range_list *out)
{
    uint8_t op = pattern->nodes[0].op;
    bool is_string = op == PATTERN_STRING || op == PATTERN_STRING_ANY || op == PATTERN_STRING_REGEX ||
                     op == PATTERN_STRING_METAVAR;
    bool is_unknown = m->names->constant_kind && m->names->constant_kind[n] == CONSTANT_NONE;
    if (is_string && is_unknown && form_at(m, n).role != FORM_STRING && !m->forms->has_word_values) return;
    if (is_string && is_target(m, n)) return;
    if (!(m->options & RULE_OPTION_DECORATOR_EXPRESSION) && is_in_decorator(m, n)) return;
    bool is_local =
        form_at(m, n).role == FORM_ASSIGN && form_at(m, m->syntax->nodes[n].parent).role == FORM_COMMAND;
    if (is_local && pattern->nodes[0].role == FORM_ASSIGN) return; /* `X=1 command` sets nothing here */
    tree_match_from(m, pattern, 0, n, out);
}
