#include "grammars/flow.h"

#include <pthread.h>

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

static uint8_t tables[LANGUAGE_COUNT][SHAPE_KINDS];
static pthread_once_t tables_once = PTHREAD_ONCE_INIT;

static void tables_make(void)
{
    for (int i = 0; i < LANGUAGE_COUNT; i++) {
        const TSLanguage *grammar = languages[i].parser();
        uint32_t count = ts_language_symbol_count(grammar);
        for (uint32_t symbol = 0; symbol < count && symbol < SHAPE_KINDS; symbol++) {
            if (ts_language_symbol_type(grammar, (TSSymbol)symbol) != TSSymbolTypeRegular) continue;
            struct view name = view_of_cstr(ts_language_symbol_name(grammar, (TSSymbol)symbol));
            for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
                if (view_equals_cstr(name, kinds[k].kind) &&
                    (!kinds[k].is_of_shell || languages[i].family == FAMILY_SHELL))
                    tables[i][symbol] = (uint8_t)kinds[k].flow;
        }
    }
}

const uint8_t *flows_of(const struct language *language)
{
    pthread_once(&tables_once, tables_make);
    return tables[language->id];
}

bool flow_is_mutator(struct view name)
{
    for (size_t i = 0; i < sizeof mutators / sizeof *mutators; i++)
        if (view_equals_cstr(name, mutators[i])) return true;
    return false;
}
