/* qualified.c - what expressions denote: members, elements of known tables, calls that hand out modules and
 * functions. */
#include "analyzer/resolver.h"

enum { FOLDS_MAX = 8 }; /* global.global.global.eval */

struct name_equivalence {
    enum language_family family;
    enum equivalence { EQUIVALENCE_PREFIX, EQUIVALENCE_WHOLE, EQUIVALENCE_INNER, EQUIVALENCE_DROPPED } kind;
    struct view name, usual;
};

#define NAME_PREFIX(family, name, usual) {FAMILY_##family, EQUIVALENCE_PREFIX, VIEW(name), VIEW(usual)},
#define NAME_WHOLE(family, name, usual)  {FAMILY_##family, EQUIVALENCE_WHOLE, VIEW(name), VIEW(usual)},
#define NAME_INNER(family, name)         {FAMILY_##family, EQUIVALENCE_INNER, VIEW("." name), {0}},
#define NAME_DROPPED(family, name)       {FAMILY_##family, EQUIVALENCE_DROPPED, VIEW("." name), {0}},
#define NAME_FORGER(family, name)
#define NAME_MEMBER_FORGER(family, name)
static const struct name_equivalence equivalences[] = {
#define NAME_READER(family, name, is_first_only)
#include "grammars/names.def"
#undef NAME_READER
};
#undef NAME_PREFIX
#undef NAME_WHOLE
#undef NAME_INNER
#undef NAME_DROPPED
#undef NAME_FORGER
#undef NAME_MEMBER_FORGER

/* The text that stands for a dotted name under one equivalence: `head` then `tail`. False: it does not hold.
 */
static bool equivalence_apply(const struct name_equivalence *rule, struct view text, struct view *head,
                              struct view *tail)
{
    *head = *tail = (struct view){0};
    size_t length = rule->name.length, found;
    switch (rule->kind) {
    case EQUIVALENCE_PREFIX:
        if (text.length <= length || !view_starts_with(text, rule->name)) return false;
        *head = view_slice(rule->usual, 0, rule->usual.length ? rule->usual.length - 1 : 0);
        *tail = view_slice(text, length, text.length);
        return true;
    case EQUIVALENCE_WHOLE:
        *head = rule->usual;
        return view_equals(text, rule->name);
    case EQUIVALENCE_DROPPED:
        *head = view_slice(text, 0, text.length - length);
        return text.length > length && view_ends_with(text, rule->name);
    case EQUIVALENCE_INNER:
        found = view_find(text, rule->name);
        if (found == SIZE_MAX || found == 0) return false;
        /* socket.socket is the class in the module, not the module again */
        if (found + 1 == length && view_starts_with(text, view_slice(rule->name, 1, length))) return false;
        *head = view_slice(text, found + 1, text.length);
        return found + length == text.length || text.bytes[found + length] == '.';
    }
    return false;
}

static uint32_t canonical_find(struct resolver *resolver, uint32_t symbol)
{
    enum language_family family = resolver->syntax->source->language->family;
    for (int fold = 0; symbol && fold < FOLDS_MAX; fold++) {
        struct view text = resolver_text(resolver, symbol), head, tail;
        if (view_find_byte(text, '.') == SIZE_MAX) return symbol;
        const struct name_equivalence *rule = equivalences;
        const struct name_equivalence *end = rule + sizeof equivalences / sizeof *equivalences;
        while (rule < end && (rule->family != family || !equivalence_apply(rule, text, &head, &tail))) rule++;
        if (rule == end) return symbol;
        symbol = dotted_intern(&resolver->table, head, tail);
    }
    return symbol;
}

uint32_t qualified_canonical(struct resolver *resolver, uint32_t symbol)
{
    if (symbol >= resolver->canonical_count) return canonical_find(resolver, symbol);
    uint32_t *known = &resolver->canonical[symbol];
    if (!*known) *known = canonical_find(resolver, symbol);
    return *known;
}

uint32_t qualified_member(struct resolver *resolver, uint32_t symbol, struct view name)
{
    if (!symbol || !name.length) return 0;
    uint32_t dotted = dotted_intern(&resolver->table, resolver_text(resolver, symbol), name);
    return dotted ? qualified_canonical(resolver, dotted) : 0;
}

