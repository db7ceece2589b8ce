/* member.c - the constants that a class gives its members: BASE = "..." in its body, self.base = "..." in its
 * methods.
 *
 * An object is open to everybody, so much must hold before one is believed: the source gives this name as a
 * member in one place, mentions no road by which members are set or other objects get at a method, does not
 * hand the class on, and the class has no bases but plain ones. Of Python alone: in JavaScript whoever calls
 * a method says what `this` is. */
#include "analyzer/resolver.h"

/* Of a variable: the class that it stands for. */
struct class_name {
    uint32_t scope;    /* 0: none; the first scope is the module's */
    bool is_handed_on; /* or is another class than it seems */
};

struct member_name {
    uint32_t value;    /* node of what it is given */
    uint32_t scope;    /* of the class that gives it */
    uint32_t bindings; /* 2: more than one, or not by a class alone */
    bool is_of_body;   /* the class itself has it, not only its objects */
};

struct member_table {
    struct member_name *names;  /* by symbol */
    struct class_name *classes; /* by variable */
    uint32_t name_count;
};

static struct member_name *member_named(const struct resolver *resolver, uint32_t symbol)
{
    return symbol && symbol < resolver->members->name_count ? &resolver->members->names[symbol] : NULL;
}

static void member_give(struct resolver *resolver, uint32_t symbol, uint32_t scope, uint32_t value)
{
    struct member_name *name = member_named(resolver, symbol);
    if (!name) return;
    name->bindings += value == NODE_NONE ? 2 : 1;
    name->value = value;
    name->scope = scope;
}

static bool is_bound_once(const struct resolver *resolver, uint32_t variable)
{
    const struct variable *it = &resolver->table.variables.items[variable];
    return variable && it->first && it->first == it->last && !it->is_foreign && !it->redirect;
}

static bool is_field(const struct resolver *resolver, uint32_t parent, enum field field, uint32_t child)
{
    return resolver_child(resolver, parent, field) == child;
}

static uint32_t attribute_of(const struct resolver *resolver, uint32_t member)
{
    uint32_t name = resolver_child(resolver, member, FIELD_ATTRIBUTE);
    return name ? resolver->nodes[name].symbol : 0;
}

static bool has_plain_bases(const struct resolver *resolver, uint32_t class)
{
    const struct node *nodes = resolver->nodes;
    for (uint32_t list = class + 1; list < nodes[class].next; list = nodes[list].next) {
        if (resolver_shape(resolver, list) != SHAPE_ARGUMENTS) continue;
        for (uint32_t base = list + 1; base < nodes[list].next; base = nodes[base].next) {
            uint32_t name = resolver->qualified[base];
            bool is_plain = resolver_is(resolver, name, "object") || resolver_is(resolver, name, "abc.ABC");
            if (!(nodes[base].flags & NODE_IS_EXTRA) && !is_plain) return false;
        }
    }
    return true;
}

static void classes_find(struct resolver *resolver)
{
    for (uint32_t scope = 1; scope < resolver->table.scopes.count; scope++) {
        uint32_t class = resolver->table.scopes.items[scope].node;
        if (!resolver->table.scopes.items[scope].is_class) continue;
        uint32_t name = resolver_child(resolver, class, FIELD_NAME);
        uint32_t variable = name ? resolver->variable[name] : 0;
        if (!variable) continue;
        bool is_plain = is_bound_once(resolver, variable) && has_plain_bases(resolver, class) &&
                        resolver_shape(resolver, resolver->nodes[class].parent) != SHAPE_DECORATED;
        resolver->members->classes[variable] = (struct class_name){scope, !is_plain};
    }
}

