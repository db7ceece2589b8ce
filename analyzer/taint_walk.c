/* taint_walk.c - the code in the order in which it runs. */
#include "analyzer/taint_walk.h"

static bool is_over(const struct taint_walk *w)
{
    return w->e->is_undecided;
}

uint64_t walk_children(struct taint_walk *w, uint32_t n)
{
    uint64_t taints = 0;
    uint32_t end = walk_at(w, n)->next;
    for (uint32_t c = walk_child(w, n + 1, end); c < end && !is_over(w);
         c = walk_child(w, walk_at(w, c)->next, end))
        taints |= walk_node(w, c, false);
    return taints;
}

/* ---- values ---- */

static uint64_t walk_name(struct taint_walk *w, uint32_t n, bool is_base)
{
    bool is_weak = false;
    uint32_t place = target_place(w, n, false, &is_weak);
    return is_base ? taint_state_get(&w->memory, &w->state, place)
                   : taint_state_whole(&w->memory, &w->state, place);
}

/* A part of an object: what is known of the part, and what the object is by itself (a call, a source). */
static uint64_t walk_part(struct taint_walk *w, uint32_t n, bool is_base)
{
    bool is_weak = false, is_object_weak = false;
    uint32_t object = walk_field(w, n, FIELD_OBJECT);
    if (!object) object = walk_field(w, n, FIELD_VALUE);
    if (!object) return walk_children(w, n);
    uint64_t whole = walk_node(w, object, true), index = 0;
    if (walk_shape(w, n) == SHAPE_SUBSCRIPT) {
        uint32_t end = walk_at(w, n)->next;
        for (uint32_t c = walk_child(w, n + 1, end); c < end; c = walk_child(w, walk_at(w, c)->next, end))
            if (c != object) index |= walk_node(w, c, false);
        if (w->rule->assumes_safe_indexes || w->rule->is_by_assignment_only) index = 0;
    }
    if (mark_is_sanitized(w, object)) return index;
    uint32_t place = target_place(w, n, false, &is_weak);
    if (!place) return whole | index;
    uint64_t of_object =
        taint_state_get(&w->memory, &w->state, target_place(w, object, false, &is_object_weak));
    uint64_t of_part = is_base && !is_weak ? taint_state_get(&w->memory, &w->state, place)
                                           : taint_state_whole(&w->memory, &w->state, place);
    /* a place that was never heard of is an object's, whose other parts say nothing of this one */
    if (!is_weak && place == target_place(w, object, false, &is_object_weak)) of_part = of_object;
    return of_part | (whole & ~of_object) | index;
}

/* A method that stores what it is given. */
static void walk_mutation(struct taint_walk *w, uint32_t function, uint64_t taints)
{
    bool is_weak = false;
    if (!taints || walk_shape(w, function) != SHAPE_MEMBER) return;
    uint32_t name = walk_field(w, function, FIELD_ATTRIBUTE), object = walk_field(w, function, FIELD_OBJECT);
    if (!name) name = walk_field(w, function, FIELD_PROPERTY);
    if (!name || !object || !walk_at(w, name)->symbol) return;
    if (!flow_is_mutator(symbol_text(w->syntax->symbols, walk_at(w, name)->symbol))) return;
    uint32_t place = target_place(w, object, true, &is_weak);
    taint_state_add(&w->memory, &w->state, place, taints);
}

static uint64_t walk_call(struct taint_walk *w, uint32_t n)
{
    uint32_t function = walk_field(w, n, FIELD_FUNCTION), arguments = walk_field(w, n, FIELD_ARGUMENTS);
    if (!function) function = walk_field(w, n, FIELD_CONSTRUCTOR);
    uint64_t of_function = 0, of_arguments = 0;
    if (!function) return walk_children(w, n);
    of_function = walk_node(w, function, true);
    if (arguments) of_arguments = walk_node(w, arguments, false);
    walk_mutation(w, function, of_arguments);
    if (w->rule->is_by_assignment_only) return 0;
    return of_function | (w->rule->assumes_safe_functions ? 0 : of_arguments);
}

