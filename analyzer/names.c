#include "analyzer/names.h"

#include "analyzer/guard.h"
#include "analyzer/limits.h"
#include "analyzer/resolver.h"
#include "grammars/module.h"

/* Twice over the source: the second time also sees what is bound further down than it is used. */
enum { ROUNDS = 2 };

uint32_t resolver_child_number(const struct resolver *resolver, uint32_t index, uint32_t number)
{
    for (uint32_t at = index + 1; at < resolver->nodes[index].next; at = resolver->nodes[at].next)
        if (!(resolver->nodes[at].flags & NODE_IS_EXTRA) && number-- == 0) return at;
    return 0;
}

uint32_t resolver_argument(const struct resolver *resolver, uint32_t call, uint32_t number)
{
    uint32_t list = resolver_child(resolver, call, FIELD_ARGUMENTS);
    if (!list || resolver_shape(resolver, list) != SHAPE_ARGUMENTS) return 0;
    return resolver_child_number(resolver, list, number);
}

void resolver_alternative_add(struct resolver *resolver, uint32_t at, uint32_t symbol)
{
    if (!symbol || symbol == resolver->qualified[at]) return;
    if (!resolver->qualified[at]) {
        resolver->qualified[at] = symbol;
        return;
    }
    uint32_t seen = 0;
    for (uint32_t other = resolver->others[at]; other; other = resolver->alternatives.items[other].next) {
        resolver->table.steps++;
        seen++;
        if (resolver->alternatives.items[other].symbol == symbol) return;
    }
    struct name_alternative alternative = {.symbol = symbol, .next = resolver->others[at]};
    if (seen == LIMIT_NAME_ALTERNATIVES) {
        resolver->table.is_over_budget = true;
    } else if (ARRAY_PUSH(resolver->table.arena, &resolver->alternatives, alternative)) {
        resolver->others[at] = resolver->alternatives.count - 1;
    } else {
        resolver->table.is_exhausted = true;
    }
}

/* --- variables --- */

/* Whether names around the walk belong to a function inside the one that the variable belongs to. */
static bool is_closure(const struct resolver *resolver, const struct variable *variable, uint32_t scope)
{
    const struct scope *scopes = resolver->table.scopes.items;
    return scopes[variable->scope].function != scopes[scope].function;
}

/* What one binding makes a name denote, or 0. */
static void binding_denoted(struct resolver *resolver, uint32_t at, const struct binding *binding,
                            uint32_t symbol)
{
    if (binding->is_removal) {
        if (!resolver->table.is_shell) resolver_alternative_add(resolver, at, symbol);
        return;
    }
    if (binding->imported) {
        resolver_alternative_add(resolver, at, qualified_canonical(resolver, binding->imported));
        return;
    }
    uint32_t value = binding->value;
    if (value == NODE_NONE) return;
    struct view key = resolver_text(resolver, binding->key);
    bool has_key = binding->key != 0;
    uint32_t own = resolver->qualified[value];
    resolver_alternative_add(resolver, at, has_key ? qualified_member(resolver, own, key) : own);
    for (uint32_t other = resolver->others[value]; other; other = resolver->alternatives.items[other].next) {
        own = resolver->alternatives.items[other].symbol;
        resolver_alternative_add(resolver, at, has_key ? qualified_member(resolver, own, key) : own);
    }
}

/* Moves a variable on to what is bound in the text before `at`. */
static void variable_advance(struct resolver *resolver, struct variable *variable, uint32_t at)
{
    const struct binding *bindings = resolver->table.bindings.items;
    for (;;) {
        uint32_t next = variable->latest ? bindings[variable->latest].next : variable->first;
        if (!next || bindings[next].from > at) return;
        variable->latest = next;
        if (bindings[next].is_certain) variable->live = next;
    }
}

static void unbound_find(struct resolver *resolver, uint32_t at, uint32_t symbol)
{
    struct view name = resolver_text(resolver, symbol);
    bool may_be_builtin = resolver->table.has_declarations || !scope_lookup(&resolver->table, 0, symbol) ||
                          view_starts_with(name, VIEW("__")) ||
                          module_has(FAMILY_PYTHON, VIEW("builtins"), name) == MODULE_NAME_THERE;
    if (may_be_builtin) resolver_alternative_add(resolver, at, symbol);
    for (uint32_t i = 0; i < resolver->table.stars.count && !resolver->table.is_over_budget; i++)
        resolver_alternative_add(resolver, at,
                                 qualified_member(resolver, resolver->table.stars.items[i], name));
}

