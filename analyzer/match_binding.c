/* What metavariables capture, and when two captures are the same. */
#include "analyzer/match_tree.h"

/* Two nodes of the source, by syntax. Preorder against preorder, without comments and parentheses. */
static bool node_equals(const struct tree_match *m, uint32_t a, uint32_t b)
{
    const struct node *nodes = m->syntax->nodes;
    uint32_t a_end = nodes[a].next, b_end = nodes[b].next;
    if (a == b) return true;
    while (true) {
        a = child_at(m, a, a_end);
        b = child_at(m, b, b_end);
        if (a < a_end) a = node_stripped(m, a);
        if (b < b_end) b = node_stripped(m, b);
        if (a >= a_end || b >= b_end) return a >= a_end && b >= b_end;
        if (*m->steps == 0) return false;
        --*m->steps;
        uint8_t role = form_at(m, a).role;
        if (role != form_at(m, b).role) return false;
        if (role == FORM_STRING && constant_at(m, a) && constant_at(m, a) == constant_at(m, b)) {
            a = nodes[a].next;
            b = nodes[b].next;
            continue;
        }
        if (role == FORM_PLAIN && nodes[a].kind != nodes[b].kind) return false;
        bool is_leaf = nodes[a].flags & NODE_IS_LEAF;
        if (is_leaf != !!(nodes[b].flags & NODE_IS_LEAF)) return false;
        if (is_leaf) {
            if (nodes[a].symbol != nodes[b].symbol) return false;
            uint32_t x = m->names->variable ? m->names->variable[a] : 0;
            uint32_t y = m->names->variable ? m->names->variable[b] : 0;
            if (x && y && x != y) return false;
        }
        a++;
        b++;
    }
}

/* `x` and `y` after `x = y`. */
static bool value_equals(const struct tree_match *m, uint32_t a, uint32_t b)
{
    for (uint32_t hops = 0, at = a; hops < SYMBOLIC_HOPS && (at = value_at(m, at)) != 0; hops++)
        if (node_equals(m, at, b)) return true;
    for (uint32_t hops = 0, at = b; hops < SYMBOLIC_HOPS && (at = value_at(m, at)) != 0; hops++)
        if (node_equals(m, a, at)) return true;
    return false;
}

static struct view binding_text(const struct tree_match *m, const struct binding *binding)
{
    return view_slice(m->syntax->source->bytes, binding->start, binding->end);
}

bool binding_equals(const struct tree_match *m, const struct binding *a, const struct binding *b)
{
    if (a->start == b->start && a->end == b->end) return true;
    if (a->value || b->value) { /* `system` by an import is the `system` of `os.system` */
        struct view left = a->value ? symbol_text(m->syntax->symbols, a->value) : binding_text(m, a);
        struct view right = b->value ? symbol_text(m->syntax->symbols, b->value) : binding_text(m, b);
        return view_equals(left, right);
    }
    if (a->kind == BINDING_NODE && b->kind == BINDING_NODE)
        return node_equals(m, a->node, b->node) || value_equals(m, a->node, b->node);
    if (a->kind == BINDING_SPAN && b->kind == BINDING_SPAN) {
        uint32_t x = child_at(m, a->node, a->last), y = child_at(m, b->node, b->last);
        while (x < a->last && y < b->last) {
            if (!node_equals(m, x, y)) return false;
            x = child_at(m, m->syntax->nodes[x].next, a->last);
            y = child_at(m, m->syntax->nodes[y].next, b->last);
        }
        return x >= a->last && y >= b->last;
    }
    return view_equals(binding_text(m, a), binding_text(m, b));
}

bool binding_take(struct tree_match *m, uint16_t slot, struct binding binding, const struct goal *next)
{
    struct binding *at = &m->bindings[slot];
    if (at->kind != BINDING_NONE) return binding_equals(m, at, &binding) ? solve(m, next) : false;
    *at = binding;
    bool stops = solve(m, next);
    *at = (struct binding){0};
    return stops;
}

bool bind_node(struct tree_match *m, uint16_t slot, uint32_t n, uint32_t value, const struct goal *next)
{
    const struct node *node = &m->syntax->nodes[n];
    return binding_take(m, slot, (struct binding){node->start, node->end, n, 0, value, BINDING_NODE}, next);
}

bool bind_span(struct tree_match *m, uint16_t slot, uint32_t n, uint32_t end, uint32_t parent_end,
               const struct goal *next)
{
    const struct node *nodes = m->syntax->nodes;
    struct binding binding = {.node = n, .last = end, .kind = BINDING_SPAN};
    uint32_t first = child_at(m, n, end), last = first;
    for (uint32_t c = first; c < end; c = child_at(m, nodes[c].next, end)) last = c;
    (void)parent_end;
    if (first < end) {
        binding.start = nodes[first].start;
        binding.end = nodes[last].end;
    } else { /* nothing: an empty place where it would stand */
        binding.start = binding.end = n > 0 ? nodes[n - 1].end : 0;
    }
    return binding_take(m, slot, binding, next);
}
