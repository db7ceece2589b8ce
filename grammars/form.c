#include "grammars/form.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "grammars/kind_name.h"

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

static uint8_t field_number(const TSLanguage *grammar, const char *name)
{
    return name ? (uint8_t)ts_language_field_id_for_name(grammar, name, (uint32_t)strlen(name)) : 0;
}

static void fact_apply(const struct fact *fact, const struct kind_names *names, uint32_t field_count,
                       struct form *forms, uint8_t *field_as, bool *is_omittable)
{
    uint8_t field = field_number(names->grammar, fact->field);
    uint8_t as = field_number(names->grammar, fact->as);
    KIND_NAMED_FOREACH (kind, names, fact->kind) { /* anonymous ones too: `async` is a word */
        switch (fact->fact) {
        case FACT_KIND:
            forms[kind].role = fact->role;
            forms[kind].flags = fact->flags;
            break;
        case FACT_ALSO:
            KIND_NAMED_FOREACH (other, names, fact->field) forms[kind].also = (uint16_t)other;
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
        free(forms);
        free(field_as);
        free(is_omittable);
        free(table);
        return NULL;
    }
    for (uint32_t field = 0; field < field_count; field++) field_as[field] = (uint8_t)field;
    for (uint32_t kind = 1; kind < kind_count; kind++)
        memcpy(&field_as[kind * field_count], field_as, field_count);
    struct kind_names names;
    kind_names_init(&names, grammar);
    for (uint32_t i = 0; i < description->fact_count; i++)
        fact_apply(&description->facts[i], &names, field_count, forms, field_as, is_omittable);
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

/* Each is made when its language is first asked for; one that lost against another thread's is freed. */
static _Atomic(const struct form_table *) tables[LANGUAGE_COUNT];

static void table_free(const struct form_table *table)
{
    free((void *)table->by_kind);
    free((void *)table->field_as);
    free((void *)table->is_omittable);
    free((void *)table);
}

const struct form_table *form_table_of(const struct language *language)
{
    _Atomic(const struct form_table *) *place = &tables[language->id];
    const struct form_table *table = atomic_load_explicit(place, memory_order_acquire), *other = NULL;
    if (table) return table;
    table = table_make(language);
    if (!table || atomic_compare_exchange_strong(place, &other, table)) return table;
    table_free(table);
    return other;
}
