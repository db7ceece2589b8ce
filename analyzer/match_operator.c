/* match_operator.c - operators whose operands are a list: `a and b and c` however it is bracketed, `a | b` in
 * any order. */
#include "analyzer/match_tree.h"

/* Operands of one chain. A chain of a program has a few; of a longer one the inner chains are still seen. */
enum { OPERANDS_MAX = 48 };

/* In any order there are more ways than one can try; of more operands than this a metavariable takes the
 * first that is left. */
enum { OPERANDS_FREE_MAX = 7 };

/* The operator's token among the children; `end` of the node where there is none. */
static uint32_t token_of(const struct tree_match *m, uint32_t n)
{
    const struct node *nodes = m->syntax->nodes;
    uint32_t c = child_at(m, n + 1, nodes[n].next);
    while (c < nodes[n].next && (nodes[c].flags & NODE_IS_NAMED))
        c = child_at(m, nodes[c].next, nodes[n].next);
    return c;
}

static bool is_of_operator(const struct tree_match *m, uint32_t n, uint16_t kind)
{
    if (form_at(m, n).role != FORM_OPERATOR) return false;
    uint32_t token = token_of(m, n);
    return token < m->syntax->nodes[n].next && m->syntax->nodes[token].kind == kind;
}

/* Puts the operands in order; left ones may be chains again, and so may right ones. False: too many. */
static bool operands_put(const struct tree_match *m, uint32_t n, uint16_t kind, uint32_t *operands,
                         uint32_t *count)
{
    const struct node *nodes = m->syntax->nodes;
    uint32_t waiting[OPERANDS_MAX], depth = 0;
    waiting[depth++] = n;
    while (depth) {
        uint32_t at = node_stripped(m, waiting[--depth]);
        if (!is_of_operator(m, at, kind)) {
            if (*count == OPERANDS_MAX) return false;
            operands[(*count)++] = at;
            continue;
        }
        uint32_t left = child_at(m, at + 1, nodes[at].next), right = left;
        for (uint32_t c = left; c < nodes[at].next; c = child_at(m, nodes[c].next, nodes[at].next)) right = c;
        if (depth + 2 > OPERANDS_MAX) return false;
        waiting[depth++] = right;
        waiting[depth++] = left;
    }
    return true;
}

static bool is_taken(const struct used *used, uint32_t n)
{
    for (; used; used = used->before)
        if (used->n == n) return true;
    return false;
}

/* A metavariable for `count` operands from `first`: one of them, or the text of all. */
static bool bind_operands(struct tree_match *m, const struct goal *goal, uint32_t count,
                          const struct goal *rest)
{
    const struct pattern_node *want = &m->pattern->nodes[goal->p];
    const struct node *nodes = m->syntax->nodes;
    uint32_t first = goal->operands[goal->n], last = goal->operands[goal->n + count - 1];
    if (count == 1) return match_node(m, goal->p, first, rest);
    if (want->op == PATTERN_ANY) return solve(m, rest);
    if (want->op != PATTERN_METAVAR || want->symbol) return false;
    struct binding binding = {.start = nodes[first].start, .end = nodes[last].end, .kind = BINDING_TEXT};
    return binding_take(m, want->slot, binding, rest);
}

/* In order: an ellipsis takes any number, a metavariable one or more. */
static bool operands_in_order(struct tree_match *m, const struct goal *goal)
{
    if (goal->p == goal->p_end) return goal->n == goal->n_end ? solve(m, goal->next) : false;
    const struct pattern_node *want = &m->pattern->nodes[goal->p];
    struct goal rest = *goal;
    bool takes_more = want->op == PATTERN_METAVAR || want->op == PATTERN_ANY;
    rest.p = want->next;
    if (want->op == PATTERN_ELLIPSIS) {
        for (; rest.n <= goal->n_end; rest.n++) {
            if (solve(m, &rest)) return true;
            if (!step_taken(m)) return true;
        }
        return false;
    }
    for (uint32_t count = 1; goal->n + count <= goal->n_end && (count == 1 || takes_more); count++) {
        rest.n = goal->n + count;
        if (bind_operands(m, goal, count, &rest)) return true;
        if (!step_taken(m)) return true;
    }
    return false;
}

/* In any order; what the pattern does not mention may be there too. */
static bool operands_in_any_order(struct tree_match *m, const struct goal *goal)
{
    struct goal rest = *goal;
    while (rest.p < rest.p_end && m->pattern->nodes[rest.p].op == PATTERN_ELLIPSIS)
        rest.p = m->pattern->nodes[rest.p].next;
    if (rest.p == rest.p_end) return solve(m, goal->next);
    uint32_t p = rest.p;
    const struct pattern_node *want = &m->pattern->nodes[p];
    bool is_free = (want->op == PATTERN_METAVAR && !want->symbol) || want->op == PATTERN_ANY;
    rest.p = want->next;
    for (uint32_t i = 0; i < goal->n_end; i++) {
        if (is_taken(goal->used, goal->operands[i])) continue;
        const struct used used = {goal->operands[i], goal->used};
        rest.used = &used;
        if (match_node(m, p, goal->operands[i], &rest)) return true;
        if (!step_taken(m)) return true;
        if (is_free && goal->n_end > OPERANDS_FREE_MAX) break;
    }
    return false;
}

bool match_operands(struct tree_match *m, const struct goal *goal)
{
    return goal->flags & PATTERN_IS_COMMUTATIVE ? operands_in_any_order(m, goal) : operands_in_order(m, goal);
}

bool match_operator(struct tree_match *m, uint32_t p, uint32_t n, const struct goal *next)
{
    const struct pattern_node *want = &m->pattern->nodes[p];
    uint32_t operands[OPERANDS_MAX], count = 0;
    uint16_t kind = (uint16_t)want->symbol;
    if (!is_of_operator(m, n, kind)) return false;
    bool is_listed = operands_put(m, n, kind, operands, &count);
    struct goal goal = {.kind = GOAL_OPERANDS,
                        .flags = want->flags,
                        .p = p + 1,
                        .p_end = want->next,
                        .n_end = count,
                        .operands = operands,
                        .next = next};
    bool is_boolean = !(form_of(m->forms, kind).flags & FORM_IS_COMMUTATIVE);
    if (is_boolean && (m->options & RULE_OPTION_COMMUTATIVE_BOOLEAN)) goal.flags |= PATTERN_IS_COMMUTATIVE;
    return is_listed ? solve(m, &goal) : false;
}

bool match_swapped(struct tree_match *m, uint32_t p, uint32_t n, const struct goal *next)
{
    const struct pattern_node *nodes = m->pattern->nodes;
    uint32_t end = m->syntax->nodes[n].next, token = token_of(m, n), left = child_at(m, n + 1, end);
    uint32_t want_token = nodes[p + 1].next,
             want_right = want_token < nodes[p].next ? nodes[want_token].next : 0;
    if (token >= end || !want_right || want_right >= nodes[p].next) return false;
    uint32_t right = child_at(m, m->syntax->nodes[token].next, end);
    bool is_symmetric = form_of(m->forms, m->syntax->nodes[token].kind).flags & FORM_IS_COMMUTATIVE;
    if (right >= end || !is_symmetric || nodes[want_token].kind != m->syntax->nodes[token].kind) return false;
    const struct goal other = {.kind = GOAL_NODE, .p = want_right, .n = left, .next = next};
    return match_node(m, p + 1, right, &other);
}
