#include "grammars/shape.h"

#include <pthread.h>

struct kind_shape {
    const char *kind;
    enum shape shape;
};

#define KIND(kind, shape) {kind, SHAPE_##shape},
static const struct kind_shape python_kinds[] = {
#include "grammars/python.def"
    {0},
};
static const struct kind_shape javascript_kinds[] = {
#include "grammars/javascript.def"
    {0},
};
static const struct kind_shape typescript_kinds[] = {
#include "grammars/typescript.def"
    {0},
};
static const struct kind_shape bash_kinds[] = {
#include "grammars/bash.def"
    {0},
};
#undef KIND

static const struct kind_shape *const kinds_of[LANGUAGE_COUNT] = {
    [LANGUAGE_PYTHON] = python_kinds,
    [LANGUAGE_JAVASCRIPT] = javascript_kinds,
    [LANGUAGE_TYPESCRIPT] = typescript_kinds,
    [LANGUAGE_TSX] = typescript_kinds,
    [LANGUAGE_BASH] = bash_kinds,
};

static struct shape_table tables[LANGUAGE_COUNT];
static pthread_once_t tables_once = PTHREAD_ONCE_INIT;

/* A kind's name can stand for several symbols (aliases), so every symbol is asked for its name. */
static void table_make(struct shape_table *table, const struct language *language)
{
    const TSLanguage *grammar = language->parser();
    uint32_t count = ts_language_symbol_count(grammar);
    for (uint32_t symbol = 0; symbol < count && symbol < SHAPE_KINDS; symbol++) {
        if (ts_language_symbol_type(grammar, (TSSymbol)symbol) != TSSymbolTypeRegular) continue;
        struct view name = view_of_cstr(ts_language_symbol_name(grammar, (TSSymbol)symbol));
        for (const struct kind_shape *item = kinds_of[language->id]; item->kind; item++)
            if (view_equals_cstr(name, item->kind)) table->of_kind[symbol] = (uint8_t)item->shape;
    }
    static const char *const words[FIELD_COUNT] = {
#define FIELD(name, word) [FIELD_##name] = word,
#include "grammars/field.def"
#undef FIELD
    };
    for (int field = FIELD_NONE + 1; field < FIELD_COUNT; field++)
        table->fields[field] =
            ts_language_field_id_for_name(grammar, words[field], (uint32_t)strlen(words[field]));
}

static void tables_make(void)
{
    for (int i = 0; i < LANGUAGE_COUNT; i++) table_make(&tables[i], &languages[i]);
}

const struct shape_table *shapes_of(const struct language *language)
{
    pthread_once(&tables_once, tables_make);
    return &tables[language->id];
}
