/* rule_index.h - which rules of a set a source of one language can match at all, by the words that it has.
 *
 * Of what a rule needs (rule_need.h) the index holds the one choice that tells most: a list of symbols of
 * which one must be there. The arena owns it. Immutable; any thread. */
#ifndef CORDON_ANALYZER_RULE_INDEX_H
#define CORDON_ANALYZER_RULE_INDEX_H

#include "analyzer/program.h"

struct rule_index {
    const uint32_t *starts; /* by symbol; its rules are rules[starts[s]] to rules[starts[s + 1] - 1] */
    const uint32_t *rules;
    const uint64_t *always; /* a bit for each rule that needs nothing, or sees text */
    uint32_t word_count;    /* of `always` */
};

/* NULL: no memory. */
struct rule_index *rule_index_new(struct arena *arena, const struct ruleset *ruleset,
                                  enum language_id language);

/* Sets the bits of the rules that a symbol speaks for. */
static inline void rule_index_mark(const struct rule_index *index, uint32_t symbol, uint64_t *marked)
{
    for (uint32_t i = index->starts[symbol]; i < index->starts[symbol + 1]; i++)
        marked[index->rules[i] / 64] |= 1ull << (index->rules[i] % 64);
}

#endif
