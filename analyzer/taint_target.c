/* taint_target.c - places that expressions name, and what is given to them. */
#include "analyzer/taint_walk.h"

enum {
    PARTS_MAX = 8,            /* of a place; what is deeper counts as one of the parts there */
    PAIRS_MAX = 16,           /* elements of a tuple that are told apart */
    NO_VARIABLE = 0x80000000, /* with a symbol: a name that nothing here declares */
};

static uint32_t inner_of(const struct taint_walk *w, uint32_t n)
{
    while (walk_shape(w, n) == SHAPE_PARENTHESES) {
        uint32_t c = walk_child(w, n + 1, walk_at(w, n)->next);
        if (c >= walk_at(w, n)->next) break;
        n = c;
    }
    return n;
}

/* What a member or a subscript is taken of; 0: it is neither. */
static uint32_t object_of(const struct taint_walk *w, uint32_t n)
{
    enum shape shape = walk_shape(w, n);
    uint32_t object = 0;
    if (shape == SHAPE_MEMBER || shape == SHAPE_SUBSCRIPT) object = walk_field(w, n, FIELD_OBJECT);
    if (shape == SHAPE_SUBSCRIPT && !object) object = walk_field(w, n, FIELD_VALUE);
    return object;
}

/* The symbol of the part that is taken; 0: which one is not known. */
static uint32_t part_of(const struct taint_walk *w, uint32_t n)
{
    if (walk_shape(w, n) == SHAPE_MEMBER) {
        uint32_t name = walk_field(w, n, FIELD_ATTRIBUTE);
        if (!name) name = walk_field(w, n, FIELD_PROPERTY);
        return name ? walk_at(w, name)->symbol : 0;
    }
    uint32_t index = walk_field(w, n, FIELD_SUBSCRIPT);
    if (!index) index = walk_field(w, n, FIELD_INDEX);
    return index && w->e->m.names->constant ? w->e->m.names->constant[index] : 0;
}

static uint32_t variable_place(struct taint_walk *w, uint32_t n, bool is_made)
{
    const struct node *node = walk_at(w, n);
    enum shape shape = walk_shape(w, n);
    if (shape != SHAPE_IDENTIFIER && shape != SHAPE_PROPERTY_SHORTHAND && walk_flow(w, n) != FLOW_SELF)
        return 0;
    uint32_t variable = w->e->m.names->variable ? w->e->m.names->variable[n] : 0;
    uint32_t key = variable ? variable : (node->symbol | NO_VARIABLE);
    return taint_place(&w->memory, 0, key, is_made);
}

uint32_t target_place(struct taint_walk *w, uint32_t n, bool is_made, bool *is_weak)
{
    uint32_t root = inner_of(w, n), place;
    unsigned parts = 0;
    *is_weak = false;
    for (uint32_t object; (object = object_of(w, root)) != 0; root = inner_of(w, object))
        if (!taint_steps_taken(&w->memory, 1)) return 0;
    place = variable_place(w, root, is_made);
    n = inner_of(w, n);
    for (uint32_t c = root; place && c != n;) { /* outwards again, along the same way */
        c = walk_at(w, c)->parent;
        if (!object_of(w, c)) continue;
        uint32_t part = part_of(w, c);
        if (!part || ++parts > PARTS_MAX) {
            *is_weak = true;
            return place;
        }
        uint32_t inner = taint_place(&w->memory, place, part, is_made);
        if (!inner) return place; /* as tainted as what it is a part of */
        place = inner;
    }
    return place;
}

static void place_assign(struct taint_walk *w, uint32_t n, uint64_t taints)
{
    bool is_weak = false;
    uint32_t object = object_of(w, n);
    uint32_t end = walk_at(w, n)->next;
    bool has_index = object && walk_shape(w, n) == SHAPE_SUBSCRIPT;
    if (object) walk_node(w, object, true);
    for (uint32_t c = walk_child(w, n + 1, end); has_index && c < end;
         c = walk_child(w, walk_at(w, c)->next, end))
        if (c != object) walk_node(w, c, false);
    taints = mark_value(w, n, taints, false);
    uint32_t place = target_place(w, n, taints != 0, &is_weak);
    if (!taints && !taint_state_whole(&w->memory, &w->state, place)) return; /* clean as it was */
    place = target_place(w, n, true, &is_weak);
    if (is_weak)
        taint_state_add(&w->memory, &w->state, place, taints);
    else
        taint_state_set(&w->memory, &w->state, place, taints);
}

