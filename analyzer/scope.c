#include "analyzer/scope.h"

#include "analyzer/limits.h"
#include "analyzer/names.h"

/* PARALLEL_TARGETS: a, b = x, y is followed for that many names; each looks its element up from the first. */
enum { FIRST_SLOTS = 256, SCOPE_DEPTH = LIMIT_TREE_DEPTH + 2, PARALLEL_TARGETS = 64 };

/* One search for bindings: where it is. */
struct binder {
    struct scope_table *table;
    uint32_t open[SCOPE_DEPTH]; /* scopes around the current node, innermost last */
    uint32_t depth;
};

uint32_t node_child_by_field(const struct syntax *syntax, uint32_t index, uint16_t field)
{
    if (field == 0) return 0;
    uint32_t end = syntax->nodes[index].next;
    for (uint32_t child = index + 1; child < end; child = syntax->nodes[child].next)
        if (syntax->nodes[child].field == field) return child;
    return 0;
}

static enum shape shape_at(const struct scope_table *table, uint32_t index)
{
    return shape_of(table->shapes, table->syntax->nodes[index].kind);
}

static uint32_t child_at(const struct scope_table *table, uint32_t index, enum field field)
{
    return node_child_by_field(table->syntax, index, table->shapes->fields[field]);
}

bool shape_is_scope(enum shape shape)
{
    return shape == SHAPE_MODULE || shape == SHAPE_FUNCTION || shape == SHAPE_FUNCTION_EXPRESSION ||
           shape == SHAPE_METHOD || shape == SHAPE_CLASS || shape == SHAPE_CLASS_EXPRESSION ||
           shape == SHAPE_COMPREHENSION || shape == SHAPE_BLOCK || shape == SHAPE_FOR_IN ||
           shape == SHAPE_EXCEPT;
}

struct view module_normalize(struct view name)
{
    if (view_starts_with(name, VIEW("node:"))) name = view_slice(name, 5, name.length);
    return name;
}

uint32_t dotted_intern(struct scope_table *table, struct view left, struct view right)
{
    char text[LIMIT_DOTTED_BYTES];
    size_t length = left.length + (left.length ? 1 : 0) + right.length;
    if (length == 0 || length > sizeof text) return 0;
    size_t used = left.length;
    if (left.length) {
        memcpy(text, left.bytes, left.length);
        text[used++] = '.';
    }
    memcpy(text + used, right.bytes, right.length);
    uint32_t symbol = symbol_find(table->syntax->symbols, view_make(text, length));
    if (symbol) return symbol;
    struct view copy = arena_copy(table->arena, view_make(text, length));
    symbol = copy.bytes ? symbol_intern(table->syntax->symbols, copy) : 0;
    if (!symbol) table->is_exhausted = true;
    return symbol;
}

/* --- variables: an open-addressing table by scope and symbol --- */

static uint32_t slot_of(const struct scope_table *table, uint32_t scope, uint32_t symbol)
{
    uint64_t hash = ((uint64_t)scope << 32 | symbol) * 0x9e3779b97f4a7c15u;
    uint32_t at = (uint32_t)(hash >> 32) & (table->slot_count - 1);
    for (; table->slots[at]; at = (at + 1) & (table->slot_count - 1)) {
        const struct variable *variable = &table->variables.items[table->slots[at]];
        if (variable->scope == scope && variable->symbol == symbol) break;
    }
    return at;
}

static bool slots_rebuild(struct scope_table *table, uint32_t slot_count)
{
    table->slots = ARENA_NEW_ARRAY(table->arena, uint32_t, slot_count);
    if (!table->slots) return false;
    table->slot_count = slot_count;
    for (uint32_t i = 1; i < table->variables.count; i++) {
        const struct variable *variable = &table->variables.items[i];
        table->slots[slot_of(table, variable->scope, variable->symbol)] = i;
    }
    return true;
}

