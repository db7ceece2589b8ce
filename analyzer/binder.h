/* binder.h - the search for bindings under way: what binding.c and target.c share. Inside the analyzer only.
 */
#ifndef CORDON_ANALYZER_BINDER_H
#define CORDON_ANALYZER_BINDER_H

#include "analyzer/limits.h"
#include "analyzer/names.h"
#include "analyzer/scope.h"

enum { BINDER_DEPTH = LIMIT_TREE_DEPTH + 2 };

/* Instead of a scope: an assignment in JavaScript declares nothing, so each name is looked up. */
enum { SCOPE_ASSIGNED = UINT32_MAX - 1 };

/* One walk over the array: where it is. Two walks are made: the first opens the scopes and declares, so that
 * the second knows, at an assignment, a variable that is declared further down. */
struct binder {
    struct scope_table *table;
    bool is_declaring;
    uint32_t next_scope;             /* second walk: the scope that opens next */
    uint32_t open[BINDER_DEPTH];     /* scopes around the current node, innermost last */
    uint32_t branches[BINDER_DEPTH]; /* nodes around it that need not run exactly once, innermost last */
    uint32_t depth, branch_depth;
    uint32_t at, from; /* the node that binds, and from where its bindings hold */
};

/* What a binding gives its name. */
struct bound_value {
    uint32_t node;     /* NODE_NONE: unknown */
    uint32_t key;      /* symbol: this member of it */
    uint32_t imported; /* symbol */
    bool is_part;      /* the name gets some of it: what it denotes is known, what it is not */
};

static inline enum shape binder_shape(const struct binder *binder, uint32_t index)
{
    return shape_of(binder->table->shapes, binder->table->syntax->nodes[index].kind);
}

static inline uint32_t binder_child(const struct binder *binder, uint32_t index, enum field field)
{
    return node_child_by_field(binder->table->syntax, index, binder->table->shapes->fields[field]);
}

/* Binds a name in a scope; or the identifier that stands there. */
void name_bind(struct binder *binder, uint32_t scope, uint32_t symbol, struct bound_value value);
void name_bind_node(struct binder *binder, uint32_t scope, uint32_t node, struct bound_value value);

/* Binds every name in a target; each node of it is visited once. */
void target_bind(struct binder *binder, uint32_t target, uint32_t scope, struct bound_value value);

#endif
