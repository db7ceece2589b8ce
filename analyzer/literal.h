/* literal.h - what a string literal's text means. Pure; any thread. */
#ifndef CORDON_ANALYZER_LITERAL_H
#define CORDON_ANALYZER_LITERAL_H

#include <stdbool.h>

#include "base/view.h"
#include "grammars/language.h"

enum literal_flag {
    LITERAL_IS_RAW = 1,      /* r"...": backslashes are text */
    LITERAL_IS_BYTES = 2,    /* b"...": \u and \N are text */
    LITERAL_HAS_HOLES = 4,   /* f"...": {{ and }} are one brace each */
    LITERAL_IS_TEMPLATE = 8, /* `...`: octal escapes are errors */
};

/* Decodes the text between the quotes (or between two holes) into `out`, which has room for `text.length`
 * bytes. Returns the bytes written; sets `*is_known` to false where a value is not known here (\N{...}, half
 * of a surrogate pair, an escape that the language refuses). */
size_t literal_decode(enum language_family family, unsigned flags, struct view text, char *out,
                      bool *is_known);

/* The quotes and the prefix of a string literal. */
struct literal_frame {
    unsigned flags;
    uint32_t prefix_bytes; /* up to and with the opening quotes */
    uint32_t quote_bytes;  /* 1 or 3 */
};
struct literal_frame literal_frame_of(enum language_family family, struct view literal);

#endif
