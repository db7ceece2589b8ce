#include "analyzer/names.h"

#include "analyzer/guard.h"
#include "analyzer/limits.h"
#include "analyzer/literal.h"
#include "analyzer/scope.h"

/* Twice over the source: the second time also sees what is bound further down than it is used. */
enum { ROUNDS = 2, PARTS_MAX = 256 };

struct resolver {
    struct scope_table table;
    const struct syntax *syntax;
    const struct node *nodes;
    uint32_t *qualified, *constant, *variable;
    size_t constant_bytes_left; /* what may still be put together, so that doubling strings ends */
};

static enum shape shape_at(const struct resolver *resolver, uint32_t index)
{
    return shape_of(resolver->table.shapes, resolver->nodes[index].kind);
}

static uint32_t child_at(const struct resolver *resolver, uint32_t index, enum field field)
{
    return node_child_by_field(resolver->syntax, index, resolver->table.shapes->fields[field]);
}

static struct view text_of(const struct resolver *resolver, uint32_t symbol)
{
    return symbol_text(resolver->syntax->symbols, symbol);
}

static bool is_called(const struct resolver *resolver, uint32_t symbol, const char *name)
{
    return symbol && view_equals_cstr(text_of(resolver, symbol), name);
}

/* The n-th child that is not a comment, or 0. */
static uint32_t child_number(const struct resolver *resolver, uint32_t index, uint32_t number)
{
    for (uint32_t at = index + 1; at < resolver->nodes[index].next; at = resolver->nodes[at].next)
        if (!(resolver->nodes[at].flags & NODE_IS_EXTRA) && number-- == 0) return at;
    return 0;
}

/* --- constants --- */

static uint32_t constant_make(struct resolver *resolver, struct view text)
{
    if (text.length > LIMIT_CONSTANT_BYTES) return 0;
    uint32_t symbol = symbol_find(resolver->syntax->symbols, text);
    if (symbol) return symbol;
    if (text.length > resolver->constant_bytes_left) return 0;
    resolver->constant_bytes_left -= text.length;
    struct view copy = arena_copy(resolver->table.arena, text);
    symbol = copy.bytes ? symbol_intern(resolver->syntax->symbols, copy) : 0;
    if (!symbol) resolver->table.is_exhausted = true;
    return symbol;
}

/* A text under construction; once it is not known or too long, it stays so. */
struct builder {
    char bytes[LIMIT_CONSTANT_BYTES];
    size_t length;
    bool is_known;
};

static void builder_add(struct builder *builder, struct view text)
{
    if (text.length > sizeof builder->bytes - builder->length) builder->is_known = false;
    if (!builder->is_known || text.length == 0) return;
    memcpy(builder->bytes + builder->length, text.bytes, text.length);
    builder->length += text.length;
}

static void builder_add_constant(struct resolver *resolver, struct builder *builder, uint32_t node)
{
    uint32_t symbol = node ? resolver->constant[node] : 0;
    if (!symbol) builder->is_known = false;
    builder_add(builder, text_of(resolver, symbol));
}

static uint32_t builder_end(struct resolver *resolver, const struct builder *builder)
{
    return builder->is_known ? constant_make(resolver, view_make(builder->bytes, builder->length)) : 0;
}

static void builder_add_literal(struct builder *builder, struct view text, bool is_raw)
{
    if (is_raw) {
        builder_add(builder, text);
        return;
    }
    if (text.length > sizeof builder->bytes - builder->length) builder->is_known = false;
    if (builder->is_known)
        builder->length += literal_decode(text, builder->bytes + builder->length, &builder->is_known);
}

static uint32_t string_constant(struct resolver *resolver, uint32_t string)
{
    struct builder builder = {.length = 0, .is_known = true};
    bool is_raw = false;
    for (uint32_t at = string + 1; at < resolver->nodes[string].next; at = resolver->nodes[at].next) {
        struct view text = node_text(resolver->syntax, at);
        switch ((int)shape_at(resolver, at)) {
        case SHAPE_STRING_START:
            is_raw = view_find_byte(text, 'r') != SIZE_MAX || view_find_byte(text, 'R') != SIZE_MAX;
            break;
        case SHAPE_STRING_CONTENT:
        case SHAPE_STRING_ESCAPE:
            builder_add_literal(&builder, text, is_raw);
            break;
        case SHAPE_INTERPOLATION: /* one expression; a conversion or a format makes another text of it */
            builder_add_constant(resolver, &builder, child_number(resolver, at, 0));
            if (child_number(resolver, at, 1)) builder.is_known = false;
            break;
        default:
            break;
        }
    }
    return builder_end(resolver, &builder);
}