static bool is_comparison(const struct taint_walk *w, uint32_t n)
{
    static const char *const words[] = {"==", "!=", "===", "!==", "<", ">", "<=", ">=", "in", "instanceof"};
    if (walk_flow(w, n) == FLOW_COMPARISON) return true;
    if (walk_flow(w, n) != FLOW_BINARY) return false;
    uint32_t operator= walk_field(w, n, FIELD_OPERATOR);
    for (size_t i = 0; operator&& i<sizeof words / sizeof * words; i++)
        if (view_equals_cstr(node_text(w->syntax, operator), words[i])) return true;
    return false;
}

static uint64_t operator_value(const struct taint_walk *w, uint32_t n, uint64_t taints)
{
    if (w->rule->is_by_assignment_only) return 0;
    if (!is_comparison(w, n)) return taints;
    return w->rule->assumes_safe_comparisons || w->rule->assumes_safe_booleans ? 0 : taints;
}

static bool is_operator(const struct taint_walk *w, uint32_t n)
{
    return walk_flow(w, n) == FLOW_JOIN || walk_flow(w, n) == FLOW_BINARY;
}

/* a + b + c ...: down along the left operands, and up again. */
static uint64_t walk_operators(struct taint_walk *w, uint32_t n)
{
    uint32_t at = n;
    for (;;) {
        uint32_t first = walk_child(w, at + 1, walk_at(w, at)->next);
        if (first >= walk_at(w, at)->next || !is_operator(w, first)) break;
        at = first;
    }
    uint64_t taints = 0;
    for (uint32_t done = UINT32_MAX;; at = walk_at(w, at)->parent) {
        uint32_t end = walk_at(w, at)->next;
        for (uint32_t c = walk_child(w, at + 1, end); c < end && !is_over(w);
             c = walk_child(w, walk_at(w, c)->next, end))
            if (c != done) taints |= walk_node(w, c, false);
        taints = operator_value(w, at, taints);
        if (at == n) return taints;
        taints = mark_value(w, at, taints, false);
        done = at;
    }
}

static uint64_t walk_choice(struct taint_walk *w, uint32_t n, uint32_t condition)
{
    uint64_t taints = 0;
    uint32_t end = walk_at(w, n)->next, number = 0;
    for (uint32_t c = walk_child(w, n + 1, end); c < end; c = walk_child(w, walk_at(w, c)->next, end)) {
        uint64_t value = walk_node(w, c, false);
        if (number++ != condition) taints |= value;
    }
    return taints;
}

static uint64_t walk_assignment(struct taint_walk *w, uint32_t n)
{
    uint32_t left = walk_field(w, n, FIELD_LEFT), right = walk_field(w, n, FIELD_RIGHT);
    uint64_t taints = 0;
    if (!left) left = walk_field(w, n, FIELD_NAME);
    if (!right) right = walk_field(w, n, FIELD_VALUE);
    if (!left) return walk_children(w, n);
    bool is_added = walk_shape(w, n) == SHAPE_ASSIGNMENT_AUGMENTED ||
                    (walk_shape(w, n) == SHAPE_SHELL_ASSIGNMENT && walk_at(w, left)->next != right);
    if (!is_added) return target_assign_value(w, left, right);
    taints = walk_node(w, left, false);
    if (right) taints |= walk_node(w, right, false);
    target_assign(w, left, taints);
    return taints;
}

/* for target in value */
static void walk_iteration(struct taint_walk *w, uint32_t n)
{
    uint32_t left = walk_field(w, n, FIELD_LEFT), right = walk_field(w, n, FIELD_RIGHT);
    uint64_t taints = right ? walk_node(w, right, false) : 0;
    if (left) target_assign(w, left, taints);
}

static uint64_t walk_comprehension(struct taint_walk *w, uint32_t n)
{
    uint32_t end = walk_at(w, n)->next, body = walk_child(w, n + 1, end);
    if (body >= end) return 0;
    for (uint32_t c = walk_child(w, walk_at(w, body)->next, end); c < end;
         c = walk_child(w, walk_at(w, c)->next, end))
        walk_node(w, c, false);
    return walk_node(w, body, false);
}

/* value as target */
static uint64_t walk_alias(struct taint_walk *w, uint32_t n)
{
    uint32_t end = walk_at(w, n)->next, value = walk_child(w, n + 1, end);
    if (value >= end) return 0;
    uint64_t taints = walk_node(w, value, false);
    for (uint32_t c = walk_child(w, walk_at(w, value)->next, end); c < end;
         c = walk_child(w, walk_at(w, c)->next, end))
        target_assign(w, c, taints);
    return taints;
}

