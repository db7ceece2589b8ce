/* match_query.c - queries over the flat array: a search with backtracking, as match_tree.c's. The recursion
 * is as deep as the query has nodes; siblings and repetitions are loops. A repetition takes as many as it
 * can, and fewer only where the rest then has no solution. */
#include "analyzer/match_formula.h"
#include "analyzer/query.h"
#include "base/array.h"

struct captured {
    uint16_t slot;
    uint32_t node;
};

/* One query on one source. */
struct query_run {
    struct evaluation *e;
    const struct query *query;
    const struct scope *scope;
    const struct node *nodes;
    struct range_list *out;
    ARRAY_OF(struct captured) captured;
    uint32_t root;  /* of the pattern, in the query */
    uint32_t start; /* the node where it starts */
    uint32_t solutions;
    uint32_t cursor;  /* where what was accepted ends */
    bool is_accepted; /* a repetition's element was found: what it captured stays */
};

/* What is left to do: the elements [q, q_end) against the siblings [c, end), then `next`. */
struct rest {
    uint32_t q, q_end, c, end;
    bool takes_cursor; /* from where what came before ended, instead of `c` */
    bool ends_list;    /* nothing may follow */
    bool accepts;      /* the end of a repetition's element */
    const struct rest *next;
};

/* Patterns around an element that say something of the node it takes: alternations. */
struct around {
    uint32_t q;
    const struct around *outer;
};

static bool element_match(struct query_run *r, uint32_t q, const struct around *around, struct rest at,
                          bool is_next, const struct rest *rest);

static bool step(struct query_run *r)
{
    if (r->e->steps > 0) {
        r->e->steps--;
        return true;
    }
    r->e->is_undecided = true;
    return false;
}

/* ---- predicates and solutions ---- */

static bool text_holds(struct query_run *r, const struct query_predicate *predicate, struct view text,
                       struct view other)
{
    if (predicate->test == QUERY_EQUALS) return view_equals(text, other);
    if (predicate->test == QUERY_MATCHES) {
        enum regex_answer answer = regex_run(predicate->regex, r->e->m.scratch, text, 0);
        if (answer == REGEX_LIMIT) r->e->is_undecided = true;
        return answer == REGEX_YES;
    }
    for (uint32_t i = 0; i < predicate->text_count; i++)
        if (view_equals(text, predicate->texts[i])) return true;
    return false;
}

static bool predicate_holds(struct query_run *r, const struct query_predicate *predicate)
{
    const struct syntax *syntax = r->e->m.syntax;
    struct view other = predicate->text_count ? predicate->texts[0] : (struct view){0};
    bool is_any = false, is_all = true, has_other = predicate->other == UINT16_MAX;
    for (uint32_t i = 0; i < r->captured.count && !has_other; i++) {
        if (r->captured.items[i].slot != predicate->other) continue;
        other = node_text(syntax, r->captured.items[i].node);
        has_other = true;
    }
    for (uint32_t i = 0; i < r->captured.count; i++) {
        if (r->captured.items[i].slot != predicate->capture) continue;
        struct view text = node_text(syntax, r->captured.items[i].node);
        bool holds = has_other && text_holds(r, predicate, text, other) != predicate->is_negated;
        is_any |= holds;
        is_all &= holds;
    }
    return predicate->is_any ? is_any : is_all;
}

/* One node is captured as itself, several are the text from the first to the last. */
static bool bindings_fill(struct query_run *r, struct binding *bindings)
{
    struct evaluation *e = r->e;
    memcpy(bindings, r->scope->bindings, e->m.slot_count * sizeof *bindings);
    for (uint16_t slot = 0; slot < e->m.slot_count; slot++) {
        struct binding binding = {0};
        uint32_t count = 0;
        for (uint32_t i = 0; i < r->captured.count; i++) {
            const struct captured *item = &r->captured.items[i];
            const struct node *node = &r->nodes[item->node];
            if (item->slot != slot) continue;
            if (count++ == 0)
                binding = (struct binding){node->start, node->end, item->node, 0, 0, BINDING_NODE};
            if (node->start < binding.start) binding.start = node->start;
            if (node->end > binding.end) binding.end = node->end;
        }
        if (count == 0) continue;
        if (count > 1)
            binding = (struct binding){.start = binding.start, .end = binding.end, .kind = BINDING_TEXT};
        if (bindings[slot].kind != BINDING_NONE && !binding_equals(&e->m, &bindings[slot], &binding))
            return false;
        bindings[slot] = binding;
    }
    return true;
}

