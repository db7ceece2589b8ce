/* taint_rule.h - what `mode: taint` adds to a rule: sources, sinks, sanitizers, propagators, labels.
 *
 * The rule set's arena owns it. Immutable after loading; any thread. */
#ifndef CORDON_ANALYZER_TAINT_RULE_H
#define CORDON_ANALYZER_TAINT_RULE_H

#include "analyzer/rule.h"

enum taint_part { TAINT_SOURCE, TAINT_SINK, TAINT_SANITIZER, TAINT_PROPAGATOR };

enum side_effect { SIDE_EFFECT_NO, SIDE_EFFECT_YES, SIDE_EFFECT_ONLY };

enum label_op { LABEL_PUSH, LABEL_NOT, LABEL_AND, LABEL_OR, LABEL_TRUE, LABEL_FALSE };

/* A `requires` expression: operations on a stack. Zero: it always holds. */
struct label_expression {
    const struct label_step {
        uint8_t op;    /* enum label_op */
        uint8_t label; /* LABEL_PUSH */
    } * steps;
    uint32_t count;
};

/* One item of pattern-sources and the like. */
struct taint_clause {
    enum taint_part part;
    struct rule_place place;
    struct formula *formula;
    enum side_effect side_effect;
    bool is_exact;           /* only the range itself, not what is in it */
    bool is_loose;           /* `exact: false`: of a sink, whatever is in it */
    bool is_control;         /* source: what runs afterwards is tainted */
    bool is_not_conflicting; /* sanitizer: ignored where a source or sink has the same range */
    uint8_t label;           /* source: of its taint; propagator: of what it passes on, if it is replaced */
    bool has_label;
    uint64_t replaced; /* propagator: the labels that its own one replaces; 0: all */
    struct label_expression requirement;
    struct view from, to; /* propagator: metavariables */
};

struct taint_rule {
    struct taint_clause *clauses;
    uint32_t clause_count;
    const struct view *labels; /* the first one is that of sources without a label */
    uint32_t label_count;
    bool unifies_metavariables;
    bool assumes_safe_functions, assumes_safe_indexes, assumes_safe_booleans, assumes_safe_numbers,
        assumes_safe_comparisons;
    bool is_by_assignment_only; /* taint_only_propagate_through_assignments */
};

/* Whether the expression holds where these labels (bits) are. */
bool label_expression_holds(const struct label_expression *expression, uint64_t labels);

#endif