/* The variable of this very scope, made where there is none. NULL: the arena is exhausted. */
static struct variable *variable_get(struct scope_table *table, uint32_t scope, uint32_t symbol)
{
    uint32_t at = slot_of(table, scope, symbol);
    if (table->slots[at]) return &table->variables.items[table->slots[at]];
    struct variable variable = {.scope = scope, .symbol = symbol, .value = NODE_NONE};
    if (!ARRAY_PUSH(table->arena, &table->variables, variable)) {
        table->is_exhausted = true;
        return NULL;
    }
    table->slots[at] = table->variables.count - 1;
    if (table->variables.count > table->slot_count / 4 * 3 && !slots_rebuild(table, table->slot_count * 2)) {
        table->is_exhausted = true;
        return NULL;
    }
    return &table->variables.items[table->variables.count - 1];
}

uint32_t scope_lookup(struct scope_table *table, uint32_t scope, uint32_t symbol)
{
    bool is_inside_function = false;
    for (; scope != SCOPE_NONE; scope = table->scopes.items[scope].parent) {
        if (++table->steps > LIMIT_NAME_STEPS) {
            table->is_over_budget = true;
            return 0;
        }
        const struct scope *at = &table->scopes.items[scope];
        if (!(at->is_class && is_inside_function)) {
            uint32_t found = table->slots[slot_of(table, scope, symbol)];
            if (found) return found;
        }
        is_inside_function |= !at->is_block && !at->is_class;
    }
    return 0;
}

/* --- bindings --- */

/* What a binding gives its name. */
struct bound_value {
    uint32_t node;     /* NODE_NONE: unknown */
    uint32_t key;      /* symbol: this member of it */
    uint32_t imported; /* symbol */
};

static const struct bound_value unknown_value = {.node = NODE_NONE};

static uint32_t function_scope(const struct binder *binder)
{
    uint32_t depth = binder->depth;
    while (depth > 1 && binder->table->scopes.items[binder->open[depth - 1]].is_block) depth--;
    return binder->open[depth - 1];
}

static void name_bind(struct binder *binder, uint32_t scope, uint32_t symbol, struct bound_value value)
{
    struct variable *variable = symbol ? variable_get(binder->table, scope, symbol) : NULL;
    if (!variable) return;
    bool is_known = value.node != NODE_NONE || value.imported;
    variable->binding_count += is_known ? 1 : 2;
    variable->value = value.node;
    variable->key = value.key;
    variable->imported = value.imported;
}

static uint32_t element_of(const struct scope_table *table, uint32_t list, uint32_t number)
{
    const struct node *nodes = table->syntax->nodes;
    for (uint32_t child = list + 1; child < nodes[list].next; child = nodes[child].next) {
        if (nodes[child].flags & NODE_IS_EXTRA) continue;
        if (number-- == 0) return child;
    }
    return NODE_NONE;
}

/* Binds every name in a target. Each node of it is visited once: what is no target (a member, a default's
 * value) is stepped over. */
