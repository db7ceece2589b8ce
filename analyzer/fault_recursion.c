/* fault_recursion.c - functions that never return because every path through them calls one of them again.
 *
 * The greatest set U of functions such that each path through each of them calls a member of U before it can
 * leave: all are taken at first, and whoever has a path out is taken away, until nothing changes. What may
 * raise or leave counts as a way out, so that a base case by exception is none of ours. */
#include <stdlib.h>

#include "analyzer/fault_scan.h"

enum outcome { OUTCOME_GOES_ON, OUTCOME_CALLS, OUTCOME_LEAVES };

enum routine_kind { ROUTINE_PLAIN, ROUTINE_METHOD, ROUTINE_GETTER, ROUTINE_SETTER };

struct routine {
    uint32_t node, body, class_node; /* class_node 0: no method */
    uint32_t symbol, variable;       /* variable: of a plain function */
    uint32_t self;                   /* variable of a method's first parameter; 0: `this` */
    uint32_t callee;                 /* the routine that was called first when it was last judged */
    enum routine_kind kind;
    bool is_in, is_async;
};

struct recursion {
    struct fault_scan *scan;
    struct routine *routines;
    uint32_t count;
    uint32_t *by_variable; /* routine number + 1; UINT32_MAX: bound more than once */
    uint32_t variable_count;
    struct routine *current;
};

static enum outcome judge(struct recursion *r, uint32_t at);

/* --- who is called --- */

static struct routine *method_find(struct recursion *r, uint32_t class_node, uint32_t symbol,
                                   enum routine_kind kind)
{
    struct routine *found = NULL;
    fault_step(r->scan, r->count);
    for (uint32_t i = 0; i < r->count; i++) {
        struct routine *routine = &r->routines[i];
        if (routine->class_node != class_node || routine->symbol != symbol) continue;
        if (found || routine->kind != kind) {
            bool is_pair = kind != ROUTINE_METHOD && routine->kind != ROUTINE_METHOD;
            if (!is_pair || (found && routine->kind == kind))
                return NULL; /* which one is meant is not known */
        }
        if (routine->kind == kind) found = routine;
    }
    return found;
}

/* The name behind `self.` or `this.`, or 0. */
static uint32_t own_member(const struct recursion *r, uint32_t at)
{
    const struct fault_scan *scan = r->scan;
    if (!r->current->class_node || fault_shape(scan, at) != SHAPE_MEMBER) return 0;
    uint32_t object = fault_child(scan, at, FIELD_OBJECT);
    uint32_t name = fault_child(scan, at, fault_is_python(scan) ? FIELD_ATTRIBUTE : FIELD_PROPERTY);
    if (!object || !name) return 0;
    bool is_own = r->current->self ? scan->names->variable[object] == r->current->self
                                   : view_equals_cstr(node_text(scan->syntax, object), "this");
    return is_own ? scan->nodes[name].symbol : 0;
}

static struct routine *called_by(struct recursion *r, uint32_t call)
{
    const struct fault_scan *scan = r->scan;
    uint32_t function = fault_unwrap(scan, fault_child(scan, call, FIELD_FUNCTION));
    if (!function) return NULL;
    uint32_t own = own_member(r, function);
    if (own) return method_find(r, r->current->class_node, own, ROUTINE_METHOD);
    uint32_t variable = fault_shape(scan, function) == SHAPE_IDENTIFIER ? scan->names->variable[function] : 0;
    uint32_t number = variable && variable < r->variable_count ? r->by_variable[variable] : 0;
    return number && number != UINT32_MAX ? &r->routines[number - 1] : NULL;
}

/* Reading or setting a property calls its accessor. */
static struct routine *accessed_by(struct recursion *r, uint32_t member)
{
    const struct fault_scan *scan = r->scan;
    uint32_t own = own_member(r, member), parent = scan->nodes[member].parent;
    if (!own) return NULL;
    bool is_target =
        fault_shape(scan, parent) == SHAPE_ASSIGNMENT && fault_child(scan, parent, FIELD_LEFT) == member;
    bool is_callee =
        fault_shape(scan, parent) == SHAPE_CALL && fault_child(scan, parent, FIELD_FUNCTION) == member;
    if (is_callee) return NULL;
    return method_find(r, r->current->class_node, own, is_target ? ROUTINE_SETTER : ROUTINE_GETTER);
}

static bool is_in_set(struct recursion *r, struct routine *routine)
{
    if (!routine || !routine->is_in) return false;
    r->current->callee = (uint32_t)(routine - r->routines);
    return true;
}

