/* token.h - which anonymous tokens of a grammar carry meaning beyond their parent's kind. Any thread. */
#ifndef CORDON_GRAMMARS_TOKEN_H
#define CORDON_GRAMMARS_TOKEN_H

#include <stdbool.h>

#include "grammars/language.h"

/* `name` is the grammar's name of an anonymous symbol: the token's own text. False: punctuation, or a keyword
 * that says only what the parent's kind says ("def", "return"). */
bool token_has_meaning(struct view name, enum language_family family);

#endif
