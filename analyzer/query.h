/* query.h - a tree-sitter query as an operator of a rule: its text, compiled for one language to a flat tree,
 * and run over the flat array of a source.
 *
 * The syntax is tree-sitter's: (kind field: (kind) !field) "token" _ (_) [a b] (a . b) a? a* a+ @capture, and
 * the predicates #eq? #match? #any-of? with their not- and any- forms. A capture @name is the metavariable
 * $NAME. Not the core's engine, which is quadratic on hostile trees and drops matches at a limit: this one
 * takes every step from the rule's budget. A compiled query is immutable; any thread. */
#ifndef CORDON_ANALYZER_QUERY_H
#define CORDON_ANALYZER_QUERY_H

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/pattern.h"

enum query_op {
    QUERY_NODE,        /* a node of one of `kinds`; NULL: of any kind, but a token only where `is_any` */
    QUERY_GROUP,       /* siblings in order */
    QUERY_ALTERNATION, /* one of the children */
};

enum query_quantifier { QUERY_ONE, QUERY_OPTIONAL, QUERY_STAR, QUERY_PLUS };

enum { QUERY_CAPTURES_MAX = 4, QUERY_ABSENT_MAX = 4 };

struct query_node {
    uint8_t op;         /* enum query_op */
    uint8_t quantifier; /* enum query_quantifier */
    uint8_t field;      /* 0: in any */
    bool is_any;
    bool is_token;                         /* an anonymous one */
    bool is_next;                          /* an anchor before it: right behind its sibling, or the first */
    bool ends_list;                        /* an anchor behind its last child */
    uint8_t absent[QUERY_ABSENT_MAX];      /* fields that it must not have; 0: no more */
    uint16_t captures[QUERY_CAPTURES_MAX]; /* slots; UINT16_MAX: no more */
    const bool *kinds;                     /* by the grammar's symbol */
    uint32_t next;                         /* behind its subtree */
};

enum query_test { QUERY_EQUALS, QUERY_MATCHES, QUERY_IS_ANY_OF };

struct query_predicate {
    enum query_test test;
    bool is_negated;
    bool is_any;               /* one of the nodes of the capture is enough, instead of all */
    uint16_t capture;          /* slot */
    uint16_t other;            /* QUERY_EQUALS: with this capture; UINT16_MAX: with texts[0] */
    const struct regex *regex; /* QUERY_MATCHES */
    const struct view *texts;
    uint32_t text_count;
    uint32_t root; /* of the pattern that it is about */
};

struct query {
    const struct query_node *nodes; /* patterns one behind the other: any of them */
    uint32_t count;
    const struct query_predicate *predicates;
    uint32_t predicate_count;
    uint32_t kind_count;
};

/* NULL with an error (without a place): a syntax error, an unknown kind, field or predicate with the nearest
 * known one. `*at` is the byte of the text that it is about. */
const struct query *query_compile(struct pattern_context *context, const struct language *language,
                                  struct view text, size_t *at, struct error *err);

#endif