/* --- paths --- */

/* The children one after the other, from `from` on. */
static enum outcome judge_children(struct recursion *r, uint32_t at, uint32_t from)
{
    for (uint32_t child = from; child < r->scan->nodes[at].next; child = r->scan->nodes[child].next) {
        enum outcome outcome = judge(r, child);
        if (outcome != OUTCOME_GOES_ON) return outcome;
    }
    return OUTCOME_GOES_ON;
}

static enum outcome judge_call(struct recursion *r, uint32_t call)
{
    struct fault_scan *scan = r->scan;
    enum outcome outcome = judge_children(r, call, call + 1);
    if (outcome != OUTCOME_GOES_ON) return outcome;
    struct routine *routine = called_by(r, call);
    if (routine) {
        bool is_awaited = fault_shape(scan, scan->nodes[call].parent) == SHAPE_AWAIT;
        bool runs = !routine->is_async || is_awaited || !fault_is_python(scan);
        if (runs && is_in_set(r, routine)) return OUTCOME_CALLS;
        return runs ? OUTCOME_LEAVES : OUTCOME_GOES_ON;
    }
    return fault_call_is_tame(scan, call) ? OUTCOME_GOES_ON : OUTCOME_LEAVES;
}

/* Of two ways one is taken. */
static enum outcome either(enum outcome one, enum outcome other)
{
    if (one == OUTCOME_LEAVES || other == OUTCOME_LEAVES) return OUTCOME_LEAVES;
    return one == other ? one : OUTCOME_GOES_ON;
}

static enum outcome judge_if(struct recursion *r, uint32_t at)
{
    const struct fault_scan *scan = r->scan;
    uint32_t condition = fault_child(scan, at, FIELD_CONDITION),
             consequence = fault_child(scan, at, FIELD_CONSEQUENCE);
    if (!condition || !consequence) return OUTCOME_LEAVES;
    enum outcome outcome = judge(r, condition);
    if (outcome != OUTCOME_GOES_ON) return outcome;
    enum outcome whole = judge(r, consequence);
    bool has_else = false;
    uint16_t field = scan->shapes->fields[FIELD_ALTERNATIVE];
    for (uint32_t child = at + 1; child < scan->nodes[at].next; child = scan->nodes[child].next) {
        if (scan->nodes[child].field != field) continue;
        bool is_elif = fault_flow(scan, child) == FLOW_ELIF;
        uint32_t inner = is_elif ? fault_child(scan, child, FIELD_CONSEQUENCE) : child;
        uint32_t question = is_elif ? fault_child(scan, child, FIELD_CONDITION) : 0;
        enum outcome asked = question ? judge(r, question) : OUTCOME_GOES_ON;
        if (asked != OUTCOME_GOES_ON) return either(whole, asked);
        whole = either(whole, inner ? judge(r, inner) : OUTCOME_LEAVES);
        has_else |= !is_elif;
    }
    return has_else ? whole : either(whole, OUTCOME_GOES_ON);
}

/* The body of a loop runs any number of times: what matters is whether it can be left from there. */
static enum outcome judge_loop(struct recursion *r, uint32_t at)
{
    const struct fault_scan *scan = r->scan;
    uint32_t body = fault_child(scan, at, FIELD_BODY), head = fault_child(scan, at, FIELD_RIGHT);
    if (!head) head = fault_child(scan, at, FIELD_CONDITION);
    enum outcome outcome = head ? judge(r, head) : OUTCOME_GOES_ON;
    if (outcome != OUTCOME_GOES_ON) return outcome;
    outcome = body ? judge(r, body) : OUTCOME_LEAVES;
    return outcome == OUTCOME_GOES_ON ? OUTCOME_GOES_ON : OUTCOME_LEAVES;
}

