/* rule_need.h - which texts a source must have for a rule to match anything in it, as numbers that can be
 * read without the rule: what decides whether a rule is loaded out of an image (rule_image.h).
 *
 * An expression is a word of what it is and how many parts it has, a word of its length in words, and the
 * parts: of NEED_ALL and NEED_ANY expressions, of NEED_TEXT the symbol that the source has, or all of the
 * others, of NEED_NEEDLES the texts (regex_need.h) of which one must be somewhere in it. No words at all:
 * nothing is needed. */
#ifndef CORDON_ANALYZER_RULE_NEED_H
#define CORDON_ANALYZER_RULE_NEED_H

#include "analyzer/match_tree.h"
#include "analyzer/program.h"
#include "base/array.h"

enum need_kind { NEED_ALL, NEED_ANY, NEED_TEXT, NEED_NEEDLES };

enum { NEED_KIND_SHIFT = 30, NEED_HEAD_WORDS = 2 };

struct need_words {
    uint32_t *items;
    uint32_t count, capacity;
};

/* Appends what a rule needs in a source of this language. False: no memory. */
bool need_write(struct arena *arena, struct need_words *words, const struct program *program,
                enum language_id language);

/* Whether a source with these symbols may have it; needles are not looked for. */
bool need_holds(const uint32_t *words, uint32_t count, struct symbol_map *map,
                const struct symbol_table *symbols);

/* Whether every expression ends where it says and every symbol is below the count: of words from a file. */
bool need_is_sound(const uint32_t *words, uint32_t count, uint32_t symbol_count);

#endif