static uint32_t joined_constant(struct resolver *resolver, uint32_t list, struct view separator)
{
    struct builder builder = {.length = 0, .is_known = true};
    uint32_t parts = 0;
    for (uint32_t at = list + 1; at < resolver->nodes[list].next && builder.is_known;
         at = resolver->nodes[at].next) {
        if (resolver->nodes[at].flags & NODE_IS_EXTRA) continue;
        if (parts++) builder_add(&builder, separator);
        if (parts > PARTS_MAX) builder.is_known = false;
        builder_add_constant(resolver, &builder, at);
    }
    return builder_end(resolver, &builder);
}

static uint32_t sum_constant(struct resolver *resolver, uint32_t binary)
{
    uint32_t operator= child_at(resolver, binary, FIELD_OPERATOR);
    uint32_t left = child_at(resolver, binary, FIELD_LEFT), right = child_at(resolver, binary, FIELD_RIGHT);
    if (!operator || !left || !right || !is_called(resolver, resolver->nodes[operator].symbol, "+")) return 0;
    bool is_number = shape_at(resolver, left) == SHAPE_NUMBER || shape_at(resolver, right) == SHAPE_NUMBER;
    if (is_number) return 0;
    struct builder builder = {.length = 0, .is_known = true};
    builder_add_constant(resolver, &builder, left);
    builder_add_constant(resolver, &builder, right);
    return builder_end(resolver, &builder);
}

/* --- qualified names --- */

/* Other ways to say the same: what may stand before a builtin's name, and the roads to require. */
static uint32_t qualified_canonical(struct resolver *resolver, uint32_t symbol)
{
    static const char *const python_prefixes[] = {"builtins.", "__builtins__.", "__builtin__.", NULL};
    static const char *const javascript_prefixes[] = {"globalThis.", "global.", "window.", "self.", NULL};
    static const char *const requires[] = {"process.mainModule.require", "module.require",
                                           "require.main.require", "module.constructor._load"};
    struct view text = text_of(resolver, symbol);
    bool is_javascript = resolver->table.has_declarations;
    for (const char *const *prefix = is_javascript ? javascript_prefixes : python_prefixes; *prefix;
         prefix++) {
        size_t length = strlen(*prefix);
        if (text.length > length && view_starts_with(text, view_of_cstr(*prefix)))
            return dotted_intern(&resolver->table, (struct view){0}, view_slice(text, length, text.length));
    }
    for (size_t i = 0; is_javascript && i < sizeof requires / sizeof *requires; i++)
        if (view_equals_cstr(text, requires[i]))
            return dotted_intern(&resolver->table, (struct view){0}, VIEW("require"));
    return symbol;
}

static uint32_t member_qualified(struct resolver *resolver, uint32_t object, struct view name)
{
    uint32_t symbol = object ? resolver->qualified[object] : 0;
    if (!symbol) return 0;
    uint32_t dotted = dotted_intern(&resolver->table, text_of(resolver, symbol), name);
    return dotted ? qualified_canonical(resolver, dotted) : 0;
}

/* The argument number `number` of a call, or 0. */
static uint32_t argument_at(const struct resolver *resolver, uint32_t call, uint32_t number)
{
    uint32_t list = child_at(resolver, call, FIELD_ARGUMENTS);
    return list && shape_at(resolver, list) == SHAPE_ARGUMENTS ? child_number(resolver, list, number) : 0;
}

static uint32_t constant_argument(const struct resolver *resolver, uint32_t call, uint32_t number)
{
    uint32_t argument = argument_at(resolver, call, number);
    return argument ? resolver->constant[argument] : 0;
}

