/* taint.h - a taint rule on one source: where what a source gave reaches a sink, within a function.
 *
 * taint.c finds the places of the rule's clauses and marks the nodes in them, taint_walk.c goes through the
 * code as it runs, taint_state.c knows what is tainted where the walk stands. */
#ifndef CORDON_ANALYZER_TAINT_H
#define CORDON_ANALYZER_TAINT_H

#include "analyzer/match_formula.h"

/* Whether the source has the texts without which no source or no sink can be there. */
bool taint_is_possible(struct evaluation *e, const struct program *program);

/* The ranges of sinks that tainted data reach, with the bindings of the sink and of its source. False where
 * the arena is exhausted or a budget ended (then e->is_undecided is set). */
bool taint_evaluate(struct evaluation *e, const struct program *program, const struct scope *scope,
                    struct range_list *out);

#endif