/* What a name means that the source has not bound: a builtin, or what an import of everything brought. The
 * same wherever it stands. */
static void unbound_denoted(struct resolver *resolver, uint32_t at, uint32_t symbol)
{
    bool is_fresh = !resolver->qualified[at] && !resolver->others[at];
    struct unbound *known = is_fresh && symbol < resolver->unbound_count ? &resolver->unbound[symbol] : NULL;
    if (known && known->qualified) {
        resolver->qualified[at] = known->qualified;
        resolver->others[at] = known->others;
        return;
    }
    unbound_find(resolver, at, symbol);
    if (known) *known = (struct unbound){resolver->qualified[at], resolver->others[at]};
}

/* All that an identifier may denote: first what was bound last before it, then what else can have been bound
 * when it is used. */
static void denoted_find(struct resolver *resolver, uint32_t at, const struct variable *variable,
                         uint32_t scope)
{
    const struct binding *bindings = resolver->table.bindings.items;
    bool is_later = is_closure(resolver, variable, scope);
    const struct scope *function =
        &resolver->table.scopes.items[resolver->table.scopes.items[scope].function];
    uint32_t seen_until = is_later ? UINT32_MAX : at > function->loop_end ? at : function->loop_end;
    uint32_t primary = variable->latest ? variable->latest : variable->last;
    if (primary) binding_denoted(resolver, at, &bindings[primary], variable->symbol);
    uint32_t first =
        variable->live && !is_later && function->loop_end <= at ? variable->live : variable->first;
    bool is_surely_bound = variable->live != 0;
    for (uint32_t i = first; i && bindings[i].from <= seen_until; i = bindings[i].next) {
        if (++resolver->table.steps > LIMIT_NAME_STEPS) resolver->table.is_over_budget = true;
        if (resolver->table.is_over_budget || resolver->table.is_exhausted) return;
        binding_denoted(resolver, at, &bindings[i], variable->symbol);
        is_surely_bound |= bindings[i].is_certain && is_later;
    }
    /* Where Python's module or class has not surely bound it, and where JavaScript never declared it, the
     * name still means the builtin. */
    bool is_local = resolver->table.has_declarations
                        ? variable->is_declared
                        : variable->scope != 0 && !resolver->table.scopes.items[variable->scope].is_class;
    if (!is_surely_bound && !is_local && !resolver->table.is_shell)
        unbound_denoted(resolver, at, variable->symbol);
}

/* Whether what was bound last is all that can be bound at `at`: no branch, loop or other function between. */
static bool is_settled(const struct resolver *resolver, const struct variable *variable, uint32_t at,
                       uint32_t scope)
{
    const struct scope *function =
        &resolver->table.scopes.items[resolver->table.scopes.items[scope].function];
    /* a shell's commands set variables, or set them in another process, in more ways than can be seen */
    if (resolver->syntax->source->language->family == FAMILY_SHELL) return false;
    return !is_closure(resolver, variable, scope) && !variable->is_foreign && variable->live &&
           variable->live == variable->latest && function->loop_end <= at;
}

/* The binding of the one value that a variable can have at `at`, or 0. */
static uint32_t only_binding(const struct resolver *resolver, const struct variable *variable, uint32_t at,
                             uint32_t scope)
{
    uint32_t only = variable->binding_count == 1                ? variable->first
                    : is_settled(resolver, variable, at, scope) ? variable->live
                                                                : 0;
    if (!only) return 0;
    const struct binding *binding = &resolver->table.bindings.items[only];
    return binding->value == NODE_NONE || binding->key || binding->is_part ? 0 : only;
}

/* Whether nothing out of sight can have set a variable since this binding. */
static bool variable_is_sealed(const struct resolver *resolver, const struct variable *variable,
                               const struct binding *binding)
{
    if (resolver->table.has_declarations) return variable->is_declared;
    if (variable->scope != 0) return true;
    return !resolver->has_forger &&
           !(resolver->table.last_star && resolver->table.last_star >= binding->from);
}

/* A global that JavaScript code made by assigning it, in a source that knows no other way to set it. What it
 * is may be told to a rule, but not compared with a grant. */
static bool is_plain_global(const struct resolver *resolver, const struct variable *variable)
{
    return resolver->table.has_declarations && !variable->is_declared && !resolver->has_forger;
}

