#include "grammars/flow.h"

#include <pthread.h>
#include <stdatomic.h>

#include "grammars/kind_name.h"

static const struct {
    const char *kind;
    enum flow flow;
    bool is_of_shell; /* only there, and instead of the line above */
} kinds[] = {
#define FLOW(kind, flow)       {kind, FLOW_##flow, false},
#define FLOW_SHELL(kind, flow) {kind, FLOW_##flow, true},
#define FLOW_MUTATOR(name)
#include "grammars/flow.def"
#undef FLOW
#undef FLOW_SHELL
#undef FLOW_MUTATOR
};

static const char *const mutators[] = {
#define FLOW(kind, flow)
#define FLOW_SHELL(kind, flow)
#define FLOW_MUTATOR(name) name,
#include "grammars/flow.def"
#undef FLOW
#undef FLOW_SHELL
#undef FLOW_MUTATOR
};

static void table_make(uint8_t *table, const struct language *language)
{
    struct kind_names names;
    kind_names_init(&names, language->parser());
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (kinds[i].is_of_shell && language->family != FAMILY_SHELL) continue;
        KIND_NAMED_FOREACH (kind, &names, kinds[i].kind)
            if (ts_language_symbol_type(names.grammar, (TSSymbol)kind) == TSSymbolTypeRegular)
                table[kind] = (uint8_t)kinds[i].flow;
    }
}

/* Each is made when its language is first asked for. */
static uint8_t tables[LANGUAGE_COUNT][SHAPE_KINDS];
static atomic_bool is_made[LANGUAGE_COUNT];
static pthread_mutex_t making = PTHREAD_MUTEX_INITIALIZER;

const uint8_t *flows_of(const struct language *language)
{
    int id = (int)language->id;
    if (!atomic_load_explicit(&is_made[id], memory_order_acquire)) {
        pthread_mutex_lock(&making);
        if (!is_made[id]) table_make(tables[id], language);
        atomic_store_explicit(&is_made[id], true, memory_order_release);
        pthread_mutex_unlock(&making);
    }
    return tables[id];
}

bool flow_is_mutator(struct view name)
{
    for (size_t i = 0; i < sizeof mutators / sizeof *mutators; i++)
        if (view_equals_cstr(name, mutators[i])) return true;
    return false;
}
