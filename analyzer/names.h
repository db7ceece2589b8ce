/* names.h - what a name means here: imports and their aliases, local constants, variables.
 *
 * A pure scan over the flat array; three parallel arrays by node index, all symbols of the source's own
 * table. The answers are about what the text says, in the order of execution as far as one can read it
 * without running: a name that is assigned twice, or deleted, or bound in a way not understood, is not
 * resolved to a constant. The arena owns it. Immutable once made. */
#ifndef CORDON_ANALYZER_NAMES_H
#define CORDON_ANALYZER_NAMES_H

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/syntax.h"

struct names {
    /* The full dotted name that an expression denotes, reached through imports and aliases ("subprocess.run"
     * for `sp.run` after `import subprocess as sp`; "child_process.exec" for `exec` after a destructuring
     * require; "eval" for a builtin that nothing shadows). Set on identifiers and on member accesses. 0:
     * none. */
    const uint32_t *qualified;
    /* The constant text that an expression evaluates to: string literals without their quotes and with their
     * escapes decoded, concatenations, f-strings and templates of known parts, names assigned once. 0: none.
     */
    const uint32_t *constant;
    /* The variable that an identifier refers to: equal numbers, same variable (scope and name). 0: none. */
    const uint32_t *variable;
};

/* A source on which this takes too many steps is refused by a guard finding (GUARD_BUDGET). Returns false
 * only where cordon itself failed. */
bool names_resolve(struct arena *arena, const struct syntax *syntax, struct names *names,
                   struct finding_list *findings, struct error *err);

/* One line per node that has an answer, for `cordon names`. */
bool names_print(struct arena *arena, const struct syntax *syntax, const struct names *names,
                 struct view *text, struct error *err);

/* The first child of a node that stands in this field, or 0 (the root is nobody's child). */
uint32_t node_child_by_field(const struct syntax *syntax, uint32_t index, uint16_t field);

#endif
