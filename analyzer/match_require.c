/* An import in the pattern where the source requires the module: what is imported by name is there by
 * destructuring, and an import of nothing is any variable that the module is given to. */
#include "analyzer/match_tree.h"

enum { REQUIRED_NAMES_MAX = 32 };

static uint32_t last_child(const struct tree_match *m, uint32_t n)
{
    const struct node *nodes = m->syntax->nodes;
    uint32_t end = nodes[n].next, last = end;
    for (uint32_t c = child_at(m, n + 1, end); c < end; c = child_at(m, nodes[c].next, end)) last = c;
    return last;
}

/* The module that is required by `left = require(module)`; 0: it is no such thing. */
static uint32_t module_required(const struct tree_match *m, uint32_t assignment)
{
    const struct node *nodes = m->syntax->nodes;
    uint32_t call = last_child(m, assignment);
    if (call >= nodes[assignment].next || form_at(m, call).role != FORM_CALL) return 0;
    uint32_t callee = child_at(m, call + 1, nodes[call].next), arguments = last_child(m, call);
    bool is_require =
        form_at(m, callee).role == FORM_NAME && view_equals_cstr(node_text(m->syntax, callee), "require");
    if (!is_require || form_at(m, arguments).role != FORM_ARGUMENTS) return 0;
    uint32_t module = arguments + 1;
    while (module < nodes[arguments].next && !(nodes[module].flags & NODE_IS_NAMED)) module++;
    return module < nodes[arguments].next && form_at(m, module).role == FORM_STRING ? module : 0;
}

bool match_specifier(struct tree_match *m, uint32_t p, uint32_t n, const struct goal *next)
{
    const struct pattern_node *pattern = m->pattern->nodes;
    uint32_t end = m->syntax->nodes[n].next, name = p + 1;
    if (name >= pattern[p].next) return false;
    uint32_t alias = pattern[name].next;
    if (form_at(m, n).flags & FORM_IS_SHORTHAND)
        return alias == pattern[p].next && match_node(m, name, n, next);
    uint32_t key = child_at(m, n + 1, end);
    if (form_at(m, n).role != FORM_PAIR || alias >= pattern[p].next || key >= end) return false;
    const struct goal variable = {.kind = GOAL_NODE, .p = alias, .n = last_child(m, n), .next = next};
    return match_node(m, name, key, &variable);
}

/* One variable of a declaration. `names`: the pattern's list of imported names; 0: it has none. */
static bool match_one(struct tree_match *m, uint32_t names, uint32_t source, uint32_t n,
                      const struct goal *next)
{
    const struct node *nodes = m->syntax->nodes;
    const struct pattern_node *pattern = m->pattern->nodes;
    uint32_t left = child_at(m, n + 1, nodes[n].next), module = module_required(m, n), count = 0;
    if (!module || (names && form_at(m, left).role != FORM_SET)) return false;
    struct goal goals[REQUIRED_NAMES_MAX];
    for (uint32_t s = names ? names + 1 : 0; s && s < pattern[names].next; s = pattern[s].next) {
        if (pattern[s].op == PATTERN_ELLIPSIS) continue;
        if (count == REQUIRED_NAMES_MAX) return false;
        goals[count] = (struct goal){.kind = GOAL_SET,
                                     .flags = PATTERN_MAY_HAVE_MORE,
                                     .parent_kind = nodes[left].kind,
                                     .p = s,
                                     .p_end = pattern[s].next,
                                     .n = left + 1,
                                     .n_end = nodes[left].next,
                                     .next = count ? &goals[count - 1] : next};
        count++;
    }
    return match_node(m, source, module, count ? &goals[count - 1] : next);
}

bool match_required(struct tree_match *m, uint32_t p, uint32_t n, const struct goal *next)
{
    const struct pattern_node *pattern = m->pattern->nodes;
    uint32_t clause = p + 1, end = pattern[p].next, names = 0;
    if (clause >= end) return false;
    uint32_t source = pattern[clause].next < end ? pattern[clause].next : clause;
    if (pattern[source].next != end) return false;
    if (source != clause) { /* names in braces, and nothing but them: others are not what `require` gives */
        bool is_clause = pattern[clause].op == PATTERN_SET && clause + 1 < source;
        names = is_clause ? clause + 1 : clause;
        if (pattern[names].op != PATTERN_SET || pattern[names].next != source) return false;
    }
    const struct node *nodes = m->syntax->nodes;
    for (uint32_t c = child_at(m, n + 1, nodes[n].next); c < nodes[n].next;
         c = child_at(m, nodes[c].next, nodes[n].next))
        if (form_at(m, c).role == FORM_ASSIGN && match_one(m, names, source, c, next)) return true;
    return false;
}