/* ---- functions ---- */

/* A function is run where it is written, with what is known there. What a nameless one does to the variables
 * around it may have happened afterwards. */
static void walk_function(struct taint_walk *w, uint32_t n)
{
    struct taint_state outside;
    struct taint_state *handler = w->handler;
    struct taint_jump *jump = w->jump;
    uint32_t parameters = walk_field(w, n, FIELD_PARAMETERS), body = walk_field(w, n, FIELD_BODY);
    if (!parameters) parameters = walk_field(w, n, FIELD_PARAMETER);
    taint_state_copy(&w->memory, &outside, &w->state);
    w->handler = NULL;
    w->jump = NULL;
    w->state.is_dead = false;
    if (parameters) target_assign(w, parameters, 0);
    if (body) walk_node(w, body, false);
    w->handler = handler;
    w->jump = jump;
    w->state.is_dead = outside.is_dead;
    w->state.control = outside.control;
    if (walk_shape(w, n) == SHAPE_FUNCTION_EXPRESSION) {
        taint_state_join(&w->memory, &outside, &w->state);
    }
    taint_state_drop(&w->memory, &w->state);
    w->state = outside;
}

/* ---- statements ---- */

static void walk_if(struct taint_walk *w, uint32_t n)
{
    struct taint_state otherwise, done = {.is_dead = true};
    uint32_t end = walk_at(w, n)->next, c = walk_child(w, n + 1, end);
    if (c >= end) return;
    walk_node(w, c, false);
    taint_state_copy(&w->memory, &otherwise, &w->state);
    c = walk_child(w, walk_at(w, c)->next, end);
    if (c < end) walk_node(w, c, false);
    while (c < end && (c = walk_child(w, walk_at(w, c)->next, end)) < end && !is_over(w)) {
        taint_state_join(&w->memory, &done, &w->state);
        taint_state_drop(&w->memory, &w->state);
        w->state = otherwise;
        otherwise = (struct taint_state){.is_dead = true};
        if (walk_flow(w, c) != FLOW_ELIF) {
            walk_node(w, c, false);
            continue;
        }
        uint32_t inner_end = walk_at(w, c)->next, inner = walk_child(w, c + 1, inner_end);
        if (inner >= inner_end) continue;
        walk_node(w, inner, false);
        taint_state_copy(&w->memory, &otherwise, &w->state);
        inner = walk_child(w, walk_at(w, inner)->next, inner_end);
        if (inner < inner_end) walk_node(w, inner, false);
    }
    taint_state_join(&w->memory, &w->state, &otherwise);
    taint_state_join(&w->memory, &w->state, &done);
    taint_state_drop(&w->memory, &otherwise);
    taint_state_drop(&w->memory, &done);
}

/* The loop's parts again and again, until nothing new comes of it. */
static void walk_loop(struct taint_walk *w, uint32_t n)
{
    struct taint_jump jump = {.outer = w->jump, .takes_continue = true};
    struct taint_state entry;
    bool is_iteration = walk_shape(w, n) == SHAPE_FOR_IN;
    uint32_t end = walk_at(w, n)->next;
    uint32_t left = walk_field(w, n, is_iteration ? FIELD_LEFT : FIELD_VARIABLE);
    uint32_t right = is_iteration ? walk_field(w, n, FIELD_RIGHT) : 0;
    uint64_t taints = right ? walk_node(w, right, false) : 0;
    for (uint32_t c = left && !is_iteration ? walk_child(w, walk_at(w, left)->next, end) : end; c < end;
         c = walk_child(w, walk_at(w, c)->next, end))
        if (walk_at(w, c)->field == w->shapes->fields[FIELD_VALUE]) taints |= walk_node(w, c, false);
    jump.breaks.is_dead = true;
    w->jump = &jump;
    for (bool is_done = false; !is_done && !is_over(w);) {
        taint_state_copy(&w->memory, &entry, &w->state);
        jump.continues = (struct taint_state){.is_dead = true};
        if (left) target_assign(w, left, taints);
        for (uint32_t c = walk_child(w, n + 1, end); c < end; c = walk_child(w, walk_at(w, c)->next, end))
            if (c != left && c != right) walk_node(w, c, false);
        taint_state_join(&w->memory, &w->state, &jump.continues);
        taint_state_drop(&w->memory, &jump.continues);
        taint_state_join(&w->memory, &w->state, &entry);
        is_done = taint_state_equals(&w->state, &entry);
        taint_state_drop(&w->memory, &entry);
    }
    w->jump = jump.outer;
    taint_state_join(&w->memory, &w->state, &jump.breaks);
    taint_state_drop(&w->memory, &jump.breaks);
}

