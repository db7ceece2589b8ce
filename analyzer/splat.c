#include "analyzer/splat.h"

/* Whether a node stands at the front of its parent and the grammar may have put a splat below it. */
static bool is_link(const struct node *nodes, uint32_t at, const struct shape_table *shapes)
{
    enum shape shape = shape_of(shapes, nodes[at].kind);
    return shape == SHAPE_CALL || shape == SHAPE_MEMBER || shape == SHAPE_SUBSCRIPT;
}

static void nodes_reverse(struct node *nodes, uint32_t start, uint32_t end)
{
    for (; start + 1 < end; start++, end--) {
        struct node other = nodes[start];
        nodes[start] = nodes[end - 1];
        nodes[end - 1] = other;
    }
}

/* Before: the links [first, splat), the splat, its star (and comments), its operand. Afterwards: the splat,
 * its star, the links, the operand. */
static void chain_lift(struct node *nodes, uint32_t first, uint32_t splat, uint32_t operand)
{
    uint32_t links = splat - first, moved = operand - splat, end = nodes[first].next;
    uint32_t outer = nodes[first].parent, last_end = nodes[first].end;
    uint8_t outer_field = nodes[first].field, inner_field = nodes[splat].field;
    for (uint32_t at = operand; at < end; at++) {
        if (nodes[at].parent == splat)
            nodes[at].parent = operand - 1; /* the innermost link's new place */
        else if (nodes[at].parent >= first && nodes[at].parent < splat)
            nodes[at].parent += moved;
    }
    for (uint32_t at = first; at < splat; at++) {
        nodes[at].parent += moved;
        nodes[at].start = nodes[operand].start;
    }
    for (uint32_t at = splat; at < operand; at++) {
        nodes[at].parent = first;
        nodes[at].next -= links;
    }
    nodes[operand].field = inner_field;
    nodes_reverse(nodes, first, splat);
    nodes_reverse(nodes, splat, operand);
    nodes_reverse(nodes, first, operand);
    nodes[first].parent = outer;
    nodes[first].next = end;
    nodes[first].end = last_end;
    nodes[first].field = outer_field;
    nodes[first + moved].parent = first;
    nodes[first + moved].field = 0;
}

void splat_lift(struct node *nodes, uint32_t count, const struct shape_table *shapes)
{
    for (uint32_t splat = 1; splat + 2 < count; splat++) {
        if (shape_of(shapes, nodes[splat].kind) != SHAPE_SPLAT) continue;
        uint32_t first = splat, operand = splat + 1;
        while (first > 1 && nodes[first].parent == first - 1 && is_link(nodes, first - 1, shapes)) first--;
        bool has_star = nodes[operand].parent == splat && !(nodes[operand].flags & NODE_IS_NAMED);
        if (first == splat || !has_star) continue;
        do operand++;
        while (operand < nodes[splat].next && (nodes[operand].flags & NODE_IS_EXTRA));
        if (operand < nodes[splat].next) chain_lift(nodes, first, splat, operand);
    }
}