/* Whether every value that a variable was ever given is text that is made of constants. */
static bool is_text_always(struct resolver *resolver, const struct variable *variable)
{
    const struct binding *bindings = resolver->table.bindings.items;
    if (!variable->first || variable->is_foreign) return false;
    for (uint32_t i = variable->first; i; i = bindings[i].next) {
        if (++resolver->table.steps > LIMIT_NAME_STEPS) resolver->table.is_over_budget = true;
        bool is_whole = bindings[i].value != NODE_NONE && !bindings[i].key && !bindings[i].is_part;
        if (resolver->table.is_over_budget || !is_whole) return false;
        uint8_t kind = resolver->kind[bindings[i].value];
        if (kind != CONSTANT_TEXT && kind != CONSTANT_SOME_TEXT) return false;
        if (!variable_is_sealed(resolver, variable, &bindings[i]) && !is_plain_global(resolver, variable))
            return false;
    }
    return true;
}

/* Whether a dotted name is that of a module, or of what is taken from one. */
static bool is_of_import(const struct resolver *resolver, uint32_t dotted)
{
    enum shape around = resolver_shape(resolver, resolver->nodes[dotted].parent);
    return around == SHAPE_IMPORT || around == SHAPE_IMPORT_FROM || around == SHAPE_IMPORT_ALIAS;
}

/* Whether an identifier names no variable: an attribute, the keyword of an argument, a part of a module's
 * name. */
static bool is_mere_name(const struct resolver *resolver, uint32_t at)
{
    const uint16_t *fields = resolver->table.shapes->fields;
    uint8_t field = resolver->nodes[at].field;
    enum shape around = resolver_shape(resolver, resolver->nodes[at].parent);
    return (around == SHAPE_MEMBER && field == fields[FIELD_ATTRIBUTE]) ||
           (around == SHAPE_KEYWORD_ARGUMENT && field == fields[FIELD_NAME]) ||
           (around == SHAPE_DOTTED_NAME && is_of_import(resolver, resolver->nodes[at].parent));
}

static void identifier_resolve(struct resolver *resolver, uint32_t at, uint32_t scope)
{
    uint32_t symbol = resolver->nodes[at].symbol;
    if (is_mere_name(resolver, at)) return;
    const struct scope *around = &resolver->table.scopes.items[scope];
    if (at < around->body && !resolver->table.is_target[at]) scope = around->parent; /* f(x=default) */
    uint32_t found = scope_lookup(&resolver->table, scope, symbol);
    resolver->variable[at] = found;
    if (!found && resolver->table.is_shell) return; /* a variable that is not set: its name says nothing */
    if (!found) {
        unbound_denoted(resolver, at, symbol);
        return;
    }
    struct variable *variable = &resolver->table.variables.items[found];
    if (resolver->table.is_target[at]) { /* of a global that nothing declares, the name itself is known */
        bool is_global = resolver->table.has_declarations && !variable->is_declared;
        resolver->qualified[at] = is_global ? symbol : 0;
        return;
    }
    variable_advance(resolver, variable, at);
    denoted_find(resolver, at, variable, scope);
    uint32_t only = only_binding(resolver, variable, at, scope);
    const struct binding *binding = &resolver->table.bindings.items[only];
    resolver->constant[at] = 0;
    resolver->kind[at] = CONSTANT_NONE;
    resolver->has_sure_value[at] = false;
    if (!only) {
        if (is_text_always(resolver, variable)) resolver->kind[at] = CONSTANT_SOME_TEXT;
        return;
    }
    if (binding->value == at) return;
    resolver->value[at] = binding->value;
    uint8_t kind = resolver->kind[binding->value];
    if (!variable_is_sealed(resolver, variable, binding)) {
        bool is_text = kind == CONSTANT_TEXT || kind == CONSTANT_SOME_TEXT;
        if (is_text && is_plain_global(resolver, variable)) resolver->kind[at] = CONSTANT_SOME_TEXT;
        return;
    }
    resolver->has_sure_value[at] = true;
    resolver->constant[at] = resolver->constant[binding->value];
    resolver->kind[at] = resolver->kind[binding->value];
}

/* --- the walk --- */

/* Takes over what one child says. */
static void answer_take(struct resolver *resolver, uint32_t at, uint32_t from)
{
    if (!from) return;
    resolver->qualified[at] = resolver->qualified[from];
    resolver->others[at] = resolver->others[from];
    resolver->constant[at] = resolver->constant[from];
    resolver->kind[at] = resolver->kind[from];
}

static uint32_t last_child(const struct resolver *resolver, uint32_t index)
{
    uint32_t last = 0;
    for (uint32_t at = index + 1; at < resolver->nodes[index].next; at = resolver->nodes[at].next)
        if (!(resolver->nodes[at].flags & NODE_IS_EXTRA)) last = at;
    return last;
}

