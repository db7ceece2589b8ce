/* leaf.h - the text of a leaf as its language reads it. Any thread. */
#ifndef CORDON_ANALYZER_LEAF_H
#define CORDON_ANALYZER_LEAF_H

#include "base/arena.h"
#include "grammars/language.h"

/* Python's identifiers are folded by NFKC, JavaScript's escapes decoded. In the arena where it is not `text`
 * itself, which it is as well where the arena is exhausted (it then says so). */
struct view leaf_text(struct arena *arena, enum language_family family, struct view text);

#endif
