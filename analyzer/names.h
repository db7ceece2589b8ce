/* names.h - what a name means here: imports and their aliases, local constants, variables.
 *
 * A pure scan over the flat array; parallel arrays by node index, all symbols of the source's own table. The
 * answers are about what the text says, in the order of execution as far as one can read it without running.
 * What a name denotes is an over-estimate: where it may be one of several, the others are given as well. A
 * constant is an under-estimate: a name that may have one of two values there, or that is bound in a way not
 * understood, has none. The arena owns it. Immutable once made. */
#ifndef CORDON_ANALYZER_NAMES_H
#define CORDON_ANALYZER_NAMES_H

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/syntax.h"

enum constant_kind {
    CONSTANT_NONE,
    CONSTANT_TEXT,
    CONSTANT_BYTES,     /* Python's b"..." */
    CONSTANT_NUMBER,    /* as it is written */
    CONSTANT_WORD,      /* True, None, null ... */
    CONSTANT_SOME_TEXT, /* made of constants alone, but not known which text: no constant */
};

/* One more name that a node may denote. */
struct name_alternative {
    uint32_t symbol;
    uint32_t next; /* index into alternatives; 0: no more */
};

struct names {
    /* The full dotted name that an expression denotes, reached through imports and aliases ("subprocess.run"
     * for `sp.run` after `import subprocess as sp`; "child_process.exec" for `exec` after a destructuring
     * require; "eval" for a builtin that nothing shadows). Of several, the one that was bound last before
     * the use. 0: none. */
    const uint32_t *qualified;
    /* The other names that it may denote, where it was bound in a branch, a loop, or more than once around a
     * function that uses it: index into `alternatives`. 0: none. */
    const uint32_t *others;
    const struct name_alternative *alternatives;
    /* The constant that an expression evaluates to: string literals without their quotes and with their
     * escapes decoded, concatenations, f-strings and templates of known parts, numbers and words as written,
     * names assigned once, or surely given a value that nothing between changes. 0: none. */
    const uint32_t *constant;
    const uint8_t *constant_kind; /* enum constant_kind */
    /* The variable that an identifier refers to: equal numbers, same variable (scope and name). 0: none. */
    const uint32_t *variable;
    /* On an identifier: the node of the one value that its variable can have there. 0: none, or more. */
    const uint32_t *value;
    /* On an identifier with a `value`: it surely has that one, as a constant would be known to be. */
    const bool *has_sure_value;
    /* On an identifier: it stands where its variable is bound (by more than an import's own name). */
    const bool *is_target;
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