/* The first child that is no type. */
static uint32_t value_child(const struct resolver *resolver, uint32_t index)
{
    for (uint32_t at = index + 1; at < resolver->nodes[index].next; at = resolver->nodes[at].next)
        if (!(resolver->nodes[at].flags & NODE_IS_EXTRA) && resolver_shape(resolver, at) != SHAPE_TYPE)
            return at;
    return 0;
}

/* a if c else b, a or b: may be either. The array holds the parts in the order of the text. */
static void choice_take(struct resolver *resolver, uint32_t at)
{
    uint32_t texts = 0;
    for (uint32_t child = at + 1; child < resolver->nodes[at].next; child = resolver->nodes[child].next) {
        resolver_alternative_add(resolver, at, resolver->qualified[child]);
        for (uint32_t other = resolver->others[child]; other;
             other = resolver->alternatives.items[other].next)
            resolver_alternative_add(resolver, at, resolver->alternatives.items[other].symbol);
        texts += resolver->kind[child] == CONSTANT_TEXT || resolver->kind[child] == CONSTANT_SOME_TEXT;
    }
    if (texts == 2 && !resolver->constant[at])
        resolver->kind[at] = CONSTANT_SOME_TEXT; /* not the condition */
}

static bool is_logical(const struct resolver *resolver, uint32_t binary)
{
    uint32_t operator= resolver_child(resolver, binary, FIELD_OPERATOR);
    uint32_t symbol = operator? resolver->nodes[operator].symbol : 0;
    return resolver_is(resolver, symbol, "||") || resolver_is(resolver, symbol, "&&") ||
           resolver_is(resolver, symbol, "??");
}

/* After the children of a node. A switch over shapes. */
static void node_resolve(struct resolver *resolver, uint32_t at, uint32_t scope)
{
    resolver->qualified[at] = resolver->others[at] = 0;
    switch ((int)resolver_shape(resolver, at)) {
    case SHAPE_IDENTIFIER:
    case SHAPE_PROPERTY_SHORTHAND:
        identifier_resolve(resolver, at, scope);
        break;
    case SHAPE_SEQUENCE:
    case SHAPE_AWAIT:
        answer_take(resolver, at, last_child(resolver, at));
        break;
    case SHAPE_PARENTHESES:
    case SHAPE_CAST:
        answer_take(resolver, at, value_child(resolver, at));
        break;
    case SHAPE_NAMED_EXPRESSION:
        answer_take(resolver, at, resolver_child(resolver, at, FIELD_VALUE));
        break;
    case SHAPE_ASSIGNMENT:
        answer_take(resolver, at, resolver_child(resolver, at, FIELD_RIGHT));
        break;
    case SHAPE_CHOICE:
        choice_take(resolver, at);
        break;
    case SHAPE_BINARY:
        constant_resolve(resolver, at);
        if (is_logical(resolver, at)) choice_take(resolver, at);
        break;
    case SHAPE_SHELL_TEXT:
    case SHAPE_SHELL_STRING:
    case SHAPE_SHELL_JOIN:
    case SHAPE_SHELL_EXPANSION:
        shell_resolve(resolver, at);
        break;
    default:
        qualified_resolve(resolver, at);
        constant_resolve(resolver, at);
        break;
    }
}

/* One round over the array: a node is resolved when its subtree has been. */
static void round_run(struct resolver *resolver, uint32_t *open_nodes, uint32_t *open_scopes)
{
    struct scope_table *table = &resolver->table;
    uint32_t depth = 0, scope_depth = 0, next_scope = 0;
    for (uint32_t i = 0; i < table->variables.count; i++)
        table->variables.items[i].latest = table->variables.items[i].live = 0;
    for (uint32_t i = 0; i < table->scopes.count; i++) table->scopes.items[i].loop_end = 0;
    for (uint32_t at = 0; at <= resolver->syntax->count; at++) {
        while (depth && resolver->nodes[open_nodes[depth - 1]].next <= at) {
            uint32_t done = open_nodes[--depth];
            node_resolve(resolver, done, open_scopes[scope_depth - 1]);
            if (table->scopes.items[open_scopes[scope_depth - 1]].node == done && scope_depth > 1)
                scope_depth--;
        }
        if (at == resolver->syntax->count || table->is_over_budget || table->is_exhausted) return;
        open_nodes[depth++] = at;
        if (next_scope < table->scopes.count && table->scopes.items[next_scope].node == at)
            open_scopes[scope_depth++] = next_scope++;
        enum shape shape = resolver_shape(resolver, at);
        if (shape != SHAPE_LOOP && shape != SHAPE_FOR_IN) continue;
        struct scope *function =
            &table->scopes.items[table->scopes.items[open_scopes[scope_depth - 1]].function];
        if (function->loop_end <= at) function->loop_end = resolver->nodes[at].next;
    }
}

