/* Lists of siblings: in order, in any order, as arguments, as statements. */
#include <strings.h>

#include "analyzer/match_tree.h"

static uint32_t sibling(const struct tree_match *m, uint32_t n, uint32_t end)
{
    return child_at(m, m->syntax->nodes[n].next, end);
}

static bool is_used(const struct used *used, uint32_t n)
{
    for (; used; used = used->before)
        if (used->n == n) return true;
    return false;
}

/* An element with its content, which is in any order; but what `$...X` takes is in the order that it has. */
static bool is_content(const struct tree_match *m, uint32_t p)
{
    const struct pattern_node *want = &m->pattern->nodes[p];
    bool is_element = want->op == PATTERN_NODE && want->role == FORM_ELEMENT;
    for (uint32_t c = p + 1; c < want->next && is_element; c = m->pattern->nodes[c].next)
        is_element = m->pattern->nodes[c].op != PATTERN_METAVAR_SPAN;
    return is_element;
}

/* Whether the pattern is a function or class in an expression with a name, and the source has one without: a
 * name that means nothing outside of the function is not asked for. */
static bool has_name_to_omit(const struct tree_match *m, uint32_t p, uint32_t n)
{
    const struct pattern_node *want = &m->pattern->nodes[p], *name = want + 1;
    bool is_definition = want->role == FORM_FUNCTION || want->role == FORM_CLASS;
    bool is_value = is_definition && !(form_of(m->forms, want->kind).flags & FORM_IS_NAMED);
    if (!is_value || p + 1 >= want->next || !name->field) return false;
    if (name->op != PATTERN_NAME && name->op != PATTERN_METAVAR && name->op != PATTERN_ANY) return false;
    if (!form_allows_omission(m->forms, want->kind, name->field, 0)) return false;
    uint32_t end = m->syntax->nodes[n].next;
    for (uint32_t c = child_at(m, n + 1, end); c < end; c = sibling(m, c, end))
        if (field_at(m, c) == name->field) return false;
    return true;
}

bool match_children(struct tree_match *m, uint32_t p, uint32_t n, const struct goal *next)
{
    const struct pattern_node *want = &m->pattern->nodes[p];
    struct goal goal = {.kind = GOAL_LIST,
                        .flags = want->flags,
                        .parent_kind = m->syntax->nodes[n].kind,
                        .p = p + 1,
                        .p_end = want->next,
                        .n = n + 1,
                        .n_end = m->syntax->nodes[n].next,
                        .next = next};
    if (want->op == PATTERN_SET || is_content(m, p)) goal.kind = GOAL_SET;
    if (is_content(m, p) && (want->flags & PATTERN_HAS_ELLIPSIS)) goal.flags |= PATTERN_MAY_HAVE_MORE;
    uint32_t more = want->role == FORM_TAG ? RULE_OPTION_MORE_ATTRIBUTES : RULE_OPTION_MORE_MEMBERS;
    bool is_display = want->role == FORM_TAG || want->role == FORM_SET;
    bool is_statement = form_of(m->forms, want->kind).flags & FORM_IS_STATEMENT;
    if (is_display && !is_statement && !(m->options & more) && !(want->flags & PATTERN_HAS_ELLIPSIS))
        goal.flags &= (uint8_t)~PATTERN_MAY_HAVE_MORE;
    if (want->op == PATTERN_ARGUMENTS) goal.kind = GOAL_ARGUMENTS;
    if (has_name_to_omit(m, p, n)) goal.p = m->pattern->nodes[p + 1].next;
    if (solve(m, &goal)) return true;
    return want->role == FORM_COMMAND && form_at(m, n).role == FORM_COMMAND && match_wrapped(m, &goal);
}

/* Whether a pattern node may match nothing: an ellipsis, or a list of nothing else. */
static bool may_be_absent(const struct pattern_node *want)
{
    return want->op == PATTERN_ELLIPSIS || (want->flags & PATTERN_IS_ALL_ELLIPSIS);
}

/* The end of a list: what is left of the source must be such as a pattern may omit. */
static bool list_ends(struct tree_match *m, const struct goal *goal)
{
    if (goal->flags & PATTERN_MAY_HAVE_MORE) return solve(m, goal->next);
    for (uint32_t c = child_at(m, goal->n, goal->n_end); c < goal->n_end; c = sibling(m, c, goal->n_end))
        if (!is_used(goal->used, c) && !is_omittable(m, goal->parent_kind, c)) return false;
    return solve(m, goal->next);
}

