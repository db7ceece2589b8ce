/* Operators of a pattern as lists of operands. */
#include "analyzer/pattern_lowering.h"
#include "analyzer/pattern_text.h"

enum { OPERANDS_MAX = 64 };

static uint32_t stripped(const struct lowering *l, uint32_t n)
{
    uint32_t first = 0;
    while ((lowering_form(l, n).flags & FORM_IS_TRANSPARENT) && lowering_child_count(l, n, &first) == 1)
        n = first;
    return n;
}

/* The operator's token; 0: none. */
static uint32_t token_of(const struct lowering *l, uint32_t n)
{
    uint32_t end = l->syntax->nodes[n].next;
    if (lowering_form(l, n).role != FORM_OPERATOR) return 0;
    for (uint32_t c = lowering_child(l, n + 1, end); c < end;
         c = lowering_child(l, l->syntax->nodes[c].next, end))
        if (!(l->syntax->nodes[c].flags & NODE_IS_NAMED)) return c;
    return 0;
}

static enum placeholder_kind placeholder_at(const struct lowering *l, uint32_t n)
{
    struct view name;
    if (!(l->syntax->nodes[n].flags & NODE_IS_LEAF)) return PLACEHOLDER_NONE;
    return pattern_text_placeholder(l->context->scratch, l->forms, node_text(l->syntax, n), &name);
}

/* The operands of a chain of one operator, in order. False: too many. */
static bool operands_list(const struct lowering *l, uint32_t n, uint16_t kind, uint32_t *operands,
                          uint32_t *count)
{
    uint32_t waiting[OPERANDS_MAX], depth = 0;
    waiting[depth++] = n;
    while (depth) {
        uint32_t at = stripped(l, waiting[--depth]), token = token_of(l, at);
        bool is_chain = token && l->syntax->nodes[token].kind == kind;
        if (!is_chain && *count == OPERANDS_MAX) return false;
        if (!is_chain) {
            operands[(*count)++] = at;
            continue;
        }
        if (depth + 2 > OPERANDS_MAX) return false;
        uint32_t end = l->syntax->nodes[at].next;
        waiting[depth++] = lowering_child(l, l->syntax->nodes[token].next, end);
        waiting[depth++] = lowering_child(l, at + 1, end);
    }
    return true;
}

bool lower_operator(struct lowering *l, uint32_t n, unsigned depth, bool *done)
{
    uint32_t operands[OPERANDS_MAX], count = 0, token = token_of(l, n);
    uint16_t kind = token ? l->syntax->nodes[token].kind : 0;
    uint16_t flags = form_of(l->forms, kind).flags;
    bool has_ellipsis = false, is_commutative = flags & FORM_IS_COMMUTATIVE;
    if (!token || !operands_list(l, n, kind, operands, &count)) return true;
    for (uint32_t i = 0; i < count; i++)
        has_ellipsis |= placeholder_at(l, operands[i]) == PLACEHOLDER_ELLIPSIS;
    bool is_list = (flags & FORM_IS_ASSOCIATIVE) && l->context->has_operand_lists;
    if (!is_list && !has_ellipsis) return true;
    uint32_t p = node_open(l, PATTERN_OPERATOR, n);
    if (p == UINT32_MAX) return false;
    l->out.items[p].symbol = kind;
    if (is_list && is_commutative) l->out.items[p].flags |= PATTERN_IS_COMMUTATIVE;
    /* what can stand for anything comes last, so that it takes what is left */
    for (int pass = 0; pass < 2; pass++) {
        for (uint32_t i = 0; i < count; i++) {
            bool is_free = placeholder_at(l, operands[i]) != PLACEHOLDER_NONE;
            bool is_last = is_list && is_commutative && is_free;
            if (is_last == (pass == 1) && !lower(l, operands[i], depth + 1)) return false;
        }
    }
    node_close(l, p);
    *done = true;
    return true;
}
