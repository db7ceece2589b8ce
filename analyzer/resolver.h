/* resolver.h - name resolution under way: what names.c and constant.c share. Inside the analyzer only. */
#ifndef CORDON_ANALYZER_RESOLVER_H
#define CORDON_ANALYZER_RESOLVER_H

#include "analyzer/names.h"
#include "analyzer/scope.h"

/* What a name means that the source has not bound, once it was asked. */
struct unbound {
    uint32_t qualified, others;
};

struct resolver {
    struct scope_table table;
    const struct syntax *syntax;
    const struct node *nodes;
    uint32_t *qualified, *constant, *variable, *value, *others;
    uint8_t *kind; /* enum constant_kind, by node */
    bool *has_sure_value;
    struct {
        struct name_alternative *items;
        uint32_t count, capacity;
    } alternatives;          /* alternatives.items[0] is none */
    struct unbound *unbound; /* by symbol; NULL: no import of everything */
    uint32_t unbound_count;
    uint32_t *canonical; /* by symbol: its usual name; 0: not asked yet */
    uint32_t canonical_count;
    size_t constant_bytes_left;   /* what may still be put together, so that doubling strings ends */
    bool has_forger;              /* the source mentions a road by which a module's variables may be set */
    bool has_member_forger;       /* or members */
    struct member_table *members; /* what is known of them (member.c); NULL: nothing */
};

static inline enum shape resolver_shape(const struct resolver *resolver, uint32_t index)
{
    return shape_of(resolver->table.shapes, resolver->nodes[index].kind);
}

static inline uint32_t resolver_child(const struct resolver *resolver, uint32_t index, enum field field)
{
    return node_child_by_field(resolver->syntax, index, resolver->table.shapes->fields[field]);
}

static inline struct view resolver_text(const struct resolver *resolver, uint32_t symbol)
{
    return symbol_text(resolver->syntax->symbols, symbol);
}

static inline bool resolver_is(const struct resolver *resolver, uint32_t symbol, const char *name)
{
    return symbol && view_equals_cstr(resolver_text(resolver, symbol), name);
}

/* The n-th child that is not a comment, or 0. */
uint32_t resolver_child_number(const struct resolver *resolver, uint32_t index, uint32_t number);

/* The argument number `number` of a call, or 0. */
uint32_t resolver_argument(const struct resolver *resolver, uint32_t call, uint32_t number);

/* Adds what a node may denote; the first one becomes its qualified name. */
void resolver_alternative_add(struct resolver *resolver, uint32_t at, uint32_t symbol);

/* Finds the constant of a node whose children have been resolved: a literal, a sum, a join. */
void constant_resolve(struct resolver *resolver, uint32_t at);

/* Looks through the source for what its classes' members are given, once all else has been resolved for the
 * first time. False: memory is out. */
bool members_find(struct resolver *resolver);

/* Finds the constant of self.NAME, cls.NAME or Class.NAME. */
void member_resolve(struct resolver *resolver, uint32_t member);

/* The same for the words of a shell, which denote their texts (shell_names.c). */
void shell_resolve(struct resolver *resolver, uint32_t at);

/* Whether a number's text is what it prints as: 80, but not 0x50, 1e3 or 1_000. */
bool constant_is_decimal(struct view text);

/* Makes a node the constant `text`. Where there is no room for it, it has none. */
void constant_set(struct resolver *resolver, uint32_t at, struct view text, enum constant_kind kind);

/* Finds what a call, a slice or an operator makes of known texts: decoding, reversing, characters by number.
 */
void fold_resolve(struct resolver *resolver, uint32_t at);

/* What an expression denotes whose children have been resolved: a member, an element, a call. */
void qualified_resolve(struct resolver *resolver, uint32_t at);

/* The symbol of `symbol`'s member `name`, by its usual name where there are several ways to say it; or 0. */
uint32_t qualified_member(struct resolver *resolver, uint32_t symbol, struct view name);
/* A symbol by its usual name. */
uint32_t qualified_canonical(struct resolver *resolver, uint32_t symbol);

#endif
