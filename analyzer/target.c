/* target.c - what a target binds: a name, a tuple, an object pattern. */
#include "analyzer/binder.h"

enum {
    PARALLEL_TARGETS = 64, /* a, b = x, y is followed for that many names: each looks from the first */
    PATTERN_LEVELS = 16,   /* of { a: { b: c } } */
};

static const struct bound_value unknown_value = {.node = NODE_NONE};

/* How many commas stand between the bytes `start` and `end`: the array has none, and [a, , b] has a hole. */
static uint32_t commas_between(const struct scope_table *table, uint32_t start, uint32_t end)
{
    uint32_t count = 0;
    struct view bytes = table->syntax->source->bytes;
    for (uint32_t i = start; i < end; i++) count += bytes.bytes[i] == ',';
    return count;
}

/* The element of a list at this number; NODE_NONE where a splat or a hole makes that unsure. */
static uint32_t element_of(const struct binder *binder, uint32_t list, uint32_t number)
{
    const struct scope_table *table = binder->table;
    const struct node *nodes = table->syntax->nodes;
    uint32_t seen = 0, behind = nodes[list].start;
    for (uint32_t child = list + 1; child < nodes[list].next; child = nodes[child].next) {
        seen += commas_between(table, behind, nodes[child].start);
        behind = nodes[child].end;
        if (nodes[child].flags & NODE_IS_EXTRA) continue;
        if (binder_shape(binder, child) == SHAPE_SPLAT || seen > number) break;
        if (seen == number) return child;
    }
    return NODE_NONE;
}

/* One { } of an object pattern that the walk over a target is inside of. */
struct pattern_level {
    uint32_t end;
    uint32_t key; /* symbol of the way to it from the value; 0: it stands for the value itself */
    bool is_known;
};

struct target_walk {
    struct binder *binder;
    uint32_t target, scope;
    struct bound_value value;
    struct pattern_level levels[PATTERN_LEVELS];
    uint32_t depth;
    uint32_t number, behind; /* of the current child among the target's own; the byte behind the last one */
    bool is_parallel;
};

static struct bound_value member_called(struct target_walk *walk, struct view name)
{
    struct scope_table *table = walk->binder->table;
    const struct pattern_level *level = walk->depth ? &walk->levels[walk->depth - 1] : NULL;
    if (!level || !level->is_known || !name.length || walk->value.node == NODE_NONE) return unknown_value;
    uint32_t key = dotted_intern(table, symbol_text(table->syntax->symbols, level->key), name);
    return key ? (struct bound_value){.node = walk->value.node, .key = key} : unknown_value;
}

static struct bound_value member_of(struct target_walk *walk, uint32_t name)
{
    const struct syntax *syntax = walk->binder->table->syntax;
    return member_called(walk, symbol_text(syntax->symbols, syntax->nodes[name].symbol));
}

/* The member that a key names: b, "b" or ["b"]. */
static struct bound_value keyed(struct target_walk *walk, uint32_t key)
{
    const struct node *nodes = walk->binder->table->syntax->nodes;
    enum shape shape = binder_shape(walk->binder, key);
    if (shape == SHAPE_PROPERTY) return member_of(walk, key);
    if (shape == SHAPE_NONE && key + 1 < nodes[key].next && nodes[key + 1].next == nodes[key].next) {
        key++; /* of the brackets' inside */
        shape = binder_shape(walk->binder, key);
    }
    return shape == SHAPE_STRING ? member_called(walk, scope_string_text(walk->binder->table, key))
                                 : unknown_value;
}

static void member_bind(struct binder *binder, uint32_t at, struct bound_value value)
{
    struct scope_table *table = binder->table;
    struct member_binding binding = {at, value.key || value.is_part ? NODE_NONE : value.node};
    if (!binder->is_declaring && !ARRAY_PUSH(table->arena, &table->members, binding))
        table->is_exhausted = true;
}

static void level_open(struct target_walk *walk, uint32_t pattern, struct bound_value value)
{
    bool is_known = value.node != NODE_NONE && walk->depth < PATTERN_LEVELS;
    if (walk->depth == PATTERN_LEVELS) walk->levels[--walk->depth].is_known = false;
    uint32_t end = walk->binder->table->syntax->nodes[pattern].next;
    walk->levels[walk->depth++] = (struct pattern_level){end, value.key, is_known};
}

/* b: c in an object pattern, where c may have a default. Returns where the walk goes on. */
static uint32_t pair_bind(struct target_walk *walk, uint32_t at)
{
    struct scope_table *table = walk->binder->table;
    const struct node *nodes = table->syntax->nodes;
    uint32_t key = binder_child(walk->binder, at, FIELD_KEY),
             bound = binder_child(walk->binder, at, FIELD_VALUE);
    if (!key || !bound) return at + 1;
    struct bound_value value = keyed(walk, key);
    uint32_t target = bound;
    if (binder_shape(walk->binder, bound) == SHAPE_PATTERN_DEFAULT)
        target = binder_child(walk->binder, bound, FIELD_LEFT);
    if (target && binder_shape(walk->binder, target) == SHAPE_IDENTIFIER) {
        name_bind_node(walk->binder, walk->scope, target, value);
        return nodes[at].next;
    }
    if (target != bound || binder_shape(walk->binder, bound) != SHAPE_PATTERN_OBJECT) return bound;
    level_open(walk, bound, value);
    return bound + 1;
}

