/* regex_need.h - the texts without which a regex cannot match, so that it need not be run.
 *
 * Each is a symbol of the rule set: NEEDLE_MARK and then the text in lower case, since letters are compared
 * without their case (whoever asks need not know whether a regex does). vocabulary.h looks for all of them in
 * a source at once. Immutable; any thread. */
#ifndef CORDON_ANALYZER_REGEX_NEED_H
#define CORDON_ANALYZER_REGEX_NEED_H

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/symbol.h"

/* NEEDLE_MARK begins no word of a rule. Shorter texts are in every source. */
enum { NEEDLE_MARK = 1, NEEDLE_BYTES_MIN = 4, NEEDLE_BYTES_MAX = 64, NEEDLE_ALTERNATIVES_MAX = 64 };

/* Any one of these must be there. */
struct regex_need {
    const uint32_t *symbols;
    uint32_t count; /* 0: nothing is known */
};

/* Reads a regex in PCRE2's syntax; what it does not know makes it know nothing. `symbols` NULL: nobody asks.
 * False: no memory. */
bool regex_need_find(struct arena *arena, struct symbol_table *symbols, struct view regex,
                     struct regex_need *need);

enum { REGEX_PARTS_MIN = 3, REGEX_PARTS_MAX = 96 };

/* A regex for one of a regex's alternatives. */
struct regex_part {
    struct view text;
    struct regex_need need; /* none: of all alternatives that need nothing */
};

/* Takes a regex apart whose alternatives (all of it, or of one group) need something, into at most
 * REGEX_PARTS_MAX + 1 regexes of which one matches where it does. Of a choice of few, none. False: no memory.
 */
bool regex_split(struct arena *arena, struct symbol_table *symbols, struct view regex,
                 struct regex_part *parts, uint32_t *count);

/* The symbol of a text of at least NEEDLE_BYTES_MIN bytes, of which the first NEEDLE_BYTES_MAX count; 0: no
 * memory. */
uint32_t needle_symbol(struct arena *arena, struct symbol_table *symbols, struct view text);

/* `found` has a bit for each symbol; NULL: nobody looked. */
static inline bool needle_is_found(const uint64_t *found, uint32_t symbol)
{
    return !found || (found[symbol / 64] >> (symbol % 64) & 1);
}

static inline bool regex_need_is_met(const struct regex_need *need, const uint64_t *found)
{
    bool is_met = need->count == 0 || !found;
    for (uint32_t i = 0; i < need->count && !is_met; i++) is_met = needle_is_found(found, need->symbols[i]);
    return is_met;
}

#endif
