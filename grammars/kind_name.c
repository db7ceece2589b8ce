#include "grammars/kind_name.h"

#include <string.h>

#include "base/bug.h"
#include "base/view.h"

static uint32_t bucket_of(const char *name)
{
    return (uint32_t)view_hash(view_of_cstr(name), 0) % KIND_NAME_BUCKETS;
}

void kind_names_init(struct kind_names *names, const TSLanguage *grammar)
{
    names->grammar = grammar;
    names->count = ts_language_symbol_count(grammar);
    BUG_ON(names->count > KIND_NAME_KINDS);
    memset(names->first, 0, sizeof names->first);
    for (uint32_t kind = names->count; kind-- > 0;) { /* so that the lowest comes first */
        const char *name = ts_language_symbol_name(grammar, (TSSymbol)kind);
        uint16_t *first = &names->first[name ? bucket_of(name) : 0];
        names->next[kind] = *first;
        *first = (uint16_t)(kind + 1);
    }
}

uint32_t kind_named(const struct kind_names *names, const char *name, uint32_t from)
{
    uint32_t at = from ? names->next[from - 1] : names->first[bucket_of(name)];
    for (; at; at = names->next[at - 1]) {
        const char *own = ts_language_symbol_name(names->grammar, (TSSymbol)(at - 1));
        if (own && strcmp(own, name) == 0) return at - 1;
    }
    return names->count;
}
