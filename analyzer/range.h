/* range.h - where a formula holds: spans of the source with what the metavariables captured there. */
#ifndef CORDON_ANALYZER_RANGE_H
#define CORDON_ANALYZER_RANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/limits.h"

enum binding_kind {
    BINDING_NONE, /* unbound */
    BINDING_NODE, /* a node */
    BINDING_TEXT, /* bytes: the inside of a string, a group of a regex */
    BINDING_SPAN, /* siblings from `node` up to `last` (not included) */
};

struct binding {
    uint32_t start, end; /* bytes of the source */
    uint32_t node;
    uint32_t last;  /* BINDING_SPAN: index behind the last sibling */
    uint32_t value; /* the source's symbol of a name that stands for it (`os.$F` and `system()`); 0: none */
    uint8_t kind;   /* enum binding_kind */
};

struct range {
    uint32_t start, end;
    bool is_inside;                 /* from pattern-inside: a place for other ranges, not a result */
    bool is_regex;                  /* from a regex: negated, it excludes what it is in and what is in it */
    const struct binding *bindings; /* by slot */
    bool is_anywhere;               /* from anywhere: a place that every range is in */
};

struct range_list {
    struct range *items;
    uint32_t count, capacity;
};

#endif