static void call_resolve(struct resolver *resolver, uint32_t call)
{
    uint32_t function = child_at(resolver, call, FIELD_FUNCTION);
    uint32_t name = function ? resolver->qualified[function] : 0;
    uint32_t first = constant_argument(resolver, call, 0);
    uint32_t *qualified = &resolver->qualified[call];
    if (is_called(resolver, name, "getattr") || is_called(resolver, name, "Reflect.get")) {
        uint32_t attribute = constant_argument(resolver, call, 1);
        if (attribute)
            *qualified =
                member_qualified(resolver, argument_at(resolver, call, 0), text_of(resolver, attribute));
    } else if (is_called(resolver, name, "__import__") && first) {
        struct view top, rest;
        view_split(text_of(resolver, first), '.', &top, &rest);
        *qualified = dotted_intern(&resolver->table, (struct view){0}, top);
    } else if (first && is_called(resolver, name, "importlib.import_module")) {
        *qualified = first;
    } else if (first && is_called(resolver, name, "require")) {
        *qualified =
            dotted_intern(&resolver->table, (struct view){0}, module_normalize(text_of(resolver, first)));
    } else if (is_called(resolver, name, "globals") || is_called(resolver, name, "vars") ||
               is_called(resolver, name, "locals")) {
        uint32_t argument = argument_at(resolver, call, 0);
        *qualified = argument ? resolver->qualified[argument] : name;
    } else if (name && view_ends_with(text_of(resolver, name), VIEW(".bind"))) {
        struct view text = text_of(resolver, name);
        *qualified = dotted_intern(&resolver->table, (struct view){0}, view_slice(text, 0, text.length - 5));
    } else if (first && function &&
               shape_of(resolver->table.shapes, resolver->nodes[function].kind) == SHAPE_NONE &&
               view_equals(node_text(resolver->syntax, function), VIEW("import"))) {
        *qualified =
            dotted_intern(&resolver->table, (struct view){0}, module_normalize(text_of(resolver, first)));
    }
}

/* "".join([...]) and [...].join(""). */
static void join_resolve(struct resolver *resolver, uint32_t call)
{
    uint32_t function = child_at(resolver, call, FIELD_FUNCTION);
    if (!function || shape_at(resolver, function) != SHAPE_MEMBER) return;
    uint32_t object = child_at(resolver, function, FIELD_OBJECT);
    uint32_t name =
        child_at(resolver, function, resolver->table.has_declarations ? FIELD_PROPERTY : FIELD_ATTRIBUTE);
    if (!object || !name || !is_called(resolver, resolver->nodes[name].symbol, "join")) return;
    uint32_t argument = argument_at(resolver, call, 0);
    uint32_t list = resolver->table.has_declarations ? object : argument;
    uint32_t separator = resolver->table.has_declarations ? argument : object;
    if (!list || (shape_at(resolver, list) != SHAPE_LIST && shape_at(resolver, list) != SHAPE_TUPLE)) return;
    if (!separator || !resolver->constant[separator]) return;
    resolver->constant[call] =
        joined_constant(resolver, list, text_of(resolver, resolver->constant[separator]));
}

static void subscript_resolve(struct resolver *resolver, uint32_t at)
{
    uint32_t object = child_at(resolver, at, resolver->table.has_declarations ? FIELD_OBJECT : FIELD_VALUE);
    uint32_t index = child_at(resolver, at, resolver->table.has_declarations ? FIELD_INDEX : FIELD_SUBSCRIPT);
    if (!object || !index || !resolver->constant[index] || shape_at(resolver, index) == SHAPE_NUMBER) return;
    uint32_t base = resolver->qualified[object];
    if (!base) return;
    struct view name = text_of(resolver, resolver->constant[index]), owner = text_of(resolver, base);
    if (is_called(resolver, base, "globals") || is_called(resolver, base, "locals") ||
        is_called(resolver, base, "vars") || is_called(resolver, base, "sys.modules") ||
        is_called(resolver, base, "__builtins__"))
        resolver->qualified[at] = dotted_intern(&resolver->table, (struct view){0}, name);
    else if (view_ends_with(owner, VIEW(".__dict__")))
        resolver->qualified[at] =
            dotted_intern(&resolver->table, view_slice(owner, 0, owner.length - 9), name);
    else if (resolver->table.has_declarations || view_ends_with(owner, VIEW("__builtins__")))
        resolver->qualified[at] = member_qualified(resolver, object, name);
}

/* What the variable denotes here, from the value that was bound to it last in the text so far. */
static void variable_refresh(struct resolver *resolver, struct variable *variable)
{
    if (variable->imported) {
        variable->qualified = variable->imported;
        return;
    }
    if (variable->value == NODE_NONE) return;
    uint32_t value = variable->value;
    if (variable->key) {
        variable->qualified = member_qualified(resolver, value, text_of(resolver, variable->key));
        return;
    }
    variable->qualified = resolver->qualified[value];
    variable->constant = variable->binding_count == 1 ? resolver->constant[value] : 0;
}

static void identifier_resolve(struct resolver *resolver, uint32_t at, uint32_t scope)
{
    uint32_t symbol = resolver->nodes[at].symbol;
    uint32_t found = scope_lookup(&resolver->table, scope, symbol);
    if (!found) {
        resolver->qualified[at] = symbol;
        return;
    }
    struct variable *variable = &resolver->table.variables.items[found];
    variable_refresh(resolver, variable);
    resolver->variable[at] = found;
    resolver->qualified[at] = variable->qualified;
    resolver->constant[at] = variable->constant;
}

