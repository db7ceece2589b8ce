/* regex_trait.h - what a text must be like for a regex to match it, so that most regexes need not be run on
 * most texts.
 *
 * Bytes fall into classes letters without their case, so that the bytes of a text are a
 * word of bits and what a regex asks of them is one comparison. Immutable; any thread. */
#ifndef CORDON_ANALYZER_REGEX_TRAIT_H
#define CORDON_ANALYZER_REGEX_TRAIT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/view.h"

/* In each word of classes that is known; no byte has it. */
#define CLASSES_KNOWN ((uint64_t)1 << 63)

/* Zero throughout: nothing is known. */
struct regex_traits {
    uint64_t all;         /* classes of which the text must have each */
    uint64_t any;         /* ... at least one; 0: not known */
    uint64_t first;       /* ... that a match begins with one of; 0: not known */
    uint32_t least_chars; /* the shortest match */
};

/* Of a regex in PCRE2's syntax, without `least_chars`. */
struct regex_traits regex_traits_find(struct view regex);

/* The classes that a text has, and CLASSES_KNOWN. */
uint64_t text_classes(struct view text);

/* False: the regex does not match. `classes`: the text's, or 0 for nobody looked; is_anchored: it matches at
 * the start or nowhere. */
bool regex_traits_admit(const struct regex_traits *traits, struct view text, uint64_t classes,
                        bool is_anchored);

#endif