/* { ...rest } of an object: it has what the object has. False: it is of a list, or of something unknown. */
static bool rest_bind(struct target_walk *walk, uint32_t at)
{
    const struct node *nodes = walk->binder->table->syntax->nodes;
    const struct pattern_level *level = walk->depth ? &walk->levels[walk->depth - 1] : NULL;
    uint32_t name = nodes[at].next - 1;
    bool is_of_object = binder_shape(walk->binder, nodes[at].parent) == SHAPE_PATTERN_OBJECT;
    if (!is_of_object || !level || !level->is_known || walk->value.node == NODE_NONE ||
        binder_shape(walk->binder, name) != SHAPE_IDENTIFIER)
        return false;
    struct bound_value value = {.node = walk->value.node, .key = level->key, .is_part = true};
    name_bind_node(walk->binder, walk->scope, name, value);
    return true;
}

/* One node of a target; returns where the walk goes on. What is no target (a member, a default's value) is
 * stepped over. */
static uint32_t target_node_bind(struct target_walk *walk, uint32_t at)
{
    struct scope_table *table = walk->binder->table;
    const struct node *nodes = table->syntax->nodes;
    struct bound_value inner = unknown_value;
    bool is_own = nodes[at].parent == walk->target;
    switch ((int)binder_shape(walk->binder, at)) {
    case SHAPE_IDENTIFIER:
        if (is_own && walk->is_parallel && walk->number < PARALLEL_TARGETS)
            inner.node = element_of(walk->binder, walk->value.node, walk->number);
        name_bind_node(walk->binder, walk->scope, at, inner);
        break;
    case SHAPE_PROPERTY_SHORTHAND:
        name_bind_node(walk->binder, walk->scope, at, member_of(walk, at));
        break;
    case SHAPE_PATTERN_PAIR:
        return pair_bind(walk, at);
    case SHAPE_PATTERN_DEFAULT: {
        uint32_t left = binder_child(walk->binder, at, FIELD_LEFT);
        if (!left) break;
        if (!nodes[left].symbol) { /* a nested target; its default follows it */
            level_open(walk, at, unknown_value);
            return left;
        }
        bool is_member = binder_shape(walk->binder, left) == SHAPE_PROPERTY_SHORTHAND;
        name_bind_node(walk->binder, walk->scope, left, is_member ? member_of(walk, left) : unknown_value);
        break;
    }
    case SHAPE_PATTERN_REST:
        walk->is_parallel = false;
        if (rest_bind(walk, at)) break;
        level_open(walk, at, unknown_value);
        return at + 1;
    case SHAPE_MEMBER:
        member_bind(walk->binder, at, unknown_value);
        break;
    case SHAPE_TUPLE: /* as a grammar may call what is a pattern: with x as (a, b), del (a, b), *a.b = x */
    case SHAPE_LIST:
    case SHAPE_SPLAT:
    case SHAPE_PATTERN:
    case SHAPE_PATTERN_OBJECT:
    case SHAPE_PARENTHESES:
        level_open(walk, at, unknown_value);
        return at + 1;
    default:
        break;
    }
    return nodes[at].next;
}

void target_bind(struct binder *binder, uint32_t target, uint32_t scope, struct bound_value value)
{
    struct scope_table *table = binder->table;
    const struct node *nodes = table->syntax->nodes;
    enum shape shape = binder_shape(binder, target);
    if (shape == SHAPE_IDENTIFIER || shape == SHAPE_PROPERTY_SHORTHAND) {
        name_bind_node(binder, scope, target, value);
        return;
    }
    if (shape == SHAPE_MEMBER) member_bind(binder, target, value);
    if (shape == SHAPE_TYPE || shape == SHAPE_MEMBER || shape == SHAPE_SUBSCRIPT) return;
    struct target_walk walk = {.binder = binder, .target = target, .scope = scope, .value = value};
    bool is_node = value.node != NODE_NONE && !value.key;
    walk.is_parallel =
        shape == SHAPE_PATTERN && is_node &&
        (binder_shape(binder, value.node) == SHAPE_TUPLE || binder_shape(binder, value.node) == SHAPE_LIST);
    walk.behind = nodes[target].start;
    if (shape == SHAPE_PATTERN_OBJECT) level_open(&walk, target, is_node ? value : unknown_value);
    for (uint32_t at = target + 1; at < nodes[target].next && !table->is_exhausted;) {
        while (walk.depth && walk.levels[walk.depth - 1].end <= at) walk.depth--;
        if (nodes[at].parent == target) {
            walk.number += commas_between(table, walk.behind, nodes[at].start);
            walk.behind = nodes[at].end;
        }
        at = target_node_bind(&walk, at);
    }
}