/* Gives a node the members `name` of all that another node may denote. */
static void member_take(struct resolver *resolver, uint32_t at, uint32_t object, struct view name)
{
    if (!object) return;
    resolver->qualified[at] = qualified_member(resolver, resolver->qualified[object], name);
    for (uint32_t other = resolver->others[object]; other; other = resolver->alternatives.items[other].next) {
        uint32_t symbol = resolver->alternatives.items[other].symbol;
        resolver_alternative_add(resolver, at, qualified_member(resolver, symbol, name));
    }
}

/* Gives a node all that another one may denote. */
static void denoted_take(struct resolver *resolver, uint32_t at, uint32_t from)
{
    if (!from) return;
    resolver->qualified[at] = resolver->qualified[from];
    resolver->others[at] = resolver->others[from];
}

/* The constant text of an argument, or 0. */
static uint32_t text_argument(const struct resolver *resolver, uint32_t call, uint32_t number)
{
    uint32_t argument = resolver_argument(resolver, call, number);
    return argument && resolver->kind[argument] == CONSTANT_TEXT ? resolver->constant[argument] : 0;
}

static bool is_one_of(const struct resolver *resolver, uint32_t symbol, const char *const *names)
{
    for (; *names; names++)
        if (resolver_is(resolver, symbol, *names)) return true;
    return false;
}

/* The dictionaries by which Python reaches names and modules as text. */
static bool is_name_table(const struct resolver *resolver, uint32_t symbol)
{
    static const char *const tables[] = {"globals",      "locals",   "vars", "sys.modules",
                                         "__builtins__", "builtins", NULL};
    return symbol && is_one_of(resolver, symbol, tables);
}

/* table["name"], module.__dict__["name"], object["name"] in JavaScript. */
static void element_take(struct resolver *resolver, uint32_t at, uint32_t object, uint32_t name_symbol)
{
    uint32_t base = object ? resolver->qualified[object] : 0;
    if (!base || !name_symbol) return;
    struct view name = resolver_text(resolver, name_symbol), owner = resolver_text(resolver, base);
    struct view dict = VIEW(".__dict__");
    if (is_name_table(resolver, base)) {
        uint32_t symbol = dotted_intern(&resolver->table, (struct view){0}, name);
        resolver->qualified[at] = symbol ? qualified_canonical(resolver, symbol) : 0;
    } else if (view_ends_with(owner, dict)) {
        uint32_t module = dotted_intern(&resolver->table, (struct view){0},
                                        view_slice(owner, 0, owner.length - dict.length));
        resolver->qualified[at] = qualified_member(resolver, module, name);
    } else if (resolver->table.has_declarations) {
        member_take(resolver, at, object, name);
    }
}

static void subscript_resolve(struct resolver *resolver, uint32_t at)
{
    bool is_javascript = resolver->table.has_declarations;
    uint32_t object = resolver_child(resolver, at, is_javascript ? FIELD_OBJECT : FIELD_VALUE);
    uint32_t index = resolver_child(resolver, at, is_javascript ? FIELD_INDEX : FIELD_SUBSCRIPT);
    if (object && index && resolver->kind[index] == CONSTANT_TEXT)
        element_take(resolver, at, object, resolver->constant[index]);
}

/* A module as a call hands it out. */
static void module_take(struct resolver *resolver, uint32_t call, struct view module)
{
    uint32_t symbol = dotted_intern(&resolver->table, (struct view){0}, module);
    resolver->qualified[call] = symbol ? qualified_canonical(resolver, symbol) : 0;
}

/* The two parts of a method call: its object and its name. */
static uint32_t method_object(const struct resolver *resolver, uint32_t function, const char *method)
{
    bool is_javascript = resolver->table.has_declarations;
    if (resolver_shape(resolver, function) != SHAPE_MEMBER) return 0;
    uint32_t name = resolver_child(resolver, function, is_javascript ? FIELD_PROPERTY : FIELD_ATTRIBUTE);
    if (!name || !resolver_is(resolver, resolver->nodes[name].symbol, method)) return 0;
    return resolver_child(resolver, function, FIELD_OBJECT);
}