static enum outcome judge_flow(struct recursion *r, uint32_t at, bool *is_done)
{
    enum outcome outcome;
    const struct fault_scan *scan = r->scan;
    *is_done = true;
    switch ((int)fault_flow(scan, at)) {
    case FLOW_IF:
        return judge_if(r, at);
    case FLOW_LOOP:
    case FLOW_FOR:
        return judge_loop(r, at);
    case FLOW_EXIT:
        outcome = judge_children(r, at, at + 1);
        return outcome == OUTCOME_GOES_ON ? OUTCOME_LEAVES : outcome;
    case FLOW_TERNARY:
    case FLOW_TERNARY_INNER: {
        bool is_inner = fault_flow(scan, at) == FLOW_TERNARY_INNER;
        uint32_t condition = fault_child_number(scan, at, is_inner ? 1 : 0),
                 other = fault_child_number(scan, at, 2);
        uint32_t first = fault_child_number(scan, at, is_inner ? 0 : 1);
        if (!condition || !first || !other) return OUTCOME_LEAVES;
        outcome = judge(r, condition);
        return outcome != OUTCOME_GOES_ON ? outcome : either(judge(r, first), judge(r, other));
    }
    case FLOW_TRY:
    case FLOW_SWITCH:
    case FLOW_BREAK:
    case FLOW_CONTINUE:
        return OUTCOME_LEAVES;
    case FLOW_SKIP:
        return OUTCOME_GOES_ON;
    default:
        *is_done = false;
        return OUTCOME_GOES_ON;
    }
}

static bool is_short_circuit(const struct fault_scan *scan, uint32_t at)
{
    struct view operator= fault_operator(scan, at);
    return fault_shape(scan, at) == SHAPE_CHOICE || view_equals_cstr(operator, "&&") ||
           view_equals_cstr(operator, "||") || view_equals_cstr(operator, "??");
}

/* What running this node does first: goes on, calls a member of the set, or may leave the function. */
static enum outcome judge(struct recursion *r, uint32_t at)
{
    struct fault_scan *scan = r->scan;
    bool is_done;
    if (!fault_step(scan, 1)) return OUTCOME_LEAVES;
    enum outcome outcome = judge_flow(r, at, &is_done);
    if (is_done) return outcome;
    switch ((int)fault_shape(scan, at)) {
    case SHAPE_FUNCTION:
    case SHAPE_FUNCTION_EXPRESSION:
    case SHAPE_METHOD:
    case SHAPE_CLASS:
    case SHAPE_CLASS_EXPRESSION:
    case SHAPE_DECORATED:
    case SHAPE_COMMENT:
    case SHAPE_COMPREHENSION: /* of nothing, it runs nothing */
        return OUTCOME_GOES_ON;
    case SHAPE_CALL:
        return judge_call(r, at);
    case SHAPE_MEMBER:
        outcome = judge_children(r, at, at + 1);
        if (outcome != OUTCOME_GOES_ON) return outcome;
        return is_in_set(r, accessed_by(r, at)) ? OUTCOME_CALLS : OUTCOME_GOES_ON;
    case SHAPE_AWAIT:
        outcome = judge_children(r, at, at + 1);
        return outcome == OUTCOME_GOES_ON ? OUTCOME_LEAVES : outcome;
    case SHAPE_NEW:
    case SHAPE_YIELD:
    case SHAPE_IMPORT:
    case SHAPE_IMPORT_FROM:
        return OUTCOME_LEAVES;
    default:
        break;
    }
    struct view text = node_text(scan->syntax, at);
    if (fault_is_python(scan) && view_starts_with(text, VIEW("assert ")) && scan->nodes[at].field == 0)
        return OUTCOME_LEAVES;
    if (is_short_circuit(scan, at)) { /* only the first part runs for certain */
        uint32_t first = fault_child_number(scan, at, 0);
        outcome = first ? judge(r, first) : OUTCOME_GOES_ON;
        if (outcome != OUTCOME_GOES_ON) return outcome;
        uint32_t rest = scan->nodes[first].next;
        return judge_children(r, at, rest) == OUTCOME_LEAVES ? OUTCOME_LEAVES : OUTCOME_GOES_ON;
    }
    return judge_children(r, at, at + 1);
}

/* --- the routines --- */

/* What may stand before a function without changing that a call runs it. `*kind` by property and setters. */
static bool decorators_are_plain(const struct fault_scan *scan, uint32_t function, enum routine_kind *kind)
{
    static const char *const plain[] = {"classmethod",     "functools.lru_cache",
                                        "functools.cache", "abc.abstractmethod",
                                        "typing.override", "functools.cached_property"};
    uint32_t around = scan->nodes[function].parent;
    if (fault_shape(scan, around) != SHAPE_DECORATED) return true;
    for (uint32_t at = around + 1; at < function; at = scan->nodes[at].next) {
        if (fault_shape(scan, at) != SHAPE_DECORATOR) continue;
        uint32_t name = fault_child_number(scan, at, 0);
        if (name && fault_shape(scan, name) == SHAPE_CALL) name = fault_child(scan, name, FIELD_FUNCTION);
        if (!name) return false;
        struct view full = fault_text(scan, scan->names->qualified[name]);
        bool is_plain = false;
        for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
            is_plain |= view_equals_cstr(full, plain[i]);
        if (view_equals_cstr(full, "property") || view_equals_cstr(full, "functools.cached_property")) {
            *kind = ROUTINE_GETTER;
            is_plain = true;
        }
        if (view_ends_with(node_text(scan->syntax, name), VIEW(".setter"))) {
            *kind = ROUTINE_SETTER;
            is_plain = true;
        }
        if (!is_plain) return false;
    }
    return true;
}

