/* pattern_lowering.h - the lowering of one pattern under way: what pattern_lower.c and pattern_lower_string.c
 * share. Inside the analyzer only. */
#ifndef CORDON_ANALYZER_PATTERN_LOWERING_H
#define CORDON_ANALYZER_PATTERN_LOWERING_H

#include "analyzer/names.h"
#include "analyzer/pattern.h"
#include "base/array.h"

struct lowering {
    struct pattern_context *context;
    const struct form_table *forms;
    const struct syntax *syntax;
    struct names names;
    ARRAY_OF(struct pattern_node) out;
    bool has_metavars;
    struct error *err;
};

/* Adds node `n`'s operations. False with an error. */
bool lower(struct lowering *l, uint32_t n, unsigned depth);
/* A literal: any text, this text, a text that a regex matches, a text that is captured, or parts. */
bool lower_string(struct lowering *l, uint32_t n, unsigned depth);
/* An associative operator, or one that has an ellipsis among its operands, as a list; `*done`: it was one. */
bool lower_operator(struct lowering *l, uint32_t n, unsigned depth, bool *done);
/* A placeholder word to its operation; `*done` says whether it was one. */
bool lower_placeholder(struct lowering *l, uint32_t n, struct view text, bool *done);

/* First child at or behind `c` that counts; `end` where there is none. */
uint32_t lowering_child(const struct lowering *l, uint32_t c, uint32_t end);
/* How many children count, and the first of them. */
uint32_t lowering_child_count(const struct lowering *l, uint32_t n, uint32_t *first);

/* Adds a node; its `next` is set by node_close(). UINT32_MAX with an error. */
uint32_t node_open(struct lowering *l, enum pattern_op op, uint32_t n);
void node_close(struct lowering *l, uint32_t p);

/* The rule set's symbol of a text that need not live on. */
uint32_t lowering_intern(struct lowering *l, struct view text);

static inline struct form lowering_form(const struct lowering *l, uint32_t n)
{
    return form_of(l->forms, l->syntax->nodes[n].kind);
}

#endif