static void walk_jump(struct taint_walk *w, bool is_continue)
{
    struct taint_jump *jump = w->jump;
    while (jump && is_continue && !jump->takes_continue) jump = jump->outer;
    if (jump) taint_state_join(&w->memory, is_continue ? &jump->continues : &jump->breaks, &w->state);
    w->state.is_dead = true;
}

static void walk_try(struct taint_walk *w, uint32_t n)
{
    struct taint_state *outer = w->handler, thrown, handled = {.is_dead = true}, normal;
    uint32_t end = walk_at(w, n)->next, c = walk_child(w, n + 1, end);
    if (c >= end) return;
    taint_state_copy(&w->memory, &thrown, &w->state);
    w->handler = &thrown;
    walk_node(w, c, false);
    w->handler = outer;
    bool is_dead = w->state.is_dead;
    w->state.is_dead = thrown.is_dead; /* as far as it came */
    taint_state_join(&w->memory, &thrown, &w->state);
    w->state.is_dead = is_dead;
    while ((c = walk_child(w, walk_at(w, c)->next, end)) < end && !is_over(w)) {
        if (walk_flow(w, c) == FLOW_HANDLER) {
            normal = w->state;
            taint_state_copy(&w->memory, &w->state, &thrown);
            walk_node(w, c, false);
            taint_state_join(&w->memory, &handled, &w->state);
            taint_state_drop(&w->memory, &w->state);
            w->state = normal;
            continue;
        }
        if (walk_flow(w, c) == FLOW_FINALLY) {
            taint_state_join(&w->memory, &w->state, &handled);
            is_dead = w->state.is_dead;
            w->state.is_dead = false;
            taint_state_join(&w->memory, &w->state, &thrown);
            walk_node(w, c, false);
            w->state.is_dead |= is_dead;
        } else {
            walk_node(w, c, false);
        }
    }
    taint_state_join(&w->memory, &w->state, &handled);
    taint_state_drop(&w->memory, &handled);
    taint_state_drop(&w->memory, &thrown);
}

/* The cases of a switch, which may stand in a block of their own. */
static void walk_cases(struct taint_walk *w, uint32_t n, const struct taint_state *entry, bool *has_default)
{
    uint32_t end = walk_at(w, n)->next;
    for (uint32_t c = walk_child(w, n + 1, end); c < end && !is_over(w);
         c = walk_child(w, walk_at(w, c)->next, end)) {
        enum flow flow = walk_flow(w, c);
        *has_default |= flow == FLOW_CASE_DEFAULT;
        taint_state_join(&w->memory, &w->state, entry);
        walk_children(w, c);
        if (flow == FLOW_CASE_ALONE) walk_jump(w, false);
    }
}

static void walk_switch(struct taint_walk *w, uint32_t n)
{
    struct taint_jump jump = {.outer = w->jump};
    struct taint_state entry;
    bool has_default = false;
    uint32_t end = walk_at(w, n)->next;
    uint32_t body = walk_field(w, n, FIELD_BODY);
    for (uint32_t c = walk_child(w, n + 1, end); c < end; c = walk_child(w, walk_at(w, c)->next, end))
        if (c != body) walk_node(w, c, false);
    if (!body) return;
    taint_state_copy(&w->memory, &entry, &w->state);
    jump.breaks.is_dead = true;
    w->jump = &jump;
    w->state.is_dead = true;
    walk_cases(w, body, &entry, &has_default);
    w->jump = jump.outer;
    taint_state_join(&w->memory, &w->state, &jump.breaks);
    if (!has_default) taint_state_join(&w->memory, &w->state, &entry);
    taint_state_drop(&w->memory, &jump.breaks);
    taint_state_drop(&w->memory, &entry);
}

static void walk_exit(struct taint_walk *w, uint32_t n)
{
    walk_children(w, n);
    if (w->handler) taint_state_join(&w->memory, w->handler, &w->state);
    w->state.is_dead = true;
}