/* Whether a method is called on its class's objects, or on the class: nothing else wraps it. */
static bool is_plain_method(struct resolver *resolver, uint32_t method, uint32_t class)
{
    static const char *const called[] = {"__init__", "__call__", "__enter__", "__aenter__"};
    const struct node *nodes = resolver->nodes;
    uint32_t name = resolver_child(resolver, method, FIELD_NAME), around = nodes[method].parent;
    if (!name || !is_bound_once(resolver, scope_lookup(&resolver->table, class, nodes[name].symbol)))
        return false;
    struct view text = resolver_text(resolver, nodes[name].symbol);
    bool is_plain = !view_starts_with(text, VIEW("__"));
    for (size_t i = 0; i < sizeof called / sizeof *called; i++) is_plain |= view_equals_cstr(text, called[i]);
    if (resolver_shape(resolver, around) != SHAPE_DECORATED) return is_plain;
    for (uint32_t at = around + 1; at < method; at = nodes[at].next) {
        uint32_t by = resolver_child_number(resolver, at, 0), wrapper = by ? resolver->qualified[by] : 0;
        is_plain &=
            resolver_is(resolver, wrapper, "property") || resolver_is(resolver, wrapper, "classmethod");
    }
    return is_plain;
}

/* The scope of the class whose object, or which itself, a name is as the first parameter of a method; or 0.
 */
static uint32_t class_of_self(struct resolver *resolver, uint32_t node)
{
    const struct scope *scopes = resolver->table.scopes.items;
    uint32_t variable = resolver_shape(resolver, node) == SHAPE_IDENTIFIER ? resolver->variable[node] : 0;
    if (!is_bound_once(resolver, variable)) return 0;
    const struct scope *own = &scopes[resolver->table.variables.items[variable].scope];
    if (resolver_shape(resolver, own->node) != SHAPE_FUNCTION || own->parent == SCOPE_NONE) return 0;
    uint32_t class = scopes[own->parent].function;
    uint32_t list = resolver_child(resolver, own->node, FIELD_PARAMETERS);
    uint32_t first = list ? resolver_child_number(resolver, list, 0) : 0;
    if (!scopes[class].is_class || !first || resolver->variable[first] != variable ||
        !is_plain_method(resolver, own->node, class))
        return 0;
    uint32_t name = resolver_child(resolver, scopes[class].node, FIELD_NAME);
    const struct class_name *it = name ? &resolver->members->classes[resolver->variable[name]] : NULL;
    return it && it->scope == class && !it->is_handed_on ? class : 0;
}

/* What stands in the bodies of classes: constants, methods, anything. */
static void body_members_find(struct resolver *resolver)
{
    for (uint32_t i = 1; i < resolver->table.variables.count; i++) {
        const struct variable *variable = &resolver->table.variables.items[i];
        if (!variable->first || !resolver->table.scopes.items[variable->scope].is_class) continue;
        const struct binding *binding = &resolver->table.bindings.items[variable->first];
        bool is_known = variable->binding_count == 1 && is_bound_once(resolver, i) && !binding->imported &&
                        !binding->key && !binding->is_part && !binding->is_removal;
        member_give(resolver, variable->symbol, variable->scope, is_known ? binding->value : NODE_NONE);
        struct member_name *name = member_named(resolver, variable->symbol);
        if (name) name->is_of_body = true;
    }
}

/* Whether a class's name is used so that no method of it gets another object: it is called, stands for a
 * type, or is asked for a constant. */
static bool is_kept_close(const struct resolver *resolver, uint32_t at)
{
    uint32_t parent = resolver->nodes[at].parent;
    switch ((int)resolver_shape(resolver, parent)) {
    case SHAPE_CALL:
        return is_field(resolver, parent, FIELD_FUNCTION, at);
    case SHAPE_TYPE:
        return true;
    case SHAPE_MEMBER: {
        const struct member_name *name = member_named(resolver, attribute_of(resolver, parent));
        return is_field(resolver, parent, FIELD_OBJECT, at) && name && name->is_of_body &&
               name->bindings == 1;
    }
    default:
        return false;
    }
}

