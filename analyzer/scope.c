#include "analyzer/scope.h"

#include "analyzer/limits.h"
#include "analyzer/literal.h"
#include "analyzer/names.h"

enum { FIRST_SLOTS = 256 };

uint32_t node_child_by_field(const struct syntax *syntax, uint32_t index, uint16_t field)
{
    if (field == 0) return 0;
    uint32_t end = syntax->nodes[index].next;
    for (uint32_t child = index + 1; child < end; child = syntax->nodes[child].next)
        if (syntax->nodes[child].field == field) return child;
    return 0;
}

bool shape_is_scope(enum shape shape)
{
    return shape == SHAPE_MODULE || shape == SHAPE_FUNCTION || shape == SHAPE_FUNCTION_EXPRESSION ||
           shape == SHAPE_METHOD || shape == SHAPE_CLASS || shape == SHAPE_CLASS_EXPRESSION ||
           shape == SHAPE_COMPREHENSION || shape == SHAPE_BLOCK || shape == SHAPE_FOR_IN ||
           shape == SHAPE_EXCEPT;
}

struct view module_normalize(struct scope_table *table, struct view name)
{
    if (view_starts_with(name, VIEW("node:"))) name = view_slice(name, 5, name.length);
    bool is_file = name.length && (name.bytes[0] == '.' || name.bytes[0] == '/');
    if (is_file || view_ends_with(name, VIEW(".node"))) return name;
    if (view_starts_with(name, VIEW("@"))) name = view_slice(name, 1, name.length);
    struct view copy = arena_copy(table->arena, name);
    for (size_t i = 0; i < copy.length; i++) {
        if (copy.bytes[i] == '/') ((char *)copy.bytes)[i] = '.';
        if (copy.bytes[i] == '-') ((char *)copy.bytes)[i] = '_';
    }
    return copy;
}

static uint32_t text_intern(struct scope_table *table, struct view text)
{
    uint32_t symbol = symbol_find(table->syntax->symbols, text);
    if (symbol) return symbol;
    struct view copy = arena_copy(table->arena, text);
    symbol = copy.bytes ? symbol_intern(table->syntax->symbols, copy) : 0;
    if (!symbol) table->is_exhausted = true;
    return symbol;
}

uint32_t dotted_intern(struct scope_table *table, struct view left, struct view right)
{
    char text[LIMIT_DOTTED_BYTES];
    bool has_dot = left.length && right.length;
    size_t length = left.length + has_dot + right.length;
    if (length == 0 || length > sizeof text) return 0;
    if (left.length) memcpy(text, left.bytes, left.length);
    if (has_dot) text[left.length] = '.';
    if (right.length) memcpy(text + left.length + has_dot, right.bytes, right.length);
    return text_intern(table, view_make(text, length));
}

/* Not the node's own text: white space may stand in it, and Python folds `ｏｓ` to `os`. */
uint32_t dotted_of_node(struct scope_table *table, uint32_t node)
{
    char text[LIMIT_DOTTED_BYTES];
    size_t length = 0;
    const struct node *nodes = table->syntax->nodes;
    for (uint32_t at = node; at < nodes[node].next; at++) {
        struct view part = symbol_text(table->syntax->symbols, nodes[at].symbol);
        if (shape_of(table->shapes, nodes[at].kind) != SHAPE_IDENTIFIER || part.length == 0) continue;
        if (length + 1 + part.length > sizeof text) return 0;
        if (length) text[length++] = '.';
        memcpy(text + length, part.bytes, part.length);
        length += part.length;
    }
    return length ? text_intern(table, view_make(text, length)) : 0;
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

uint32_t scope_variable(struct scope_table *table, uint32_t scope, uint32_t symbol)
{
    uint32_t at = slot_of(table, scope, symbol);
    if (table->slots[at]) return table->slots[at];
    struct variable variable = {.scope = scope, .symbol = symbol};
    uint32_t index = table->variables.count;
    bool has_memory = ARRAY_PUSH(table->arena, &table->variables, variable);
    if (has_memory) table->slots[at] = index;
    if (has_memory && table->variables.count > table->slot_count / 4 * 3)
        has_memory = slots_rebuild(table, table->slot_count * 2);
    if (has_memory) return index;
    table->is_exhausted = true;
    return 0;
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
            if (found) {
                uint32_t other = table->variables.items[found].redirect;
                return other ? other : found;
            }
        }
        is_inside_function |= !at->is_block && !at->is_class;
    }
    return 0;
}

bool scope_table_init(struct scope_table *table, struct arena *arena, const struct syntax *syntax)
{
    *table = (struct scope_table){
        .arena = arena,
        .syntax = syntax,
        .shapes = shapes_of(syntax->source->language),
        .has_declarations = syntax->source->language->family == FAMILY_JAVASCRIPT,
        .is_shell = syntax->source->language->family == FAMILY_SHELL,
    };
    struct variable none = {0};
    struct binding unbound = {.value = NODE_NONE};
    table->is_target = ARENA_NEW_ARRAY(arena, bool, syntax->count);
    return table->is_target && ARRAY_PUSH(arena, &table->variables, none) &&
           ARRAY_PUSH(arena, &table->bindings, unbound) && slots_rebuild(table, FIRST_SLOTS);
}

struct view scope_string_text(struct scope_table *table, uint32_t string)
{
    enum language_family family = table->syntax->source->language->family;
    struct view whole = node_text(table->syntax, string);
    struct literal_frame frame = literal_frame_of(family, whole);
    bool is_known = whole.length >= frame.prefix_bytes + frame.quote_bytes;
    if (!is_known || whole.length > LIMIT_DOTTED_BYTES) return (struct view){0};
    struct view inner = view_slice(whole, frame.prefix_bytes, whole.length - frame.quote_bytes);
    char text[LIMIT_DOTTED_BYTES];
    size_t length = literal_decode(family, frame.flags, inner, text, &is_known);
    return is_known ? arena_copy(table->arena, view_make(text, length)) : (struct view){0};
}