/* False where the node is no statement that steers. */
static bool walk_statement(struct taint_walk *w, uint32_t n)
{
    switch ((int)walk_flow(w, n)) {
    case FLOW_IF:
        walk_if(w, n);
        return true;
    case FLOW_LOOP:
    case FLOW_FOR:
        walk_loop(w, n);
        return true;
    case FLOW_TRY:
        walk_try(w, n);
        return true;
    case FLOW_SWITCH:
        walk_switch(w, n);
        return true;
    case FLOW_EXIT:
        walk_exit(w, n);
        return true;
    case FLOW_BREAK:
    case FLOW_CONTINUE:
        walk_jump(w, walk_flow(w, n) == FLOW_CONTINUE);
        return true;
    case FLOW_SKIP:
        return true;
    default:
        return false;
    }
}

static uint64_t walk_value(struct taint_walk *w, uint32_t n, bool is_base)
{
    uint32_t value;
    switch ((int)walk_flow(w, n)) {
    case FLOW_TERNARY:
        return walk_choice(w, n, 0);
    case FLOW_TERNARY_INNER:
        return walk_choice(w, n, 1);
    case FLOW_JOIN:
    case FLOW_BINARY:
        return walk_operators(w, n);
    case FLOW_COMPARISON:
        return operator_value(w, n, walk_children(w, n));
    case FLOW_BOOLEAN:
        return walk_children(w, n) & (w->rule->assumes_safe_booleans ? 0 : UINT64_MAX);
    case FLOW_SELF:
        return walk_name(w, n, is_base);
    default:
        break;
    }
    switch ((int)walk_shape(w, n)) {
    case SHAPE_IDENTIFIER:
    case SHAPE_PROPERTY_SHORTHAND:
        return walk_name(w, n, is_base);
    case SHAPE_MEMBER:
    case SHAPE_SUBSCRIPT:
        return walk_part(w, n, is_base);
    case SHAPE_CALL:
    case SHAPE_NEW:
        return walk_call(w, n);
    case SHAPE_ASSIGNMENT:
    case SHAPE_ASSIGNMENT_AUGMENTED:
    case SHAPE_DECLARATOR:
    case SHAPE_SHELL_ASSIGNMENT:
    case SHAPE_NAMED_EXPRESSION:
        return walk_assignment(w, n);
    case SHAPE_KEYWORD_ARGUMENT:
        value = walk_field(w, n, FIELD_VALUE);
        return value ? walk_node(w, value, false) : 0;
    case SHAPE_FOR_CLAUSE:
        walk_iteration(w, n);
        return 0;
    case SHAPE_COMPREHENSION:
        return walk_comprehension(w, n);
    case SHAPE_WITH_ALIAS:
        return walk_alias(w, n);
    case SHAPE_FUNCTION:
    case SHAPE_FUNCTION_EXPRESSION:
    case SHAPE_METHOD:
        walk_function(w, n);
        return 0;
    case SHAPE_MODULE:
    case SHAPE_BLOCK:
    case SHAPE_CLASS:
        walk_children(w, n);
        return 0;
    case SHAPE_PARENTHESES:
    case SHAPE_AWAIT:
        value = walk_child(w, n + 1, walk_at(w, n)->next);
        return value < walk_at(w, n)->next ? walk_node(w, value, is_base) : 0;
    default:
        return walk_children(w, n);
    }
}

/* Whether the rule takes values of this kind for harmless. */
static bool is_safe_literal(const struct taint_walk *w, uint32_t n)
{
    enum flow flow = walk_flow(w, n);
    return (flow == FLOW_NUMBER && w->rule->assumes_safe_numbers) ||
           (flow == FLOW_LITERAL_BOOLEAN && w->rule->assumes_safe_booleans);
}

uint64_t walk_node(struct taint_walk *w, uint32_t n, bool is_base)
{
    if (!taint_steps_taken(&w->memory, 1)) return 0;
    if (w->depth > LIMIT_TAINT_DEPTH) {
        taint_steps_taken(&w->memory, UINT64_MAX);
        return 0;
    }
    w->depth++;
    uint64_t taints = 0;
    if (!walk_statement(w, n)) {
        taints = mark_value(w, n, walk_value(w, n, is_base), is_base);
        if (is_safe_literal(w, n)) taints = 0;
    }
    w->depth--;
    return taints;
}