/* type(x) is a class under no name, unless only its name is asked for. */
static bool is_class_taken(const struct resolver *resolver, uint32_t call)
{
    uint32_t function = resolver_child(resolver, call, FIELD_FUNCTION), parent = resolver->nodes[call].parent;
    if (!function || !resolver_is(resolver, resolver->qualified[function], "type")) return false;
    return resolver_shape(resolver, parent) != SHAPE_MEMBER ||
           !resolver_is(resolver, attribute_of(resolver, parent), "__name__");
}

/* What else the source says of names and classes. False: a class is got at in a way that is not followed. */
static bool uses_find(struct resolver *resolver)
{
    for (uint32_t at = 0; at < resolver->syntax->count; at++) {
        uint32_t name = 0;
        struct class_name *class = NULL;
        switch ((int)resolver_shape(resolver, at)) {
        case SHAPE_KEYWORD_ARGUMENT:
            name = resolver_child(resolver, at, FIELD_NAME);
            if (name) member_give(resolver, resolver->nodes[name].symbol, 0, NODE_NONE);
            break;
        case SHAPE_STRING:
            member_give(resolver, resolver->constant[at], 0, NODE_NONE);
            break;
        case SHAPE_IDENTIFIER:
            class = &resolver->members->classes[resolver->variable[at]];
            class->is_handed_on |= !resolver->table.is_target[at] && !is_kept_close(resolver, at);
            break;
        case SHAPE_CALL:
            if (is_class_taken(resolver, at)) return false;
            break;
        default:
            break;
        }
    }
    return true;
}

bool members_find(struct resolver *resolver)
{
    struct arena *arena = resolver->table.arena;
    if (resolver->syntax->source->language->family != FAMILY_PYTHON || resolver->has_forger ||
        resolver->has_member_forger || resolver->table.last_star || resolver->table.is_over_budget)
        return true;
    uint32_t count = symbol_count(resolver->syntax->symbols) + 1;
    struct member_table *members = ARENA_NEW(arena, struct member_table);
    struct member_name *names = ARENA_NEW_ARRAY(arena, struct member_name, count);
    struct class_name *classes =
        ARENA_NEW_ARRAY(arena, struct class_name, resolver->table.variables.count + 1);
    if (!members || !names || !classes) return false;
    *members = (struct member_table){names, classes, count};
    resolver->members = members;
    classes_find(resolver);
    body_members_find(resolver);
    if (!uses_find(resolver)) resolver->members = NULL;
    for (uint32_t i = 0; resolver->members && i < resolver->table.members.count; i++) {
        const struct member_binding *binding = &resolver->table.members.items[i];
        uint32_t object = resolver_child(resolver, binding->member, FIELD_OBJECT);
        uint32_t class = object ? class_of_self(resolver, object) : 0;
        member_give(resolver, attribute_of(resolver, binding->member), class,
                    class ? binding->value : NODE_NONE);
    }
    return true;
}

void member_resolve(struct resolver *resolver, uint32_t at)
{
    if (!resolver->members) return;
    const struct member_name *name = member_named(resolver, attribute_of(resolver, at));
    uint32_t object = resolver_child(resolver, at, FIELD_OBJECT), parent = resolver->nodes[at].parent;
    bool is_target =
        resolver_shape(resolver, parent) == SHAPE_ASSIGNMENT && is_field(resolver, parent, FIELD_LEFT, at);
    if (!name || name->bindings != 1 || !object || is_target) return;
    uint32_t class = class_of_self(resolver, object);
    if (!class && name->is_of_body && resolver_shape(resolver, object) == SHAPE_IDENTIFIER) {
        const struct class_name *named = &resolver->members->classes[resolver->variable[object]];
        class = named->is_handed_on ? 0 : named->scope;
    }
    if (!class || class != name->scope || resolver->kind[name->value] != CONSTANT_TEXT) return;
    resolver->constant[at] = resolver->constant[name->value];
    resolver->kind[at] = CONSTANT_TEXT;
}