void target_assign(struct taint_walk *w, uint32_t n, uint64_t taints)
{
    uint32_t end = walk_at(w, n)->next, left, right;
    if (w->depth > LIMIT_TAINT_DEPTH) {
        taint_steps_taken(&w->memory, UINT64_MAX);
        return;
    }
    if (walk_flow(w, n) == FLOW_SKIP) return;
    w->depth++;
    switch ((int)walk_shape(w, n)) {
    case SHAPE_IDENTIFIER:
    case SHAPE_PROPERTY_SHORTHAND:
    case SHAPE_MEMBER:
    case SHAPE_SUBSCRIPT:
        place_assign(w, n, taints);
        break;
    case SHAPE_PATTERN_DEFAULT:
    case SHAPE_PARAMETER_DEFAULT:
        left = walk_field(w, n, FIELD_LEFT);
        right = walk_field(w, n, FIELD_RIGHT);
        if (!left) left = walk_field(w, n, FIELD_NAME);
        if (!right) right = walk_field(w, n, FIELD_VALUE);
        if (right) taints |= walk_node(w, right, false);
        if (left) target_assign(w, left, taints);
        break;
    case SHAPE_PATTERN_PAIR:
        right = walk_field(w, n, FIELD_VALUE);
        if (right) target_assign(w, right, taints);
        break;
    case SHAPE_KEYWORD_ARGUMENT:
    case SHAPE_DECORATOR:
        break;
    default:
        taints = mark_value(w, n, taints, false);
        for (uint32_t c = walk_child(w, n + 1, end); c < end; c = walk_child(w, walk_at(w, c)->next, end))
            target_assign(w, c, taints);
        break;
    }
    w->depth--;
}

static uint32_t children_list(const struct taint_walk *w, uint32_t n, uint32_t *children, uint32_t max)
{
    uint32_t count = 0, end = walk_at(w, n)->next;
    for (uint32_t c = walk_child(w, n + 1, end); c < end; c = walk_child(w, walk_at(w, c)->next, end)) {
        if (count == max || walk_shape(w, c) == SHAPE_SPLAT || walk_shape(w, c) == SHAPE_PATTERN_REST)
            return 0;
        children[count++] = c;
    }
    return count;
}

static bool is_list(enum shape shape)
{
    return shape == SHAPE_TUPLE || shape == SHAPE_LIST || shape == SHAPE_PATTERN;
}

/* a, b = c, d */
static bool pairs_assign(struct taint_walk *w, uint32_t left, uint32_t right, uint64_t *taints)
{
    uint32_t lefts[PAIRS_MAX], rights[PAIRS_MAX];
    uint64_t values[PAIRS_MAX];
    if (!is_list(walk_shape(w, left)) || !is_list(walk_shape(w, right)) || w->heads[right]) return false;
    uint32_t count = children_list(w, left, lefts, PAIRS_MAX);
    if (count == 0 || count != children_list(w, right, rights, PAIRS_MAX)) return false;
    *taints = 0;
    for (uint32_t i = 0; i < count; i++) {
        values[i] = walk_node(w, rights[i], false);
        *taints |= values[i];
    }
    for (uint32_t i = 0; i < count; i++) target_assign(w, lefts[i], values[i]);
    return true;
}

uint64_t target_assign_value(struct taint_walk *w, uint32_t left, uint32_t right)
{
    uint64_t taints = 0;
    if (right && pairs_assign(w, left, right, &taints)) return taints;
    if (right) taints = walk_node(w, right, false);
    target_assign(w, left, taints);
    return taints;
}