/* True: the search stops. */
static bool solution_add(struct query_run *r, uint32_t cursor)
{
    struct evaluation *e = r->e;
    for (uint32_t i = 0; i < r->query->predicate_count; i++) {
        if (r->query->predicates[i].root == r->root && !predicate_holds(r, &r->query->predicates[i]))
            return e->is_undecided;
    }
    struct binding *bindings = ARENA_NEW_ARRAY(e->m.arena, struct binding, e->m.slot_count + 1);
    if (!bindings) e->is_undecided = true;
    if (!bindings || !bindings_fill(r, bindings)) return e->is_undecided;
    uint32_t last = r->start; /* of the siblings that a group took */
    while (r->nodes[last].next < cursor) last = r->nodes[last].next;
    r->solutions++;
    struct range range = {r->nodes[r->start].start, r->nodes[last].end, false, false, bindings, false};
    return !range_push(e, r->out, range);
}

/* ---- the search; each returns true to stop ---- */

static bool list_match(struct query_run *r, const struct rest *at, uint32_t c, bool is_next);

static bool resume(struct query_run *r, const struct rest *rest, uint32_t cursor)
{
    if (!rest) return solution_add(r, cursor);
    if (!rest->accepts) return list_match(r, rest, rest->takes_cursor ? cursor : rest->c, false);
    r->is_accepted = true;
    r->cursor = cursor;
    return true;
}

static bool captures_push(struct query_run *r, uint32_t q, uint32_t n)
{
    const struct query_node *node = &r->query->nodes[q];
    for (unsigned i = 0; i < QUERY_CAPTURES_MAX && node->captures[i] != UINT16_MAX; i++)
        if (!ARRAY_PUSH(r->e->m.arena, &r->captured, ((struct captured){node->captures[i], n}))) {
            r->e->is_undecided = true;
            return false;
        }
    return true;
}

/* Whether an extra (a comment) may be what is asked for: only where it is named. */
static bool is_candidate(const struct query_run *r, const struct query_node *want, uint32_t n)
{
    const struct node *node = &r->nodes[n];
    bool is_asked = want->kinds && node->kind < r->query->kind_count && want->kinds[node->kind];
    return is_asked || !(node->flags & NODE_IS_EXTRA);
}

static bool has_field(const struct query_run *r, uint32_t n, uint8_t field)
{
    for (uint32_t c = n + 1; c < r->nodes[n].next; c = r->nodes[c].next)
        if (r->nodes[c].field == field) return true;
    return false;
}

static bool node_fits(const struct query_run *r, const struct query_node *want, uint8_t field, uint32_t n)
{
    const struct node *node = &r->nodes[n];
    if (field && node->field != field) return false;
    if (want->kinds ? node->kind >= r->query->kind_count || !want->kinds[node->kind]
                    : !want->is_any && !(node->flags & NODE_IS_NAMED))
        return false;
    for (unsigned i = 0; i < QUERY_ABSENT_MAX && want->absent[i]; i++)
        if (has_field(r, n, want->absent[i])) return false;
    return is_candidate(r, want, n);
}

/* A node of this kind among the siblings: each of them, or the next one only. */
static bool node_match(struct query_run *r, uint32_t q, const struct around *around, struct rest at,
                       bool is_next, uint8_t field, const struct rest *rest)
{
    const struct query_node *want = &r->query->nodes[q];
    for (uint32_t c = at.c; c < at.end; c = r->nodes[c].next) {
        if (!step(r)) return true;
        bool is_passed = !is_candidate(r, want, c) ||
                         (!want->is_any && !want->is_token && !(r->nodes[c].flags & NODE_IS_NAMED));
        if (is_passed) continue; /* anchors look over comments and tokens */
        uint32_t captured = r->captured.count;
        bool stops = false;
        if (node_fits(r, want, field, c)) {
            bool has_memory = captures_push(r, q, c);
            for (const struct around *a = around; a && has_memory; a = a->outer)
                has_memory = captures_push(r, a->q, c);
            const struct rest behind = {.c = r->nodes[c].next, .end = r->nodes[c].next, .next = rest};
            const struct rest children = {.q = q + 1,
                                          .q_end = want->next,
                                          .c = c + 1,
                                          .end = r->nodes[c].next,
                                          .ends_list = want->ends_list,
                                          .next = &behind};
            stops = !has_memory || list_match(r, &children, c + 1, false);
        }
        if (!r->is_accepted) r->captured.count = captured;
        if (stops) return true;
        if (is_next) return false;
    }
    return false;
}

