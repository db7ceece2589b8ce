/* shape.h - one vocabulary over all grammars: what a node is (shape.def) and which field it stands in
 * (field.def). A language's table says which of its kinds has which shape (python.def ...), so that the
 * passes do not ask for the language. Made once for the process, then immutable; any thread. */
#ifndef CORDON_GRAMMARS_SHAPE_H
#define CORDON_GRAMMARS_SHAPE_H

#include <stdint.h>

#include "grammars/language.h"

enum shape {
    SHAPE_NONE,
#define SHAPE(name) SHAPE_##name,
#include "grammars/shape.def"
#undef SHAPE
    SHAPE_COUNT
};

enum field {
    FIELD_NONE,
#define FIELD(name, word) FIELD_##name,
#include "grammars/field.def"
#undef FIELD
    FIELD_COUNT
};

enum { SHAPE_KINDS = 1024 }; /* more grammar symbols than any language here has */

struct shape_table {
    uint8_t of_kind[SHAPE_KINDS]; /* enum shape by the grammar's symbol */
    uint16_t fields[FIELD_COUNT]; /* the grammar's field id; 0: it has none of this name */
};

const struct shape_table *shapes_of(const struct language *language);

/* SHAPE_NONE for error nodes and kinds without a shape. */
static inline enum shape shape_of(const struct shape_table *table, uint16_t kind)
{
    return kind < SHAPE_KINDS ? (enum shape)table->of_kind[kind] : SHAPE_NONE;
}

#endif