/* The class that a function is a method of, or 0. */
static uint32_t class_of(const struct fault_scan *scan, uint32_t function)
{
    uint32_t at = scan->nodes[function].parent;
    if (fault_shape(scan, at) == SHAPE_DECORATED) at = scan->nodes[at].parent;
    if (fault_shape(scan, at) != SHAPE_BLOCK && fault_shape(scan, at) != SHAPE_CLASS_BODY) return 0;
    uint32_t around = scan->nodes[at].parent;
    bool is_class =
        fault_shape(scan, around) == SHAPE_CLASS || fault_shape(scan, around) == SHAPE_CLASS_EXPRESSION;
    return is_class ? around : 0;
}

/* Words before the name and marks behind `function`: async, get, set, *. False: a generator. */
static bool modifiers_read(const struct fault_scan *scan, struct routine *routine)
{
    uint32_t first = scan->nodes[routine->node].start, body = scan->nodes[routine->body].start;
    for (uint32_t at = routine->node + 1; at < routine->body; at = scan->nodes[at].next) {
        struct view text = node_text(scan->syntax, at);
        if (scan->nodes[at].flags & NODE_IS_NAMED) continue;
        if (view_equals_cstr(text, "async")) routine->is_async = true;
        if (view_equals_cstr(text, "get")) routine->kind = ROUTINE_GETTER;
        if (view_equals_cstr(text, "set")) routine->kind = ROUTINE_SETTER;
        if (view_equals_cstr(text, "*")) return false;
    }
    if (fault_is_python(scan)) return true;
    struct view head = view_slice(scan->syntax->source->bytes, first, body);
    return !view_starts_with(head, VIEW("function*")) && !view_starts_with(head, VIEW("function *"));
}

static bool has_yield(struct fault_scan *scan, const struct routine *routine)
{
    for (uint32_t at = routine->body; at < scan->nodes[routine->body].next && fault_step(scan, 1);) {
        if (fault_shape(scan, at) == SHAPE_YIELD) return true;
        at = fault_is_function(scan, at) && at != routine->body ? scan->nodes[at].next : at + 1;
    }
    return false;
}

/* Whether the function itself binds its name again, as a parameter, a variable or by an import: then what is
 * called by it inside is something else. */
static bool rebinds_name(struct fault_scan *scan, const struct routine *routine, uint32_t name)
{
    uint32_t import_end = 0;
    for (uint32_t at = routine->node + 1; at < scan->nodes[routine->node].next && fault_step(scan, 1); at++) {
        enum shape shape = fault_shape(scan, at);
        if (shape == SHAPE_IMPORT || shape == SHAPE_IMPORT_FROM) import_end = scan->nodes[at].next;
        if (at == name || scan->nodes[at].symbol != routine->symbol) continue;
        if (at < import_end || scan->names->is_target[at]) return true;
    }
    return false;
}

/* A function that has a name to be called by. */
static bool routine_read(struct fault_scan *scan, uint32_t at, struct routine *routine)
{
    *routine = (struct routine){.node = at, .body = fault_child(scan, at, FIELD_BODY), .is_in = true};
    uint32_t name = fault_child(scan, at, FIELD_NAME);
    if (fault_shape(scan, at) == SHAPE_FUNCTION_EXPRESSION) {
        uint32_t around = scan->nodes[at].parent;
        bool is_declared = fault_shape(scan, around) == SHAPE_DECLARATOR;
        bool is_assigned = fault_shape(scan, around) == SHAPE_ASSIGNMENT;
        if (!is_declared && !is_assigned) return false;
        name = fault_child(scan, around, is_declared ? FIELD_NAME : FIELD_LEFT);
    }
    if (!name || !routine->body) return false;
    routine->symbol = scan->nodes[name].symbol;
    routine->class_node = class_of(scan, at);
    if (routine->class_node || fault_shape(scan, at) == SHAPE_METHOD) routine->kind = ROUTINE_METHOD;
    if (routine->kind == ROUTINE_METHOD && !routine->class_node) return false;
    if (!routine->class_node) routine->variable = scan->names->variable[name];
    if (routine->class_node && fault_is_python(scan)) {
        uint32_t list = fault_child(scan, at, FIELD_PARAMETERS),
                 first = list ? fault_child_number(scan, list, 0) : 0;
        if (first && fault_shape(scan, first) == SHAPE_PARAMETER_TYPED)
            first = fault_child_number(scan, first, 0);
        routine->self = first ? scan->names->variable[first] : 0;
        if (!routine->self) return false;
    }
    return (routine->variable || routine->class_node) && decorators_are_plain(scan, at, &routine->kind) &&
           modifiers_read(scan, routine) && !has_yield(scan, routine) &&
           (routine->class_node || !rebinds_name(scan, routine, name));
}