/* An ellipsis at the head: any number of siblings, fewest first. */
static bool list_ellipsis(struct tree_match *m, const struct goal *goal)
{
    const struct pattern_node *want = &m->pattern->nodes[goal->p];
    struct goal rest = *goal;
    rest.p = want->next;
    if (want->op == PATTERN_ELLIPSIS && rest.p == rest.p_end) return solve(m, goal->next);
    uint32_t c = child_at(m, goal->n, goal->n_end);
    while (true) {
        rest.n = c;
        bool stops = want->op == PATTERN_ELLIPSIS ? solve(m, &rest)
                                                  : bind_span(m, want->slot, goal->n, c, goal->n_end, &rest);
        if (stops) return true;
        if (c >= goal->n_end || !step_taken(m)) return c < goal->n_end;
        c = sibling(m, c, goal->n_end);
    }
}

/* Skips source siblings that the pattern does not mention and need not. */
static uint32_t list_skip(const struct tree_match *m, const struct goal *goal,
                          const struct pattern_node *want, uint32_t c)
{
    for (; c < goal->n_end; c = sibling(m, c, goal->n_end)) {
        if (is_used(goal->used, c)) continue;
        if (!is_omittable(m, goal->parent_kind, c)) break;
        uint8_t field = field_at(m, c);
        if (want->field ? field == want->field : m->syntax->nodes[c].kind == want->kind) break;
    }
    return c;
}

/* A part of a string that is text, not a substitution. */
static bool is_template_text(const struct tree_match *m, uint32_t n)
{
    const struct node *node = &m->syntax->nodes[n];
    return (node->flags & NODE_IS_LEAF) || !strchr("{$`", m->syntax->source->bytes.bytes[node->start]);
}

/* Such of the siblings as this may stand in any order: a decorator takes any of the decorators. */
static bool list_reordered(struct tree_match *m, const struct goal *goal, uint32_t c)
{
    uint16_t kind = m->syntax->nodes[c].kind;
    struct goal rest = *goal;
    rest.p = m->pattern->nodes[goal->p].next;
    for (; c < goal->n_end && m->syntax->nodes[c].kind == kind; c = sibling(m, c, goal->n_end)) {
        if (is_used(goal->used, c)) continue;
        const struct used used = {c, goal->used};
        rest.used = &used;
        if (match_node(m, goal->p, c, &rest)) return true;
        if (!step_taken(m)) return true;
    }
    return false;
}

bool match_list(struct tree_match *m, const struct goal *goal)
{
    if (goal->p == goal->p_end) return list_ends(m, goal);
    const struct pattern_node *want = &m->pattern->nodes[goal->p];
    bool is_single = want->op == PATTERN_ELLIPSIS && want->field &&
                     form_of(m->forms, goal->parent_kind).role == FORM_ASSIGN && !m->forms->has_word_values;
    if ((want->op == PATTERN_ELLIPSIS && !is_single) || want->op == PATTERN_METAVAR_SPAN)
        return list_ellipsis(m, goal);
    uint32_t c = list_skip(m, goal, want, child_at(m, goal->n, goal->n_end));
    struct goal rest = *goal;
    rest.p = want->next;
    bool is_here = c < goal->n_end && (want->field == 0 || field_at(m, c) == want->field);
    if (!is_here) return may_be_absent(want) && !is_single ? solve(m, &rest) : false;
    rest.n = m->syntax->nodes[c].next;
    bool wants_text = want->op == PATTERN_TEMPLATE_TEXT || (want->flags & PATTERN_IS_TEXT);
    if (goal->kind == GOAL_TEMPLATE && wants_text != is_template_text(m, c)) return false;
    bool is_ordered = m->options & RULE_OPTION_ORDERED_DECORATORS;
    if ((form_of(m->forms, want->kind).flags & FORM_IS_REORDERED) && !is_ordered)
        return list_reordered(m, goal, c);
    return match_node(m, goal->p, c, &rest);
}

