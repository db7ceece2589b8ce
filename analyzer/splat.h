/* splat.h - a correction of the tree: inside the analyzer only. */
#ifndef CORDON_ANALYZER_SPLAT_H
#define CORDON_ANALYZER_SPLAT_H

#include "analyzer/syntax.h"
#include "grammars/shape.h"

/* Python's `[*f(x)]` splats what f(x) returns, but the grammar reads it as a call of `*f`, which would hide
 * the call from every rule. Turns each such chain (calls, members, elements of a splat) inside out, in place.
 */
void splat_lift(struct node *nodes, uint32_t count, const struct shape_table *shapes);

#endif