static bool routines_find(struct recursion *r)
{
    struct fault_scan *scan = r->scan;
    ARRAY_OF(struct routine) list = {0};
    for (uint32_t at = 0; at < scan->syntax->count; at++) {
        struct routine routine;
        if (scan->names->variable[at] >= r->variable_count) r->variable_count = scan->names->variable[at] + 1;
        if (!fault_is_function(scan, at) || !routine_read(scan, at, &routine)) continue;
        if (!ARRAY_PUSH(scan->arena, &list, routine)) return false;
    }
    r->routines = list.items;
    r->count = list.count;
    r->by_variable = ARENA_NEW_ARRAY(scan->arena, uint32_t, r->variable_count + 1);
    if (!r->by_variable) return false;
    for (uint32_t i = 0; i < r->count; i++)
        if (r->routines[i].variable) r->by_variable[r->routines[i].variable] = i + 1;
    for (uint32_t at = 0; at < scan->syntax->count;
         at++) { /* a name that is bound otherwise too means nothing */
        uint32_t variable = scan->names->variable[at], number = variable ? r->by_variable[variable] : 0;
        if (!number || number == UINT32_MAX || !scan->names->is_target[at]) continue;
        uint32_t parent = scan->nodes[at].parent, node = r->routines[number - 1].node;
        if (parent != node && scan->nodes[node].parent != parent) r->by_variable[variable] = UINT32_MAX;
    }
    return true;
}

/* --- the verdict --- */

static bool calls_itself_again(struct recursion *r, uint32_t start, uint32_t *other)
{
    uint32_t at = r->routines[start].callee, length = 1;
    for (*other = at; at != start && length <= r->count && fault_step(r->scan, 1); length++)
        at = r->routines[at].callee;
    return at == start;
}

static void report(struct recursion *r, uint32_t number)
{
    const struct routine *routine = &r->routines[number];
    uint32_t other;
    if (!calls_itself_again(r, number, &other)) return;
    struct view name = view_slice(fault_text(r->scan, routine->symbol), 0, 60);
    struct view next = view_slice(fault_text(r->scan, r->routines[other].symbol), 0, 60);
    if (other != number)
        fault_report(r->scan, FAULT_ENDLESS_RECURSION, routine->node,
                     "every path through %.*s calls %.*s, and that calls %.*s again: there is no base case",
                     VIEW_ARGS(name), VIEW_ARGS(next), VIEW_ARGS(name));
    else if (routine->kind == ROUTINE_GETTER || routine->kind == ROUTINE_SETTER)
        fault_report(r->scan, FAULT_ENDLESS_RECURSION, routine->node,
                     "the property %.*s uses itself: store the value under another name", VIEW_ARGS(name));
    else
        fault_report(r->scan, FAULT_ENDLESS_RECURSION, routine->node,
                     "every path through %.*s calls it again: there is no base case", VIEW_ARGS(name));
}

void fault_scan_recursion(struct fault_scan *scan)
{
    struct recursion r = {.scan = scan};
    if (!routines_find(&r)) {
        scan->is_exhausted = true;
        return;
    }
    for (bool has_changed = true; has_changed && scan->steps;) {
        has_changed = false;
        for (uint32_t i = r.count; i-- > 0 && scan->steps;) {
            r.current = &r.routines[i];
            if (!r.current->is_in || judge(&r, r.current->body) == OUTCOME_CALLS) continue;
            r.current->is_in = false;
            has_changed = true;
        }
    }
    for (uint32_t i = 0; i < r.count && scan->steps; i++)
        if (r.routines[i].is_in) report(&r, i);
}