/* A keyword argument takes the argument of that name, wherever it stands. */
static bool argument_keyword(struct tree_match *m, const struct goal *goal)
{
    struct goal rest = *goal;
    rest.p = m->pattern->nodes[goal->p].next;
    for (uint32_t c = child_at(m, goal->n, goal->n_end); c < goal->n_end; c = sibling(m, c, goal->n_end)) {
        if (form_at(m, c).role != FORM_KEYWORD || is_used(goal->used, c)) continue;
        const struct used used = {c, goal->used};
        rest.used = &used;
        if (match_node(m, goal->p, c, &rest)) return true;
    }
    return false;
}

/* Whether a keyword argument has the name of the metavariable: url=... for $URL. */
static bool is_namesake(const struct tree_match *m, const struct pattern_node *want, uint32_t keyword)
{
    if (want->op != PATTERN_METAVAR || want->slot >= m->slots->count) return false;
    struct view name = m->slots->items[want->slot], word = node_text(m->syntax, keyword + 1);
    name = view_slice(name, 1, name.length);
    return name.length == word.length && strncasecmp(name.bytes, word.bytes, name.length) == 0;
}

/* What a capability's pattern wants by its place may be given by its name, and which name stands for which
 * place the pattern does not say: the metavariable's own where there is such a one, else each of them. */
static bool argument_by_name(struct tree_match *m, const struct goal *goal)
{
    const struct pattern_node *want = &m->pattern->nodes[goal->p];
    struct goal rest = *goal;
    uint32_t own = 0;
    if (!m->is_of_capability || m->is_negated) return false;
    rest.p = want->next;
    for (uint32_t c = child_at(m, goal->n, goal->n_end); c < goal->n_end; c = sibling(m, c, goal->n_end))
        if (form_at(m, c).role == FORM_KEYWORD && is_namesake(m, want, c)) own = c;
    for (uint32_t c = child_at(m, goal->n, goal->n_end); c < goal->n_end; c = sibling(m, c, goal->n_end)) {
        if (form_at(m, c).role != FORM_KEYWORD || (own && c != own)) continue;
        const struct used used = {c, goal->used};
        uint32_t end = m->syntax->nodes[c].next, value = 0;
        for (uint32_t child = child_at(m, c + 1, end); child < end; child = sibling(m, child, end))
            value = child;
        rest.used = &used;
        if (value && match_node(m, goal->p, value, &rest)) return true;
        if (!step_taken(m)) return true;
    }
    return false;
}

bool match_arguments(struct tree_match *m, const struct goal *goal)
{
    if (goal->p == goal->p_end) return list_ends(m, goal);
    const struct pattern_node *want = &m->pattern->nodes[goal->p];
    if (want->flags & PATTERN_IS_KEYWORD) return argument_keyword(m, goal);
    if (want->op == PATTERN_METAVAR_SPAN) return list_ellipsis(m, goal);
    struct goal rest = *goal;
    rest.p = want->next;
    if (want->op == PATTERN_ELLIPSIS) {
        if (rest.p == rest.p_end) return solve(m, goal->next);
        /* keywords behind may also stand before what the ellipsis skips: they pick from all of the rest */
        bool has_positional = false;
        for (uint32_t p = rest.p; p < rest.p_end; p = m->pattern->nodes[p].next)
            has_positional |= !(m->pattern->nodes[p].flags & PATTERN_IS_KEYWORD) &&
                              m->pattern->nodes[p].op != PATTERN_ELLIPSIS;
        if (!has_positional) {
            const struct goal set = {.kind = GOAL_SET,
                                     .flags = PATTERN_MAY_HAVE_MORE,
                                     .parent_kind = goal->parent_kind,
                                     .p = rest.p,
                                     .p_end = rest.p_end,
                                     .n = goal->n,
                                     .n_end = goal->n_end,
                                     .used = goal->used,
                                     .next = goal->next};
            return solve(m, &set);
        }
        return list_ellipsis(m, goal);
    }
    uint32_t c = child_at(m, goal->n, goal->n_end);
    while (c < goal->n_end && is_used(goal->used, c)) c = sibling(m, c, goal->n_end);
    if (c >= goal->n_end || form_at(m, c).role == FORM_KEYWORD) return argument_by_name(m, goal);
    rest.n = m->syntax->nodes[c].next;
    return match_node(m, goal->p, c, &rest);
}

