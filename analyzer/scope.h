/* scope.h - the scopes of a source and the variables bound in them: the first half of name resolution.
 * Inside the analyzer only. The arena owns it; one thread. */
#ifndef CORDON_ANALYZER_SCOPE_H
#define CORDON_ANALYZER_SCOPE_H

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/syntax.h"
#include "grammars/shape.h"

enum { SCOPE_NONE = UINT32_MAX, NODE_NONE = UINT32_MAX };

struct scope {
    uint32_t parent; /* SCOPE_NONE: the module's */
    uint32_t node;
    bool is_block; /* holds only what is declared by let, const, class or catch */
    bool is_class; /* not seen from the functions inside it */
};

struct variable {
    uint32_t scope, symbol;
    uint32_t binding_count; /* how often it is bound; a binding of unknown value counts twice */
    uint32_t value;         /* node of the value last bound in the text; NODE_NONE: unknown */
    uint32_t key;       /* symbol: the value is this member of `value` (destructuring); 0: the value itself */
    uint32_t imported;  /* symbol of the dotted name that an import binds; 0: not by an import */
    uint32_t qualified; /* what the name denotes so far in the text; filled while resolving */
    uint32_t constant;
};

struct scope_table {
    struct arena *arena;
    const struct syntax *syntax;
    const struct shape_table *shapes;
    bool has_declarations; /* variables are declared (JavaScript); otherwise assignment binds (Python) */
    struct {
        struct scope *items;
        uint32_t count, capacity;
    } scopes; /* in preorder of their nodes */
    struct {
        struct variable *items;
        uint32_t count, capacity;
    } variables; /* variables.items[0] is none */
    uint32_t *slots;
    uint32_t slot_count;
    uint32_t steps;
    bool is_over_budget, is_exhausted;
};

/* Finds every scope and every binding. False: the arena is exhausted. */
bool scope_table_init(struct scope_table *table, struct arena *arena, const struct syntax *syntax);

/* The variable that a name in this scope means, or 0. */
uint32_t scope_lookup(struct scope_table *table, uint32_t scope, uint32_t symbol);

/* Binds a dotted name made of these two parts ("a" "b": "a.b"; an empty first part: the second alone).
 * Returns its symbol, 0 where it would be too long. */
uint32_t dotted_intern(struct scope_table *table, struct view left, struct view right);

/* A module as rules name it: without quotes, "node:" and a trailing ".js". */
struct view module_normalize(struct view name);

/* Whether this node opens a scope. */
bool shape_is_scope(enum shape shape);

#endif