/* Takes over what one child says. */
static void answer_take(struct resolver *resolver, uint32_t at, uint32_t from)
{
    if (!from) return;
    resolver->qualified[at] = resolver->qualified[from];
    resolver->constant[at] = resolver->constant[from];
}

static uint32_t last_child(const struct resolver *resolver, uint32_t index)
{
    uint32_t last = 0;
    for (uint32_t at = index + 1; at < resolver->nodes[index].next; at = resolver->nodes[at].next)
        if (!(resolver->nodes[at].flags & NODE_IS_EXTRA)) last = at;
    return last;
}

/* After the children of a node. A switch over shapes. */
static void node_resolve(struct resolver *resolver, uint32_t at, uint32_t scope)
{
    uint32_t object, name;
    switch ((int)shape_at(resolver, at)) {
    case SHAPE_IDENTIFIER:
    case SHAPE_PROPERTY_SHORTHAND:
        identifier_resolve(resolver, at, scope);
        break;
    case SHAPE_MEMBER:
        object = child_at(resolver, at, FIELD_OBJECT);
        name = child_at(resolver, at, resolver->table.has_declarations ? FIELD_PROPERTY : FIELD_ATTRIBUTE);
        if (name)
            resolver->qualified[at] =
                member_qualified(resolver, object, text_of(resolver, resolver->nodes[name].symbol));
        break;
    case SHAPE_SUBSCRIPT:
        subscript_resolve(resolver, at);
        break;
    case SHAPE_CALL:
        call_resolve(resolver, at);
        join_resolve(resolver, at);
        break;
    case SHAPE_NUMBER:
        resolver->constant[at] = resolver->nodes[at].symbol;
        break;
    case SHAPE_STRING:
        resolver->constant[at] = string_constant(resolver, at);
        break;
    case SHAPE_CONCATENATION:
        resolver->constant[at] = joined_constant(resolver, at, (struct view){0});
        break;
    case SHAPE_BINARY:
        resolver->constant[at] = sum_constant(resolver, at);
        break;
    case SHAPE_SEQUENCE:
    case SHAPE_AWAIT:
    case SHAPE_PARENTHESES:
        answer_take(resolver, at, last_child(resolver, at));
        break;
    case SHAPE_NAMED_EXPRESSION:
        answer_take(resolver, at, child_at(resolver, at, FIELD_VALUE));
        break;
    case SHAPE_ASSIGNMENT:
        answer_take(resolver, at, child_at(resolver, at, FIELD_RIGHT));
        break;
    default:
        break;
    }
}

/* One round over the array: a node is resolved when its subtree has been. */
static void round_run(struct resolver *resolver, uint32_t *open_nodes, uint32_t *open_scopes)
{
    const struct scope_table *table = &resolver->table;
    uint32_t depth = 0, scope_depth = 0, next_scope = 0;
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
    }
}

bool names_resolve(struct arena *arena, const struct syntax *syntax, struct names *names,
                   struct finding_list *findings, struct error *err)
{
    struct resolver *resolver = ARENA_NEW(arena, struct resolver);
    uint32_t *stacks = ARENA_NEW_ARRAY(arena, uint32_t, 2 * (LIMIT_TREE_DEPTH + 2));
    uint32_t *answers = ARENA_NEW_ARRAY(arena, uint32_t, 3 * (size_t)syntax->count);
    if (!resolver || !stacks || !answers || !scope_table_init(&resolver->table, arena, syntax))
        return error_set(err, ERROR_LIMIT, "no memory left to resolve names");
    resolver->syntax = syntax;
    resolver->nodes = syntax->nodes;
    resolver->qualified = answers;
    resolver->constant = answers + syntax->count;
    resolver->variable = answers + 2 * (size_t)syntax->count;
    resolver->constant_bytes_left = 8 * syntax->source->bytes.length + 64 * 1024;
    for (int i = 0; i < ROUNDS; i++) round_run(resolver, stacks, stacks + LIMIT_TREE_DEPTH + 2);
    *names = (struct names){answers, resolver->constant, resolver->variable};
    bool is_reported = !resolver->table.is_over_budget ||
                       guard_report(findings, arena, GUARD_BUDGET, 0, 0,
                                    "resolving names took more than %u steps", LIMIT_NAME_STEPS);
    if (resolver->table.is_exhausted || !is_reported)
        return error_set(err, ERROR_LIMIT, "no memory left to resolve names");
    return true;
}