/* Whether the source mentions one of the names that reach variables, or members, from elsewhere. */
static bool forger_find(const struct syntax *syntax, bool is_of_members)
{
#define NAME_PREFIX(family, name, usual)
#define NAME_WHOLE(family, name, usual)
#define NAME_INNER(family, name)
#define NAME_DROPPED(family, name)
#define NAME_FORGER(family, name)        {FAMILY_##family, false, VIEW(name)},
#define NAME_MEMBER_FORGER(family, name) {FAMILY_##family, true, VIEW(name)},
    static const struct {
        enum language_family family;
        bool is_of_members;
        struct view name;
    } forgers[] = {
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
    for (size_t i = 0; i < sizeof forgers / sizeof *forgers; i++)
        if (forgers[i].family == syntax->source->language->family &&
            forgers[i].is_of_members == is_of_members && symbol_find(syntax->symbols, forgers[i].name))
            return true;
    return false;
}

static bool resolver_init(struct resolver *resolver, struct arena *arena, const struct syntax *syntax)
{
    size_t count = syntax->count;
    struct name_alternative none = {0};
    uint32_t *answers = ARENA_NEW_ARRAY(arena, uint32_t, 5 * count);
    resolver->kind = ARENA_NEW_ARRAY(arena, uint8_t, count);
    resolver->has_sure_value = ARENA_NEW_ARRAY(arena, bool, count);
    resolver->canonical_count = 2 * symbol_count(syntax->symbols); /* those put together come behind */
    resolver->canonical = ARENA_NEW_ARRAY(arena, uint32_t, resolver->canonical_count + 1);
    if (!answers || !resolver->kind || !resolver->has_sure_value || !resolver->canonical ||
        !ARRAY_PUSH(arena, &resolver->alternatives, none))
        return false;
    resolver->syntax = syntax;
    resolver->nodes = syntax->nodes;
    resolver->qualified = answers;
    resolver->constant = answers + count;
    resolver->variable = answers + 2 * count;
    resolver->value = answers + 3 * count;
    resolver->others = answers + 4 * count;
    resolver->constant_bytes_left = 8 * syntax->source->bytes.length + 64 * 1024;
    resolver->has_forger = forger_find(syntax, false);
    resolver->has_member_forger = forger_find(syntax, true);
    return scope_table_init(&resolver->table, arena, syntax) && scope_table_fill(&resolver->table);
}

bool names_resolve(struct arena *arena, const struct syntax *syntax, struct names *names,
                   struct finding_list *findings, struct error *err)
{
    struct resolver *resolver = ARENA_NEW(arena, struct resolver);
    uint32_t *stacks = ARENA_NEW_ARRAY(arena, uint32_t, 2 * (LIMIT_TREE_DEPTH + 2));
    if (!resolver || !stacks || !resolver_init(resolver, arena, syntax))
        return error_set(err, ERROR_LIMIT, "no memory left to resolve names");
    if (resolver->table.stars.count > 1) {
        resolver->unbound_count = symbol_count(syntax->symbols) + 1;
        resolver->unbound = ARENA_NEW_ARRAY(arena, struct unbound, resolver->unbound_count);
        if (!resolver->unbound) return error_set(err, ERROR_LIMIT, "no memory left to resolve names");
    }
    for (int i = 0; i < ROUNDS; i++) {
        if (i == 1 && !members_find(resolver))
            return error_set(err, ERROR_LIMIT, "no memory left to resolve names");
        round_run(resolver, stacks, stacks + LIMIT_TREE_DEPTH + 2);
    }
    *names = (struct names){.qualified = resolver->qualified,
                            .others = resolver->others,
                            .alternatives = resolver->alternatives.items,
                            .constant = resolver->constant,
                            .constant_kind = resolver->kind,
                            .variable = resolver->variable,
                            .value = resolver->value,
                            .has_sure_value = resolver->has_sure_value,
                            .is_target = resolver->table.is_target};
    bool is_reported = !resolver->table.is_over_budget ||
                       guard_report(findings, arena, GUARD_BUDGET, 0, 0,
                                    "resolving names took more than %u steps, or a name has more than %u "
                                    "meanings",
                                    LIMIT_NAME_STEPS, LIMIT_NAME_ALTERNATIVES);
    if (resolver->table.is_exhausted || !is_reported)
        return error_set(err, ERROR_LIMIT, "no memory left to resolve names");
    return true;
}