static bool element_match(struct query_run *r, uint32_t q, const struct around *around, struct rest at,
                          bool is_next, const struct rest *rest)
{
    const struct query_node *want = &r->query->nodes[q];
    uint8_t field = want->field;
    for (const struct around *a = around; a && !field; a = a->outer) field = r->query->nodes[a->q].field;
    if (want->op == QUERY_NODE) return node_match(r, q, around, at, is_next, field, rest);
    if (want->op == QUERY_GROUP) {
        const struct rest group = {.q = q + 1,
                                   .q_end = want->next,
                                   .c = at.c,
                                   .end = at.end,
                                   .ends_list = want->ends_list,
                                   .next = rest};
        return list_match(r, &group, at.c, is_next);
    }
    const struct around own = {q, around};
    for (uint32_t branch = q + 1; branch < want->next; branch = r->query->nodes[branch].next)
        if (element_match(r, branch, &own, at, is_next, rest)) return true;
    return false;
}

/* What a repetition has taken so far. */
struct repeat_end {
    uint32_t cursor, captured;
};

/* As many as there are; fewer where the rest has no solution then. */
static bool repeat_match(struct query_run *r, uint32_t q, const struct rest *at, uint32_t c, bool is_next,
                         const struct rest *rest)
{
    const struct query_node *want = &r->query->nodes[q];
    const struct rest accept = {.accepts = true};
    ARRAY_OF(struct repeat_end) ends = {0};
    uint32_t least = want->quantifier == QUERY_PLUS, captured = r->captured.count, before = r->solutions;
    struct rest siblings = *at;
    siblings.c = c;
    while (true) {
        const struct repeat_end end = {siblings.c, r->captured.count};
        if (!ARRAY_PUSH(r->e->m.arena, &ends, end)) {
            r->e->is_undecided = true;
            return true;
        }
        bool is_over = want->quantifier == QUERY_OPTIONAL && ends.count > 1;
        r->is_accepted = false;
        if (is_over || !element_match(r, q, NULL, siblings, is_next, &accept) || r->e->is_undecided) break;
        if (!r->is_accepted || r->cursor <= siblings.c) break;
        siblings.c = r->cursor;
    }
    r->is_accepted = false;
    for (uint32_t k = ends.count; k-- > least && !r->e->is_undecided;) {
        r->captured.count = ends.items[k].captured;
        if (resume(r, rest, ends.items[k].cursor)) return true;
        if (r->solutions != before) break;
    }
    r->captured.count = captured;
    return r->e->is_undecided;
}

static bool has_named(const struct query_run *r, uint32_t c, uint32_t end)
{
    for (; c < end; c = r->nodes[c].next)
        if ((r->nodes[c].flags & NODE_IS_NAMED) && !(r->nodes[c].flags & NODE_IS_EXTRA)) return true;
    return false;
}

/* The elements of `at` against the siblings from `c` on. `is_next`: the first is anchored from outside. */
static bool list_match(struct query_run *r, const struct rest *at, uint32_t c, bool is_next)
{
    if (!step(r)) return true;
    if (at->q == at->q_end) {
        if (at->ends_list && has_named(r, c, at->end)) return false;
        return resume(r, at->next, c);
    }
    const struct query_node *want = &r->query->nodes[at->q];
    struct rest rest = *at;
    rest.q = want->next;
    rest.takes_cursor = true;
    struct rest siblings = *at;
    siblings.c = c;
    is_next |= want->is_next;
    if (want->quantifier == QUERY_ONE) return element_match(r, at->q, NULL, siblings, is_next, &rest);
    if (want->quantifier != QUERY_OPTIONAL) return repeat_match(r, at->q, at, c, is_next, &rest);
    uint32_t before = r->solutions; /* each way to have it, or else none */
    if (element_match(r, at->q, NULL, siblings, is_next, &rest)) return true;
    return r->solutions == before ? resume(r, &rest, c) : false;
}

bool query_evaluate(struct evaluation *e, const struct program_formula *formula, const struct scope *scope,
                    struct range_list *out)
{
    const struct query *query = formula->queries[e->language];
    struct query_run r = {.e = e, .query = query, .scope = scope, .nodes = e->m.syntax->nodes, .out = out};
    for (uint32_t q = 0; query && q < query->count; q = query->nodes[q].next) {
        const struct query_node *root = &query->nodes[q];
        r.root = q;
        for (uint32_t n = 0; n < e->m.syntax->count && !e->is_undecided; n++) {
            const struct node *node = &r.nodes[n];
            if (node->start < scope->start || node->end > scope->end) continue;
            if (root->op == QUERY_NODE && !node_fits(&r, root, 0, n)) continue;
            r.start = n;
            r.captured.count = 0;
            uint32_t parent = node->parent;
            const struct rest at = {
                .c = n, .end = root->op == QUERY_NODE || n == 0 ? node->next : r.nodes[parent].next};
            if (!step(&r)) break;
            element_match(&r, q, NULL, at, true, NULL);
            r.is_accepted = false;
        }
    }
    ranges_sort(e, out);
    return !e->is_undecided;
}
