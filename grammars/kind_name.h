/* kind_name.h - a grammar's kinds of nodes by their names; aliases give a kind several numbers.
 *
 * Made on the stack by who fills tables from names; one thread. */
#ifndef CORDON_GRAMMARS_KIND_NAME_H
#define CORDON_GRAMMARS_KIND_NAME_H

#include <stdint.h>
#include <tree_sitter/api.h>

enum { KIND_NAME_BUCKETS = 512, KIND_NAME_KINDS = 1024 }; /* more than any grammar here has kinds */

struct kind_names {
    const TSLanguage *grammar;
    uint32_t count;
    uint16_t first[KIND_NAME_BUCKETS]; /* one more than the kind; 0: none */
    uint16_t next[KIND_NAME_KINDS];
};

void kind_names_init(struct kind_names *names, const TSLanguage *grammar);

/* The lowest kind of this name, `from` being 0, or the next one, `from` being one more than the one before;
 * the count where there is none. */
uint32_t kind_named(const struct kind_names *names, const char *name, uint32_t from);

#define KIND_NAMED_FOREACH(kind, names, name)                                   \
    for (uint32_t kind = kind_named((names), (name), 0); kind < (names)->count; \
         kind = kind_named((names), (name), kind + 1))

#endif
