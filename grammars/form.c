#include "grammars/form.h"

#include <pthread.h>
#include <stdlib.h>

enum fact_kind { FACT_KIND, FACT_ALSO, FACT_UNWRAP, FACT_FIELD, FACT_OMIT };

/* One line of a language's .def file. */
struct fact {
    enum fact_kind fact;
    const char *kind, *field, *as;
    uint8_t role;
    uint16_t flags;
};

struct description {
    const struct fact *facts;
    uint32_t fact_count;
    const struct form_wrap *wraps;
    uint32_t wrap_count;
    struct form_table traits; /* only the traits are set */
};

/* Each .def file is read three times: for its facts, for its wrappings, for its traits. */
#define KIND(kind, role, flags) {FACT_KIND, kind, NULL, NULL, FORM_##role, (flags)},
#define ALSO(kind, other)       {FACT_ALSO, kind, other, NULL, 0, 0},
#define UNWRAP(kind, field)     {FACT_UNWRAP, kind, field, NULL, 0, 0},
#define FIELD(kind, field, as)  {FACT_FIELD, kind, field, as, 0, 0},
#define OMIT(kind, field)       {FACT_OMIT, kind, field, NULL, 0, 0},
#define WRAP(only_before, before, after, root)
#define TRAIT(name, value)
static const struct fact python_facts[] = {
#include "grammars/python_forms.def"
};
static const struct fact javascript_facts[] = {
#include "grammars/javascript_forms.def"
};
static const struct fact typescript_facts[] = {
#include "grammars/typescript_forms.def"
};
static const struct fact bash_facts[] = {
#include "grammars/bash_forms.def"
};
#undef KIND
#undef ALSO
#undef UNWRAP
#undef FIELD
#undef OMIT
#undef WRAP
#define KIND(kind, role, flags)
#define ALSO(kind, other)
#define UNWRAP(kind, field)
#define FIELD(kind, field, as)
#define OMIT(kind, field)
#define WRAP(only_before, before, after, root) {only_before, before, after, root},
static const struct form_wrap python_wraps[] = {
#include "grammars/python_forms.def"
};
static const struct form_wrap javascript_wraps[] = {
#include "grammars/javascript_forms.def"
};
static const struct form_wrap typescript_wraps[] = {
#include "grammars/typescript_forms.def"
};
static const struct form_wrap bash_wraps[] = {
#include "grammars/bash_forms.def"
};
#undef WRAP
#undef TRAIT
#define WRAP(only_before, before, after, root)
#define TRAIT(name, value) .name = value,

#define COUNT_OF(array) (uint32_t)(sizeof(array) / sizeof *(array))

#define DESCRIBED(facts, wraps) (facts), COUNT_OF(facts), (wraps), COUNT_OF(wraps)

/* A kind that a grammar does not have is passed over, so that TypeScript's table is also that of TSX. */
static const struct description python_description = {DESCRIBED(python_facts, python_wraps),
                                                      {
#include "grammars/python_forms.def"
                                                      }};
static const struct description javascript_description = {DESCRIBED(javascript_facts, javascript_wraps),
                                                          {
#include "grammars/javascript_forms.def"
                                                          }};
static const struct description typescript_description = {DESCRIBED(typescript_facts, typescript_wraps),
                                                          {
#include "grammars/typescript_forms.def"
                                                          }};
static const struct description bash_description = {DESCRIBED(bash_facts, bash_wraps),
                                                    {
#include "grammars/bash_forms.def"
                                                    }};

static const struct description *const descriptions[LANGUAGE_COUNT] = {
    [LANGUAGE_PYTHON] = &python_description,
    [LANGUAGE_JAVASCRIPT] = &javascript_description,
    [LANGUAGE_TYPESCRIPT] = &typescript_description,
    [LANGUAGE_TSX] = &typescript_description,
    [LANGUAGE_BASH] = &bash_description,
};

/* Every symbol of this name: aliases give a kind several numbers. Anonymous ones too: `async` is a word. */
static bool kind_is(const TSLanguage *grammar, uint32_t kind, const char *name)
{
    const char *own = ts_language_symbol_name(grammar, (TSSymbol)kind);
    return own && strcmp(own, name) == 0;
}

static uint8_t field_number(const TSLanguage *grammar, const char *name)
{
    return name ? (uint8_t)ts_language_field_id_for_name(grammar, name, (uint32_t)strlen(name)) : 0;
}

static void fact_apply(const struct fact *fact, const TSLanguage *grammar, uint32_t kind_count,
                       uint32_t field_count, struct form *forms, uint8_t *field_as, bool *is_omittable)
{
    uint8_t field = field_number(grammar, fact->field);
    uint8_t as = field_number(grammar, fact->as);
    for (uint32_t kind = 0; kind < kind_count; kind++) {
        if (!kind_is(grammar, kind, fact->kind)) continue;
        switch (fact->fact) {
        case FACT_KIND:
            forms[kind].role = fact->role;
            forms[kind].flags = fact->flags;
            break;
        case FACT_ALSO:
            for (uint32_t other = 0; other < kind_count; other++)
                if (kind_is(grammar, other, fact->field)) forms[kind].also = (uint16_t)other;
            break;
        case FACT_UNWRAP:
            forms[kind].unwrap = field;
            break;
        case FACT_FIELD: /* a name that is no field of the grammar gets a number behind them all */
            field_as[kind * field_count + field] = as ? as : (uint8_t)field_count;
            break;
        case FACT_OMIT:
            is_omittable[kind * field_count + field] = true;
            break;
        }
    }
}

static const struct form_table *table_make(const struct language *language)
{
    const struct description *description = descriptions[language->id];
    const TSLanguage *grammar = language->parser();
    uint32_t kind_count = ts_language_symbol_count(grammar);
    uint32_t field_count = ts_language_field_count(grammar) + 1;
    struct form_table *table = calloc(1, sizeof *table);
    struct form *forms = calloc(kind_count, sizeof *forms);
    uint8_t *field_as = calloc((size_t)kind_count * field_count, 1);
    bool *is_omittable = calloc((size_t)kind_count * field_count, sizeof *is_omittable);
    if (!table || !forms || !field_as || !is_omittable) {
        free(table);
        free(forms);
        free(field_as);
        free(is_omittable);
        return NULL;
    }
    for (uint32_t i = 0; i < kind_count * field_count; i++) field_as[i] = (uint8_t)(i % field_count);
    for (uint32_t i = 0; i < description->fact_count; i++)
        fact_apply(&description->facts[i], grammar, kind_count, field_count, forms, field_as, is_omittable);
    *table = description->traits;
    table->language = language;
    table->by_kind = forms;
    table->kind_count = kind_count;
    table->field_count = field_count;
    table->field_as = field_as;
    table->is_omittable = is_omittable;
    table->wraps = description->wraps;
    table->wrap_count = description->wrap_count;
    return table;
}

static pthread_once_t once = PTHREAD_ONCE_INIT;
static const struct form_table *tables[LANGUAGE_COUNT];

static void tables_make(void)
{
    for (int i = 0; i < LANGUAGE_COUNT; i++) tables[i] = table_make(&languages[i]);
}

const struct form_table *form_table_of(const struct language *language)
{
    pthread_once(&once, tables_make);
    return tables[language->id];
}