static void target_bind(struct binder *binder, uint32_t target, uint32_t scope, struct bound_value value)
{
    struct scope_table *table = binder->table;
    const struct node *nodes = table->syntax->nodes;
    enum shape shape = shape_at(table, target);
    if (shape == SHAPE_IDENTIFIER || shape == SHAPE_PROPERTY_SHORTHAND) {
        name_bind(binder, scope, nodes[target].symbol, value);
        return;
    }
    if (shape == SHAPE_TYPE || shape == SHAPE_MEMBER || shape == SHAPE_SUBSCRIPT) return;
    bool is_parallel =
        shape == SHAPE_PATTERN && value.node != NODE_NONE && !value.key &&
        (shape_at(table, value.node) == SHAPE_TUPLE || shape_at(table, value.node) == SHAPE_LIST);
    uint32_t number = 0;
    for (uint32_t at = target + 1; at < nodes[target].next;) {
        uint32_t skip = nodes[at].next;
        struct bound_value inner = unknown_value;
        switch ((int)shape_at(table, at)) {
        case SHAPE_IDENTIFIER:
            if (is_parallel && nodes[at].parent == target && number < PARALLEL_TARGETS)
                inner.node = element_of(table, value.node, number);
            name_bind(binder, scope, nodes[at].symbol, inner);
            break;
        case SHAPE_PROPERTY_SHORTHAND:
            if (shape == SHAPE_PATTERN_OBJECT && nodes[at].parent == target && !value.key)
                inner = (struct bound_value){.node = value.node, .key = nodes[at].symbol};
            name_bind(binder, scope, nodes[at].symbol, inner);
            break;
        case SHAPE_PATTERN_PAIR: {
            uint32_t key = child_at(table, at, FIELD_KEY), bound = child_at(table, at, FIELD_VALUE);
            bool is_plain = key && bound && shape_at(table, key) == SHAPE_PROPERTY && !value.key &&
                            shape == SHAPE_PATTERN_OBJECT && nodes[at].parent == target;
            if (is_plain && shape_at(table, bound) == SHAPE_IDENTIFIER) {
                inner = (struct bound_value){.node = value.node, .key = nodes[key].symbol};
                name_bind(binder, scope, nodes[bound].symbol, inner);
            } else {
                skip = at + 1;
            }
            break;
        }
        case SHAPE_PATTERN_DEFAULT: {
            uint32_t left = child_at(table, at, FIELD_LEFT);
            if (left && nodes[left].symbol) name_bind(binder, scope, nodes[left].symbol, inner);
            if (left && !nodes[left].symbol) skip = left; /* a nested target; its default follows it */
            break;
        }
        case SHAPE_PATTERN:
        case SHAPE_PATTERN_OBJECT:
            skip = at + 1;
            break;
        default:
            break;
        }
        if (nodes[at].parent == target && !(nodes[at].flags & NODE_IS_EXTRA)) number++;
        at = skip;
    }
}

static void parameters_bind(struct binder *binder, uint32_t function, uint32_t scope)
{
    struct scope_table *table = binder->table;
    const struct node *nodes = table->syntax->nodes;
    uint32_t single = child_at(table, function, FIELD_PARAMETER);
    if (single) target_bind(binder, single, scope, unknown_value);
    uint32_t list = child_at(table, function, FIELD_PARAMETERS);
    if (!list) return;
    for (uint32_t at = list + 1; at < nodes[list].next; at = nodes[at].next) {
        uint32_t name = at;
        if (shape_at(table, at) == SHAPE_PARAMETER_DEFAULT) name = child_at(table, at, FIELD_NAME);
        if (shape_at(table, at) == SHAPE_PARAMETER_TYPED) name = at + 1;
        if (shape_at(table, at) == SHAPE_PATTERN_DEFAULT) name = child_at(table, at, FIELD_LEFT);
        if (name) target_bind(binder, name, scope, unknown_value);
    }
}

static void python_import_bind(struct binder *binder, uint32_t import, uint32_t scope)
{
    struct scope_table *table = binder->table;
    const struct syntax *syntax = table->syntax;
    uint32_t module = child_at(table, import, FIELD_MODULE_NAME);
    struct view base = module ? node_text(syntax, module) : (struct view){0};
    for (uint32_t at = import + 1; at < syntax->nodes[import].next; at = syntax->nodes[at].next) {
        if (at == module || syntax->nodes[at].field != table->shapes->fields[FIELD_NAME]) continue;
        uint32_t name = at, alias = 0;
        if (shape_at(table, at) == SHAPE_IMPORT_ALIAS) {
            name = child_at(table, at, FIELD_NAME);
            alias = child_at(table, at, FIELD_ALIAS);
        }
        if (!name) continue;
        struct view dotted = node_text(syntax, name), first = dotted, rest;
        if (!module && !alias) view_split(dotted, '.', &first, &rest);
        struct bound_value value = {.node = NODE_NONE, .imported = dotted_intern(table, base, first)};
        uint32_t bound = alias ? syntax->nodes[alias].symbol : symbol_find(syntax->symbols, first);
        name_bind(binder, scope, bound, value);
    }
}

