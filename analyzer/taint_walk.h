/* taint_walk.h - one function after the other as it would run, with what is tainted at each point. Between
 * taint.c, taint_mark.c, taint_target.c and taint_walk.c. */
#ifndef CORDON_ANALYZER_TAINT_WALK_H
#define CORDON_ANALYZER_TAINT_WALK_H

#include "analyzer/taint.h"
#include "analyzer/taint_state.h"
#include "grammars/flow.h"

enum { TAINT_CLASSES = 64 }; /* bits of a set of taints */

/* Where a clause holds. */
struct taint_match {
    const struct program_clause *clause;
    struct range range;
    uint8_t taint;     /* source: its bit; propagator with a label: the bit of that */
    uint64_t passed;   /* propagator: the taints of `from` as last seen */
    uint64_t reported; /* sink: for these taints it is a finding already */
    uint32_t to_node;  /* propagator; UINT32_MAX: none */
};

enum mark_kind { MARK_SOURCE, MARK_SINK, MARK_SANITIZER, MARK_FROM, MARK_TO };

/* That a node is what a match is about. */
struct taint_mark {
    uint32_t match;
    uint32_t next; /* of the same node; 0: none */
    uint8_t kind;  /* enum mark_kind */
    bool is_whole; /* the node is all of the range */
};

/* Where break and continue lead to. */
struct taint_jump {
    struct taint_state breaks, continues;
    bool takes_continue;
    struct taint_jump *outer;
};

struct taint_walk {
    struct evaluation *e;
    const struct program *program;
    const struct taint_rule *rule;
    const struct syntax *syntax;
    const struct shape_table *shapes;
    const uint8_t *flows;
    ARRAY_OF(struct taint_match) matches;
    ARRAY_OF(struct taint_mark) marks;      /* [0] is none */
    uint32_t *heads;                        /* by node, into marks */
    uint64_t label_taints[TAINT_CLASSES];   /* by label */
    uint32_t representative[TAINT_CLASSES]; /* by taint: a match of a source; UINT32_MAX: none */
    struct taint_memory memory;
    struct taint_state state;    /* where the walk stands */
    struct taint_state *handler; /* what a handler around may see; NULL: none */
    struct taint_jump *jump;     /* or NULL */
    unsigned depth;
    struct range_list *out;
};

/* ---- taint_walk.c ---- */

/* Runs node `n`. `is_base`: only a part of its value is asked for. The taints of its value. */
uint64_t walk_node(struct taint_walk *w, uint32_t n, bool is_base);
uint64_t walk_children(struct taint_walk *w, uint32_t n);

/* ---- taint_mark.c ---- */

/* What the clauses say of a value: sanitizers, sources, propagators, sinks. */
uint64_t mark_value(struct taint_walk *w, uint32_t n, uint64_t taints, bool is_base);
bool mark_is_sanitized(const struct taint_walk *w, uint32_t n);

/* ---- taint_target.c ---- */

/* The place that an expression names; 0: none. `is_weak`: it is one of several parts of this place. */
uint32_t target_place(struct taint_walk *w, uint32_t n, bool is_made, bool *is_weak);
/* A value is given to a target, of whatever form. */
void target_assign(struct taint_walk *w, uint32_t n, uint64_t taints);
/* left = right, both still to be run. The taints of the value. */
uint64_t target_assign_value(struct taint_walk *w, uint32_t left, uint32_t right);

/* ---- for all ---- */

static inline const struct node *walk_at(const struct taint_walk *w, uint32_t n)
{
    return &w->syntax->nodes[n];
}

static inline enum shape walk_shape(const struct taint_walk *w, uint32_t n)
{
    return shape_of(w->shapes, walk_at(w, n)->kind);
}

static inline enum flow walk_flow(const struct taint_walk *w, uint32_t n)
{
    uint16_t kind = walk_at(w, n)->kind;
    return kind < SHAPE_KINDS ? (enum flow)w->flows[kind] : FLOW_PLAIN;
}

static inline uint32_t walk_field(const struct taint_walk *w, uint32_t n, enum field field)
{
    return w->shapes->fields[field] ? node_child_by_field(w->syntax, n, w->shapes->fields[field]) : 0;
}

/* The first child from `c` on that is code; `end` where there is none. */
static inline uint32_t walk_child(const struct taint_walk *w, uint32_t c, uint32_t end)
{
    while (c < end && (!(walk_at(w, c)->flags & NODE_IS_NAMED) || (walk_at(w, c)->flags & NODE_IS_EXTRA)))
        c = walk_at(w, c)->next;
    return c;
}

#endif
