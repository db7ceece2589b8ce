/* flatten.h - tree-sitter's tree as the flat array of syntax.h: one walk over the core's own subtrees.
 *
 * The core's cursor gives the same nodes for four times the price (tests/analyzer/flatten_test.c compares the
 * two). The subtrees are read through the private headers of the very core that is compiled here, so that
 * they cannot differ from it. Inside the analyzer only; one thread. */
#ifndef CORDON_ANALYZER_FLATTEN_H
#define CORDON_ANALYZER_FLATTEN_H

#include <tree_sitter/api.h>

#include "analyzer/syntax.h"
#include "grammars/language.h"

/* What the walk must know of one grammar, by its symbols and productions. */
struct flat_grammar {
    uint32_t symbol_count; /* 0: not made yet */
    uint8_t *flags;        /* by symbol */
    uint16_t *kinds;       /* by symbol: the one that stands for it outside the core */
    uint8_t *fields;       /* by production, a row of `field_width`: the field of each child */
    uint32_t field_width;
};

/* False: no memory. */
bool flat_grammar_init(struct flat_grammar *grammar, const struct language *language);
void flat_grammar_clear(struct flat_grammar *grammar);

enum { FLAT_MISTAKES = 5 };

/* A node that the parser made up or could not place. */
struct flat_mistake {
    uint32_t start, end;
    uint16_t symbol; /* of what is missing */
    bool is_missing;
};

struct flattening {
    struct arena *arena;
    const struct source *source;
    const struct flat_grammar *grammar;

    /* what comes of it */
    struct node *nodes;
    uint32_t count;
    struct symbol_table *symbols;
    struct flat_mistake mistakes[FLAT_MISTAKES]; /* the first ones */
    uint32_t mistake_count;                      /* of all */
};

enum flatten_end { FLATTEN_DONE, FLATTEN_TOO_DEEP, FLATTEN_NO_MEMORY };
enum flatten_end flatten_tree(struct flattening *flat, const TSTree *tree);

#endif