static void javascript_import_bind(struct binder *binder, uint32_t import, uint32_t scope)
{
    struct scope_table *table = binder->table;
    const struct node *nodes = table->syntax->nodes;
    uint32_t source = child_at(table, import, FIELD_SOURCE);
    if (!source) return;
    struct view quoted = node_text(table->syntax, source);
    struct view module = module_normalize(view_slice(quoted, 1, quoted.length - 1));
    for (uint32_t at = import + 1; at < source; at++) {
        enum shape shape = shape_at(table, at);
        enum shape around = shape_at(table, nodes[at].parent);
        struct bound_value value = {.node = NODE_NONE};
        uint32_t bound = 0;
        if (shape == SHAPE_IMPORT_SPECIFIER) {
            uint32_t name = child_at(table, at, FIELD_NAME), alias = child_at(table, at, FIELD_ALIAS);
            if (!name) continue;
            bool is_default = view_equals(node_text(table->syntax, name), VIEW("default"));
            value.imported = is_default ? dotted_intern(table, (struct view){0}, module)
                                        : dotted_intern(table, module, node_text(table->syntax, name));
            bound = nodes[alias ? alias : name].symbol;
        } else if (shape == SHAPE_IDENTIFIER &&
                   (around == SHAPE_IMPORT_CLAUSE || around == SHAPE_IMPORT_NAMESPACE)) {
            value.imported = dotted_intern(table, (struct view){0}, module);
            bound = nodes[at].symbol;
        }
        name_bind(binder, scope, bound, value);
    }
}

static void global_bind(struct binder *binder, uint32_t statement)
{
    const struct node *nodes = binder->table->syntax->nodes;
    for (uint32_t at = statement + 1; at < nodes[statement].next; at = nodes[at].next) {
        /* Bound from several scopes: known nowhere as one value. */
        name_bind(binder, binder->open[0], nodes[at].symbol, unknown_value);
    }
}

static void assignment_bind(struct binder *binder, uint32_t at)
{
    struct scope_table *table = binder->table;
    uint32_t left = child_at(table, at, FIELD_LEFT), right = child_at(table, at, FIELD_RIGHT);
    if (!left) return;
    struct bound_value value = {.node = right ? right : NODE_NONE};
    uint32_t scope = function_scope(binder);
    if (table->has_declarations) {
        uint32_t symbol = table->syntax->nodes[left].symbol;
        uint32_t known = symbol ? scope_lookup(table, binder->open[binder->depth - 1], symbol) : 0;
        scope = known ? table->variables.items[known].scope : binder->open[0];
    }
    target_bind(binder, left, scope, value);
}

static void declarator_bind(struct binder *binder, uint32_t at)
{
    struct scope_table *table = binder->table;
    uint32_t name = child_at(table, at, FIELD_NAME), value = child_at(table, at, FIELD_VALUE);
    if (!name) return;
    uint32_t parent = table->syntax->nodes[at].parent;
    bool is_var = !child_at(table, parent, FIELD_KIND);
    uint32_t scope = is_var ? function_scope(binder) : binder->open[binder->depth - 1];
    target_bind(binder, name, scope, (struct bound_value){.node = value ? value : NODE_NONE});
}