bool match_set(struct tree_match *m, const struct goal *goal)
{
    struct goal rest = *goal;
    while (rest.p < rest.p_end && m->pattern->nodes[rest.p].op == PATTERN_ELLIPSIS)
        rest.p = m->pattern->nodes[rest.p].next;
    if (rest.p == rest.p_end)
        return goal->flags & PATTERN_MAY_HAVE_MORE ? solve(m, goal->next) : list_ends(m, &rest);
    uint32_t p = rest.p;
    const struct pattern_node *want = &m->pattern->nodes[p];
    rest.p = want->next;
    if (want->op == PATTERN_METAVAR_SPAN) /* all of them, the named ones too */
        return bind_span(m, want->slot, goal->n, goal->n_end, goal->n_end, &rest);
    struct form above = form_of(m->forms, goal->parent_kind);
    bool is_decorated = above.unwrap && (above.flags & FORM_IS_STATEMENT);
    bool is_ordered = is_decorated && (m->options & RULE_OPTION_ORDERED_DECORATORS) && goal->used;
    uint32_t from = is_ordered ? m->syntax->nodes[goal->used->n].next : goal->n;
    for (uint32_t c = child_at(m, from, goal->n_end); c < goal->n_end; c = sibling(m, c, goal->n_end)) {
        if (is_used(goal->used, c) || (want->field && field_at(m, c) != want->field)) continue;
        const struct used used = {c, goal->used};
        rest.used = &used;
        if (match_node(m, p, c, &rest)) return true;
        if (!step_taken(m)) return true;
    }
    return may_be_absent(want) ? solve(m, &rest) : false;
}

/* ---- statements ---- */

static bool is_statement(const struct tree_match *m, uint32_t n)
{
    return form_at(m, n).flags & FORM_IS_STATEMENT;
}

/* The statement behind `n`: its sibling, or, where the list is flat, also one inside it. */
static uint32_t statement_after(const struct tree_match *m, const struct goal *goal, uint32_t n)
{
    if (!goal->is_flat) return sibling(m, n, goal->n_end);
    for (n++; n < goal->n_end; n++)
        if (is_statement(m, n) && !(m->syntax->nodes[n].flags & NODE_IS_EXTRA)) return n;
    return goal->n_end;
}

static bool statements_end(struct tree_match *m, const struct goal *goal)
{
    if (!goal->is_root) {
        bool may_have_more = goal->flags & PATTERN_HAS_ELLIPSIS;
        if (!may_have_more && child_at(m, goal->n, goal->n_end) < goal->n_end) return false;
        return solve(m, goal->next);
    }
    uint32_t end = m->end;
    m->end = goal->last_end;
    bool stops = solve(m, goal->next);
    m->end = end;
    return stops;
}

static uint32_t last_end(const struct tree_match *m, const struct goal *goal)
{
    uint32_t end = goal->last_end;
    for (uint32_t c = child_at(m, goal->n, goal->n_end); c < goal->n_end; c = sibling(m, c, goal->n_end))
        if (m->syntax->nodes[c].end > end) end = m->syntax->nodes[c].end;
    return end;
}

static bool statements_ellipsis(struct tree_match *m, const struct goal *goal)
{
    const struct pattern_node *want = &m->pattern->nodes[goal->p];
    struct goal rest = *goal;
    rest.p = want->next;
    if (rest.p == rest.p_end && want->op == PATTERN_ELLIPSIS) { /* the rest of the block */
        rest.last_end = last_end(m, goal);
        rest.n = goal->n_end;
        return statements_end(m, &rest);
    }
    uint32_t c = child_at(m, goal->n, goal->n_end);
    while (true) {
        rest.n = c;
        bool stops = want->op == PATTERN_ELLIPSIS ? solve(m, &rest)
                                                  : bind_span(m, want->slot, goal->n, c, goal->n_end, &rest);
        if (stops) return true;
        if (c >= goal->n_end) return false;
        if (!step_taken(m)) return true;
        c = statement_after(m, goal, c);
    }
}