static void python_call_resolve(struct resolver *resolver, uint32_t call, uint32_t function)
{
    static const char *const getters[] = {"getattr", "object.__getattribute__", "type.__getattribute__",
                                          "inspect.getattr_static", NULL};
    static const char *const tables[] = {"globals", "locals", "vars", NULL};
    uint32_t name = resolver->qualified[function], first = text_argument(resolver, call, 0);
    uint32_t argument = resolver_argument(resolver, call, 0), object;
    if (is_one_of(resolver, name, getters)) {
        uint32_t attribute = text_argument(resolver, call, 1);
        if (attribute) member_take(resolver, call, argument, resolver_text(resolver, attribute));
    } else if (resolver_is(resolver, name, "__import__") && first) {
        struct view top, rest;
        view_split(resolver_text(resolver, first), '.', &top, &rest);
        module_take(resolver, call, top);
    } else if (resolver_is(resolver, name, "importlib.import_module") && first) {
        module_take(resolver, call, resolver_text(resolver, first));
    } else if (is_one_of(resolver, name, tables)) {
        if (argument)
            member_take(resolver, call, argument, VIEW("__dict__"));
        else
            resolver->qualified[call] = name;
    } else if (resolver_is(resolver, name, "functools.partial")) {
        denoted_take(resolver, call, argument);
    } else if (first && (object = method_object(resolver, function, "get"))) {
        uint32_t base = resolver->qualified[object];
        bool is_table =
            is_name_table(resolver, base) || view_ends_with(resolver_text(resolver, base), VIEW(".__dict__"));
        if (is_table) element_take(resolver, call, object, first);
    } else if (first && (object = method_object(resolver, function, "__getattribute__"))) {
        member_take(resolver, call, object, resolver_text(resolver, first));
    } else if (resolver_shape(resolver, function) == SHAPE_CALL && argument) {
        /* operator.attrgetter("system")(os) */
        uint32_t maker = resolver_child(resolver, function, FIELD_FUNCTION);
        uint32_t attribute = text_argument(resolver, function, 0);
        if (maker && attribute && resolver_is(resolver, resolver->qualified[maker], "operator.attrgetter"))
            member_take(resolver, call, argument, resolver_text(resolver, attribute));
    }
}

static void javascript_call_resolve(struct resolver *resolver, uint32_t call, uint32_t function)
{
    uint32_t name = resolver->qualified[function], first = text_argument(resolver, call, 0), object;
    bool is_import = resolver_shape(resolver, function) == SHAPE_NONE &&
                     view_equals(node_text(resolver->syntax, function), VIEW("import"));
    if (first && (is_import || resolver_is(resolver, name, "require"))) {
        module_take(resolver, call, module_normalize(&resolver->table, resolver_text(resolver, first)));
    } else if (resolver_is(resolver, name, "Reflect.get")) {
        uint32_t attribute = text_argument(resolver, call, 1);
        uint32_t argument = resolver_argument(resolver, call, 0);
        if (attribute) member_take(resolver, call, argument, resolver_text(resolver, attribute));
    } else if (resolver_is(resolver, name, "module.createRequire")) {
        module_take(resolver, call, VIEW("require"));
    } else if ((object = method_object(resolver, function, "bind"))) {
        denoted_take(resolver, call, object);
    }
}

void qualified_resolve(struct resolver *resolver, uint32_t at)
{
    bool is_javascript = resolver->table.has_declarations;
    uint32_t function, name;
    switch ((int)resolver_shape(resolver, at)) {
    case SHAPE_MEMBER:
        name = resolver_child(resolver, at, is_javascript ? FIELD_PROPERTY : FIELD_ATTRIBUTE);
        if (name)
            member_take(resolver, at, resolver_child(resolver, at, FIELD_OBJECT),
                        resolver_text(resolver, resolver->nodes[name].symbol));
        break;
    case SHAPE_TYPE_MEMBER:
        name = resolver_child(resolver, at, FIELD_NAME);
        if (name)
            member_take(resolver, at, resolver_child(resolver, at, FIELD_MODULE),
                        resolver_text(resolver, resolver->nodes[name].symbol));
        break;
    case SHAPE_SUBSCRIPT:
        subscript_resolve(resolver, at);
        break;
    case SHAPE_CALL:
        function = resolver_child(resolver, at, FIELD_FUNCTION);
        if (function && is_javascript) javascript_call_resolve(resolver, at, function);
        if (function && !is_javascript) python_call_resolve(resolver, at, function);
        break;
    default:
        break;
    }
}
