/* literal.h - what a string literal's text means. Pure; any thread. */
#ifndef CORDON_ANALYZER_LITERAL_H
#define CORDON_ANALYZER_LITERAL_H

#include <stdbool.h>

#include "base/view.h"

/* Decodes the backslash escapes that Python and JavaScript share, and each one's own, into `out` (room for
 * `text.length` bytes). Returns the bytes written; false in `*is_known` where an escape's value is not known
 * here
 * (\N{...}). */
size_t literal_decode(struct view text, char *out, bool *is_known);

#endif
