#include "grammars/shape.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "base/view.h"
#include "grammars/kind_name.h"

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

/* A kind's name can stand for several symbols (aliases). */
static void table_make(struct shape_table *table, const struct language *language)
{
    const TSLanguage *grammar = language->parser();
    struct kind_names names;
    kind_names_init(&names, grammar);
    for (const struct kind_shape *item = kinds_of[language->id]; item->kind; item++)
        KIND_NAMED_FOREACH (kind, &names, item->kind)
            if (ts_language_symbol_type(grammar, (TSSymbol)kind) == TSSymbolTypeRegular)
                table->of_kind[kind] = (uint8_t)item->shape;
    static const char *const words[FIELD_COUNT] = {
#define FIELD(name, word) [FIELD_##name] = word,
#include "grammars/field.def"
#undef FIELD
    };
    for (int field = FIELD_NONE + 1; field < FIELD_COUNT; field++)
        table->fields[field] =
            ts_language_field_id_for_name(grammar, words[field], (uint32_t)strlen(words[field]));
}

/* Each is made when its language is first asked for. */
static struct shape_table tables[LANGUAGE_COUNT];
static atomic_bool is_made[LANGUAGE_COUNT];
static pthread_mutex_t making = PTHREAD_MUTEX_INITIALIZER;

const struct shape_table *shapes_of(const struct language *language)
{
    int id = (int)language->id;
    if (!atomic_load_explicit(&is_made[id], memory_order_acquire)) {
        pthread_mutex_lock(&making);
        if (!is_made[id]) table_make(&tables[id], language);
        atomic_store_explicit(&is_made[id], true, memory_order_release);
        pthread_mutex_unlock(&making);
    }
    return &tables[id];
}
