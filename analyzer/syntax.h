/* syntax.h - the tree of one source, as a flat array in preorder.
 *
 * tree-sitter's tree is walked once, and never looked at again: every later pass scans this array. Children
 * of node i start at i + 1; the next sibling of a node is its `next`; the subtree of i is [i, next).
 *
 * What is in it: every named node, and those anonymous ones that carry meaning beyond their parent's kind
 * (operators, `async`, `static`, `not in` ...; see grammars/). Pure punctuation and comments' insides are
 * not. Comments are nodes, marked NODE_IS_EXTRA.
 *
 * The arena owns it. Immutable once made; any thread. */
#ifndef CORDON_ANALYZER_SYNTAX_H
#define CORDON_ANALYZER_SYNTAX_H

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/finding.h"
#include "analyzer/source.h"
#include "analyzer/symbol.h"

enum node_flag {
    NODE_IS_NAMED = 1,
    NODE_IS_EXTRA = 2, /* a comment or the like, which may stand anywhere */
    NODE_IS_ERROR = 4, /* ERROR or MISSING */
    NODE_IS_LEAF = 8,  /* has no child in this array */
};

struct node {
    uint32_t start, end; /* bytes of the source */
    uint32_t parent;     /* index; of the root: itself */
    uint32_t next;       /* index behind the subtree */
    uint32_t symbol; /* interned text of a leaf (see symbol.h), as the language reads it (Python identifiers
                        folded by NFKC, JavaScript's unicode escapes decoded); 0: not a leaf */
    uint16_t kind;   /* the grammar's symbol, ts_language_symbol_name() names it */
    uint8_t field;   /* the field's id in its parent; 0: none */
    uint8_t flags;   /* enum node_flag */
};

struct syntax {
    const struct source *source;
    const struct node *nodes; /* nodes[0] is the root */
    uint32_t count;           /* 0: nothing was parsed */
    struct symbol_table *symbols;
};

/* A parser and its scratch, kept from source to source. One thread at a time. */
struct syntax_parser;
struct syntax_parser *syntax_parser_new(void);
void syntax_parser_free(struct syntax_parser *parser);

/* Parses under `deadline_ms` (of this thread's processor time, from now: a busy machine refuses nothing) and
 * flattens. Guards that fail (too slow, too many nodes, too deep, ERROR or MISSING nodes) are added to
 * `findings`; the source is then refused, and what was parsed is still there to be printed (count 0 where
 * nothing was). Returns false only where cordon itself failed (memory). */
bool syntax_parse(struct syntax_parser *parser, struct arena *arena, const struct source *source,
                  uint32_t deadline_ms, struct syntax *syntax, struct finding_list *findings,
                  struct error *err);

/* The bytes of a node. */
static inline struct view node_text(const struct syntax *syntax, uint32_t index)
{
    const struct node *node = &syntax->nodes[index];
    return view_slice(syntax->source->bytes, node->start, node->end);
}

#endif
