/* symbol.h - interned text: equal text, equal number. 0 is no text.
 *
 * One table per request (so that a hostile source cannot grow what outlives it), seeded at its making.
 * Rules refer to names by text; a compiled rule set's own table is looked up with symbol_find once per
 * source. One thread at a time. */
#ifndef CORDON_ANALYZER_SYMBOL_H
#define CORDON_ANALYZER_SYMBOL_H

#include <stdint.h>

#include "base/arena.h"
#include "base/view.h"

struct symbol_table;

/* NULL where the arena is exhausted. The arena owns the table; texts are not copied and must outlive it. */
struct symbol_table *symbol_table_new(struct arena *arena, uint32_t expected_count);

/* A table that stands in memory as it was: text `i` is from offsets[i] to offsets[i + 1]. Nothing can be
 * added to it nor be found in it; it says texts. */
struct symbol_table *symbol_table_frozen(struct arena *arena, const uint32_t *offsets, uint32_t count,
                                         const char *texts);

/* 0 where the arena is exhausted. */
uint32_t symbol_intern(struct symbol_table *table, struct view text);
/* 0 where the text is not in the table. */
uint32_t symbol_find(const struct symbol_table *table, struct view text);
struct view symbol_text(const struct symbol_table *table, uint32_t symbol);
uint32_t symbol_count(const struct symbol_table *table);

#endif
