/* style.h - colour, and untrusted text made safe for a terminal. */
#ifndef CORDON_CORDON_STYLE_H
#define CORDON_CORDON_STYLE_H

#include <stdbool.h>
#include <stdio.h>

#include "base/view.h"
#include "cordon/options.h"

enum style { STYLE_PLAIN, STYLE_BOLD, STYLE_RED, STYLE_YELLOW, STYLE_GREEN, STYLE_BLUE, STYLE_COUNT };

/* Whether text to `file` is coloured: what the flag says, else CLICOLOR_FORCE, NO_COLOR, TERM=dumb and
 * whether it is a terminal. */
bool style_is_on(enum color_mode mode, FILE *file);

/* The escape that starts a style, or "" where colour is off. STYLE_PLAIN ends all. */
const char *style_code(bool is_on, enum style style);

/* Writes text with every control character, and every byte that is not UTF-8, as \xHH or \u{HEX}: nothing
 * that a program under test contains reaches the terminal's interpreter. A tab becomes one space. Returns the
 * columns used. */
unsigned style_put(FILE *out, struct view text);

/* The same as a YAML value: in double quotes where plain text would mean something else. */
void style_put_yaml(FILE *out, struct view text);

/* The columns that style_put would use. */
unsigned style_columns(struct view text);

#endif