bool match_statements(struct tree_match *m, const struct goal *goal)
{
    if (goal->p == goal->p_end) return statements_end(m, goal);
    const struct pattern_node *want = &m->pattern->nodes[goal->p];
    if (want->op == PATTERN_ELLIPSIS || want->op == PATTERN_METAVAR_SPAN) return statements_ellipsis(m, goal);
    uint32_t c = child_at(m, goal->n, goal->n_end);
    if (c >= goal->n_end) return false;
    struct goal rest = *goal;
    rest.p = want->next;
    rest.n = statement_after(m, goal, c);
    if (m->syntax->nodes[c].end > rest.last_end) rest.last_end = m->syntax->nodes[c].end;
    return match_statement(m, goal->p, c, &rest);
}

/* As a list first; where that has no solution, with the statements inside statements as if they followed. */
static bool match_run(struct tree_match *m, struct goal *goal)
{
    uint32_t before = m->solutions;
    goal->is_flat = false;
    if (solve(m, goal)) return true;
    bool has_ellipsis = false;
    for (uint32_t p = goal->p; p < goal->p_end; p = m->pattern->nodes[p].next)
        has_ellipsis |=
            m->pattern->nodes[p].op == PATTERN_ELLIPSIS && m->pattern->nodes[p].next < goal->p_end;
    if (m->solutions != before || !has_ellipsis || !(m->options & RULE_OPTION_DEEP_STATEMENTS)) return false;
    goal->is_flat = true;
    return solve(m, goal);
}

bool match_block(struct tree_match *m, uint32_t p, uint32_t n, const struct goal *next)
{
    const struct pattern_node *want = &m->pattern->nodes[p];
    if ((want->flags & PATTERN_IS_ALL_ELLIPSIS)) return solve(m, next);
    bool is_block = form_at(m, n).role == FORM_BLOCK;
    struct goal goal = {.kind = GOAL_STATEMENTS,
                        .flags = want->flags,
                        .p = p + 1,
                        .p_end = want->next,
                        .n = is_block ? n + 1 : n,
                        .n_end = m->syntax->nodes[n].next,
                        .next = next};
    return match_run(m, &goal);
}

bool match_sequence(struct tree_match *m, uint32_t p, uint32_t n)
{
    uint32_t parent = m->syntax->nodes[n].parent, end = m->syntax->nodes[parent].next;
    bool is_open = m->pattern->nodes[p + 1].op == PATTERN_ELLIPSIS;
    if (is_open && child_at(m, parent + 1, end) != n) return false;
    m->start = m->syntax->nodes[n].start;
    struct goal goal = {.kind = GOAL_STATEMENTS,
                        .is_root = true,
                        .p = p + 1,
                        .p_end = m->pattern->nodes[p].next,
                        .n = n,
                        .n_end = end,
                        .last_end = m->syntax->nodes[n].end};
    return match_run(m, &goal);
}

/* One statement: as it is, or, for an expression, anywhere in the statement's own expressions (not in those
 * of the statements inside it: these are statements of their own). */
bool match_statement(struct tree_match *m, uint32_t p, uint32_t n, const struct goal *next)
{
    if (m->pattern->nodes[p].op != PATTERN_STATEMENT) return match_node(m, p, n, next);
    uint32_t inner = p + 1, end = m->syntax->nodes[n].next;
    uint8_t op = m->pattern->nodes[inner].op;
    if (op == PATTERN_METAVAR || op == PATTERN_ANY) {
        bool is_expression = form_at(m, n).role == FORM_STATEMENT;
        return match_node(m, inner, is_expression ? child_at(m, n + 1, end) : n, next);
    }
    for (uint32_t d = n; d < end;) {
        struct form form = form_at(m, d);
        bool is_nested = d != n && ((form.flags & FORM_IS_STATEMENT) || form.role == FORM_BLOCK);
        if (is_nested || (m->syntax->nodes[d].flags & NODE_IS_EXTRA)) {
            d = m->syntax->nodes[d].next;
            continue;
        }
        bool is_candidate =
            !(form.flags & FORM_IS_TRANSPARENT) && may_match(m, &m->pattern->nodes[inner], form);
        if (is_candidate && match_node(m, inner, d, next)) return true;
        if (!step_taken(m)) return true;
        if (d != n && !(m->options & RULE_OPTION_DEEP_EXPRESSIONS))
            break; /* the statement's own expression */
        d++;
    }
    return false;
}
