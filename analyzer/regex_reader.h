/* regex_reader.h - reads a regex in PCRE2's syntax, atom by atom, for those who ask what it must match. What
 * it does not know makes it lost: then nothing is known of the regex. */
#ifndef CORDON_ANALYZER_REGEX_READER_H
#define CORDON_ANALYZER_REGEX_READER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/view.h"

enum { READER_DEPTH_MAX = 30 }; /* groups in groups */

struct reader {
    struct arena *arena;
    struct view text;
    size_t at;
    bool has_flags; /* changed within */
    bool is_lost;   /* by something that it does not know, or without memory */
};

static inline char reader_peek(const struct reader *reader, size_t ahead)
{
    size_t at = reader->at + ahead;
    return at < reader->text.length ? reader->text.bytes[at] : '\0';
}

enum atom { ATOM_BYTE, ATOM_OTHER, ATOM_NOTHING };

/* Passes over a quantifier. Returns how often the atom must be there at least, as 0 or 1; *has_one: there was
 * one. */
unsigned reader_quantifier(struct reader *reader, bool *has_one);
/* Passes over a class in brackets. */
void reader_skip_class(struct reader *reader);
/* Behind the backslash: a byte that stands for itself, something else of some width, or of none. */
enum atom reader_escape(struct reader *reader, char *byte);
/* Passes over what stands behind an opening parenthesis. Returns whether what the group needs is needed; a
 * group of flags alone is passed over whole (*is_flags). */
bool reader_group(struct reader *reader, bool *is_flags);

#endif
