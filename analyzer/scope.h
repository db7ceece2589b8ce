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
    uint32_t function; /* the scope of the function, class or module that it is a block of; or itself */
    uint32_t body; /* Python: of a function or class, where it begins; what stands before belongs to the scope
                      around */
    uint32_t loop_end; /* while resolving: the end of the outermost loop of this function around the walk */
    bool is_block;     /* holds only what is declared by let, const, class or catch */
    bool is_class;     /* not seen from the functions inside it */
};

/* One place where a name gets a value. */
struct binding {
    uint32_t next;     /* the variable's next one in the text; 0: none */
    uint32_t from;     /* node index from which it holds: behind the statement that binds */
    uint32_t value;    /* node of the value; NODE_NONE: unknown */
    uint32_t key;      /* symbol, dotted where nested: the name gets this member of the value; 0: the value */
    uint32_t imported; /* symbol of the dotted name that an import binds; 0: not by an import */
    bool is_part;      /* the name gets some of the value: what it denotes is known, what it is not */
    bool is_certain;   /* no branch, loop or inner function stands between it and the variable's scope */
    bool is_removal;   /* del: behind it the name means what it means outside */
};

struct variable {
    uint32_t scope, symbol;
    uint32_t binding_count; /* how often it is bound; a binding of unknown value counts twice */
    uint32_t first, last;   /* bindings; 0: none */
    uint32_t redirect;      /* the variable that global or nonlocal makes it; 0: itself */
    bool is_foreign;        /* a function inside its own binds it: whenever that runs */
    bool is_declared;       /* JavaScript: by let, const, var, function, class, import or as a parameter */
    uint32_t latest;        /* while resolving: the last binding behind which the walk is; 0: none */
    uint32_t live;          /* while resolving: the last certain one of those; 0: none */
};

/* One place where a member gets a value: x.name = value. */
struct member_binding {
    uint32_t member; /* node */
    uint32_t value;  /* node; NODE_NONE: unknown */
};

struct scope_table {
    struct arena *arena;
    const struct syntax *syntax;
    const struct shape_table *shapes;
    bool is_shell;         /* no scopes; what is not set has no meaning */
    bool has_declarations; /* variables are declared (JavaScript); otherwise assignment binds (Python) */
    struct {
        struct scope *items;
        uint32_t count, capacity;
    } scopes; /* in preorder of their nodes */
    struct {
        struct variable *items;
        uint32_t count, capacity;
    } variables; /* variables.items[0] is none */
    struct {
        struct binding *items;
        uint32_t count, capacity;
    } bindings; /* bindings.items[0] is none */
    struct {
        struct member_binding *items;
        uint32_t count, capacity;
    } members;
    bool *is_target;    /* by node: an identifier that stands where it is bound, not used */
    uint32_t last_star; /* node of the last import of everything; 0: none */
    struct {
        uint32_t *items; /* symbols */
        uint32_t count, capacity;
    } stars; /* the modules that such imports name */
    uint32_t *slots;
    uint32_t slot_count;
    uint32_t steps;
    bool is_over_budget, is_exhausted;
};

/* An empty table. False: the arena is exhausted. */
bool scope_table_init(struct scope_table *table, struct arena *arena, const struct syntax *syntax);

/* Finds every scope and every binding. False: the arena is exhausted. */
bool scope_table_fill(struct scope_table *table);

/* The variable of this very scope, made where there is none. 0: the arena is exhausted. */
uint32_t scope_variable(struct scope_table *table, uint32_t scope, uint32_t symbol);

/* The variable that a name in this scope means, or 0. */
uint32_t scope_lookup(struct scope_table *table, uint32_t scope, uint32_t symbol);

/* The dotted name made of these two parts ("a" "b": "a.b"; an empty part: the other alone). Returns its
 * symbol, 0 where it would be too long. */
uint32_t dotted_intern(struct scope_table *table, struct view left, struct view right);

/* The dotted name of an import, spelled out of its identifiers as the language reads them, or 0. */
uint32_t dotted_of_node(struct scope_table *table, uint32_t node);

/* The text of a string literal without holes, or empty. In the arena. */
struct view scope_string_text(struct scope_table *table, uint32_t string);

/* A module as rules name it, so that a pattern can: without "node:" and "@", "fs/promises" as fs.promises,
 * "node-fetch" as node_fetch. A file keeps its name. In the arena. */
struct view module_normalize(struct scope_table *table, struct view name);

/* Whether this node opens a scope. */
bool shape_is_scope(enum shape shape);

#endif
