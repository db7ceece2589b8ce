/* reading.h - the bytes as the parser is given them: inside the analyzer only.
 *
 * Some words are keywords to a grammar where the interpreter takes them for names, or the other way round.
 * The parser is then given other words of the same length in their place; nothing else moves, and all text is
 * taken from the source itself, never from here. */
#ifndef CORDON_ANALYZER_READING_H
#define CORDON_ANALYZER_READING_H

#include "analyzer/source.h"

/* The source's own bytes where nothing needs another reading; otherwise a copy in the arena, an empty view
 * where that is exhausted.
 *
 * Python: `type (x).y = z` sets an attribute; the grammar sees a type alias, and no use of `type`.
 * JavaScript: `await (f)(x)` awaits what f(x) returns; the grammar sees a function `await` called with f. The
 * parser is given `void`, an operator of the same rank; syntax.c turns that back into what it is. */
struct view reading_of(const struct source *source, struct arena *arena);

#endif
