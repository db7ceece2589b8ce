/* vocabulary.h - the words and texts of a rule set, looked for in a source all at once: what its symbols are
 * there, which of its needles are there, and so which rules can match at all.
 *
 * What is found is a superset: what is not found is not there. One thread at a time. */
#ifndef CORDON_ANALYZER_VOCABULARY_H
#define CORDON_ANALYZER_VOCABULARY_H

#include "analyzer/match_tree.h"
#include "analyzer/program.h"

struct vocabulary;

/* The rule set must outlive it. NULL: no memory. */
struct vocabulary *vocabulary_new(const struct ruleset *ruleset);
void vocabulary_free(struct vocabulary *vocabulary);

/* What one source has of it; the source's arena owns it. */
struct vocabulary_answer {
    const uint64_t *found;  /* a bit for each symbol of the rule set that is a needle */
    const uint64_t *marked; /* a bit for each rule that may have something to say; NULL: of text alone */
};

/* Fills the map as well. False: memory is out. */
bool vocabulary_find(struct vocabulary *vocabulary, struct arena *arena, const struct syntax *syntax,
                     struct symbol_map *map, struct vocabulary_answer *answer);

#endif
