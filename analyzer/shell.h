/* shell.h - what words of a shell mean once their quotes are gone. Pure; any thread. */
#ifndef CORDON_ANALYZER_SHELL_H
#define CORDON_ANALYZER_SHELL_H

#include <stdbool.h>

#include "base/view.h"

enum shell_quoting {
    SHELL_UNQUOTED, /* a backslash takes the next character as it is */
    SHELL_DOUBLE,   /* "...": it does so before $ ` " \ and a line end, and is text elsewhere */
    SHELL_SINGLE,   /* '...': everything is text */
    SHELL_ANSI,     /* $'...': escapes as in C */
};

/* Decodes the text between the quotes into `out`, which has room for `text.length` bytes. Returns the bytes
 * written; sets `*is_known` to false where the value cannot be known (a NUL, an escape above Unicode). */
size_t shell_decode(enum shell_quoting quoting, struct view text, char *out, bool *is_known);

/* How a literal that begins so is quoted, with the bytes before and behind its text. */
enum shell_quoting shell_quoting_of(struct view literal, size_t *before, size_t *behind);

/* The word behind <<, without its quotes, as the line that ends the text must be. Returns the bytes written
 * to `out` (room for `text.length`). */
size_t shell_delimiter(struct view text, char *out);

#endif