/* What a node binds in the scopes that are open. A switch over shapes. */
static void node_bind(struct binder *binder, uint32_t at)
{
    struct scope_table *table = binder->table;
    uint32_t inner = binder->open[binder->depth - 1], function = function_scope(binder), child;
    switch ((int)shape_at(table, at)) {
    case SHAPE_ASSIGNMENT:
        assignment_bind(binder, at);
        break;
    case SHAPE_DECLARATOR:
        declarator_bind(binder, at);
        break;
    case SHAPE_ASSIGNMENT_AUGMENTED:
    case SHAPE_FOR_CLAUSE:
        child = child_at(table, at, FIELD_LEFT);
        if (child) target_bind(binder, child, function, unknown_value);
        break;
    case SHAPE_FOR_IN:
        child = child_at(table, at, FIELD_LEFT);
        if (child) target_bind(binder, child, table->has_declarations ? inner : function, unknown_value);
        break;
    case SHAPE_WITH_ALIAS:
    case SHAPE_EXCEPT:
        child = child_at(table, at, table->has_declarations ? FIELD_PARAMETER : FIELD_ALIAS);
        if (child) target_bind(binder, child, table->has_declarations ? inner : function, unknown_value);
        break;
    case SHAPE_DELETE:
        target_bind(binder, at, function, unknown_value);
        break;
    case SHAPE_GLOBAL:
        global_bind(binder, at);
        break;
    case SHAPE_NAMED_EXPRESSION:
        child = child_at(table, at, FIELD_NAME);
        if (child)
            target_bind(binder, child, function,
                        (struct bound_value){.node = child_at(table, at, FIELD_VALUE)});
        break;
    case SHAPE_IMPORT:
        if (table->has_declarations)
            javascript_import_bind(binder, at, binder->open[0]);
        else
            python_import_bind(binder, at, function);
        break;
    case SHAPE_IMPORT_FROM:
        python_import_bind(binder, at, function);
        break;
    default:
        break;
    }
}

static bool scope_open(struct binder *binder, uint32_t at, enum shape shape)
{
    struct scope_table *table = binder->table;
    struct scope scope = {
        .parent = binder->depth ? binder->open[binder->depth - 1] : SCOPE_NONE,
        .node = at,
        .is_block = shape == SHAPE_BLOCK || shape == SHAPE_FOR_IN || shape == SHAPE_EXCEPT,
        .is_class = shape == SHAPE_CLASS || shape == SHAPE_CLASS_EXPRESSION,
    };
    if (shape == SHAPE_FUNCTION || shape == SHAPE_CLASS) {
        uint32_t name = child_at(table, at, FIELD_NAME);
        if (name) name_bind(binder, function_scope(binder), table->syntax->nodes[name].symbol, unknown_value);
    }
    if (!ARRAY_PUSH(table->arena, &table->scopes, scope)) return false;
    uint32_t index = table->scopes.count - 1;
    binder->open[binder->depth++] = index;
    if (shape == SHAPE_FUNCTION_EXPRESSION) {
        uint32_t name = child_at(table, at, FIELD_NAME); /* a named function expression sees its own name */
        if (name) name_bind(binder, index, table->syntax->nodes[name].symbol, unknown_value);
    }
    bool has_parameters =
        shape == SHAPE_FUNCTION || shape == SHAPE_FUNCTION_EXPRESSION || shape == SHAPE_METHOD;
    if (has_parameters) parameters_bind(binder, at, index);
    return true;
}

bool scope_table_init(struct scope_table *table, struct arena *arena, const struct syntax *syntax)
{
    *table = (struct scope_table){
        .arena = arena,
        .syntax = syntax,
        .shapes = shapes_of(syntax->source->language),
        .has_declarations = syntax->source->language->id == LANGUAGE_JAVASCRIPT,
    };
    struct variable none = {.value = NODE_NONE};
    struct binder *binder = ARENA_NEW(arena, struct binder);
    if (!binder || !ARRAY_PUSH(arena, &table->variables, none) || !slots_rebuild(table, FIRST_SLOTS))
        return false;
    binder->table = table;
    const struct node *nodes = syntax->nodes;
    for (uint32_t at = 0; at < syntax->count; at++) {
        while (binder->depth && at >= nodes[table->scopes.items[binder->open[binder->depth - 1]].node].next)
            binder->depth--;
        enum shape shape = shape_at(table, at);
        if ((shape_is_scope(shape) || binder->depth == 0) && !scope_open(binder, at, shape)) return false;
        node_bind(binder, at);
        if (table->is_exhausted) return false;
    }
    return true;
}
