#include "analyzer/decorator.h"

/* Moves the node at `from`, and not what is below it, to the front of its elder siblings [first, from); they
 * become its children, or stay beside it. */
static void node_front(struct node *nodes, uint32_t first, uint32_t from, bool adopts)
{
    struct node moved = nodes[from];
    for (uint32_t at = from; at > first; at--) {
        nodes[at] = nodes[at - 1];
        nodes[at].next++;
        if (nodes[at].parent >= first)
            nodes[at].parent++;
        else if (adopts)
            nodes[at].parent = first;
    }
    for (uint32_t child = from + 1; child < moved.next; child = nodes[child].next)
        nodes[child].parent = first;
    nodes[first] = moved;
    if (!adopts) {
        nodes[first].next = first + 1;
        return;
    }
    nodes[first].start = nodes[first + 1].start;
    nodes[first].flags &= (uint8_t)~NODE_IS_LEAF;
}

/* What decorators in a class body or an export may stand before. */
static bool is_decorated(enum shape shape)
{
    return shape == SHAPE_METHOD || shape == SHAPE_CLASS || shape == SHAPE_CLASS_EXPRESSION;
}

/* Each child is looked at once, so that a body of nothing but decorators is no trap. */
static void children_adopt(struct node *nodes, uint32_t parent, const struct shape_table *shapes)
{
    uint32_t first = 0; /* of the decorators that nothing stands behind yet; 0: none */
    for (uint32_t at = parent + 1; at < nodes[parent].next; at = nodes[at].next) {
        enum shape shape = shape_of(shapes, nodes[at].kind);
        bool is_token = !(nodes[at].flags & NODE_IS_NAMED); /* `default` */
        if (shape == SHAPE_DECORATOR && !first) first = at;
        if (!first || shape == SHAPE_DECORATOR || (nodes[at].flags & NODE_IS_EXTRA)) continue;
        if (is_token) {
            node_front(nodes, first++, at, false);
            continue; /* what is at `at` now ends where the token ended */
        }
        if (is_decorated(shape)) {
            node_front(nodes, first, at, true);
            at = first;
        }
        first = 0;
    }
}

void decorators_adopt(struct node *nodes, uint32_t count, const struct shape_table *shapes)
{
    for (uint32_t at = 1; at < count; at++) {
        enum shape shape = shape_of(shapes, nodes[at].kind);
        if (shape == SHAPE_CLASS_BODY || shape == SHAPE_EXPORT) children_adopt(nodes, at, shapes);
    }
}
