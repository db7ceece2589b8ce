/* fault_loop.c - loops that nothing in the program can end, and loops that take too many rounds.
 *
 * Sure are only loops whose condition cannot change and that do nothing which could leave them: no break,
 * return, raise, yield, await, no call but of what surely comes back, nothing else that may raise. */
#include "analyzer/fault_scan.h"

enum truth { TRUTH_UNKNOWN, TRUTH_FALSE, TRUTH_TRUE };

enum { TRUTH_DEPTH = 16, CONDITION_NODES = 64 };

/* What a loop's body does. */
struct body {
    uint32_t loop, end;
    bool has_exit;  /* a way out of its own */
    bool has_await; /* it gives way to others, which may end it */
    bool is_tame;   /* nothing in it raises */
    bool has_call;  /* of a method, which may change its object */
};

static bool is_loop(const struct fault_scan *scan, uint32_t at)
{
    enum flow flow = fault_flow(scan, at);
    return flow == FLOW_LOOP || flow == FLOW_FOR;
}

/* --- conditions --- */

static enum truth turned(enum truth truth)
{
    return truth == TRUTH_TRUE ? TRUTH_FALSE : truth == TRUTH_FALSE ? TRUTH_TRUE : TRUTH_UNKNOWN;
}

/* A constant condition. */
static enum truth truth_of(struct fault_scan *scan, uint32_t at, unsigned depth)
{
    at = fault_unwrap(scan, at);
    if (!at || depth == TRUTH_DEPTH) return TRUTH_UNKNOWN;
    struct view operator= fault_operator(scan, at), text = node_text(scan->syntax, at);
    uint32_t argument = fault_child(scan, at, FIELD_ARGUMENT);
    bool is_not = view_equals_cstr(operator, "!") || fault_flow(scan, at) == FLOW_BOOLEAN;
    if (is_not && argument && fault_shape(scan, at) != SHAPE_CHOICE)
        return turned(truth_of(scan, argument, depth + 1));
    switch ((int)fault_shape(scan, at)) {
    case SHAPE_WORD:
        if (view_equals_cstr(text, "True") || view_equals_cstr(text, "true")) return TRUTH_TRUE;
        return TRUTH_FALSE;
    case SHAPE_NUMBER: {
        struct fault_number number = fault_number_of(scan, at);
        return !number.is_known ? TRUTH_UNKNOWN : number.value != 0 ? TRUTH_TRUE : TRUTH_FALSE;
    }
    case SHAPE_STRING:
        if (scan->names->constant_kind[at] != CONSTANT_TEXT) return TRUTH_UNKNOWN;
        return fault_text(scan, scan->names->constant[at]).length ? TRUTH_TRUE : TRUTH_FALSE;
    case SHAPE_IDENTIFIER: {
        uint32_t value = scan->names->value[at];
        bool is_literal = value && scan->names->constant_kind[at] != CONSTANT_NONE;
        return is_literal ? truth_of(scan, value, depth + 1) : TRUTH_UNKNOWN;
    }
    default:
        return TRUTH_UNKNOWN;
    }
}

/* Whether a variable gets a value in [start, end), or anywhere in another function than the loop's: by
 * another thread, or by what the loop calls. */
static bool is_set_within(struct fault_scan *scan, uint32_t variable, uint32_t start, uint32_t end)
{
    if (!fault_step(scan, end - start)) return true;
    for (uint32_t at = start; at < end; at++)
        if (scan->names->variable[at] == variable && scan->names->is_target[at]) return true;
    return false;
}

static uint32_t function_around(const struct fault_scan *scan, uint32_t at)
{
    while (at && !fault_is_function(scan, at)) at = scan->nodes[at].parent;
    return at; /* 0: the module */
}

/* Whether something else than the loop's own function sets the variable. */
static bool is_set_elsewhere(struct fault_scan *scan, uint32_t variable, uint32_t loop)
{
    if (!fault_step(scan, scan->syntax->count)) return true;
    uint32_t own = function_around(scan, loop);
    for (uint32_t at = 0; at < scan->syntax->count; at++) {
        if (scan->names->variable[at] != variable || !scan->names->is_target[at]) continue;
        bool is_parameter = own && at > own && at < scan->nodes[own].next;
        if (!is_parameter && function_around(scan, at) != own) return true;
    }
    return false;
}

/* An identifier in a condition that stays what it is: nothing binds it in the loop, and where the condition
 * looks into the object, the loop does not mention it. */
static bool is_constant_in(struct fault_scan *scan, const struct body *body, uint32_t identifier,
                           bool is_object)
{
    uint32_t variable = scan->names->variable[identifier];
    if (!variable || is_set_within(scan, variable, body->loop, body->end)) return false;
    if (fault_is_python(scan) && is_set_elsewhere(scan, variable, body->loop)) return false;
    uint32_t condition = fault_child(scan, body->loop, FIELD_CONDITION);
    for (uint32_t at = body->loop; is_object && at < body->end; at++) {
        bool is_in_condition = at >= condition && at < scan->nodes[condition].next;
        if (scan->names->variable[at] == variable && !is_in_condition) return false;
    }
    return fault_step(scan, body->end - body->loop);
}

static bool is_comparison(struct view operator)
{
    static const char *const operators[] = {"<", ">", "<=", ">=", "==", "!=", "===", "!=="};
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++)
        if (view_equals_cstr(operator, operators[i])) return true;
    return false;
}

/* The operator of a comparison of two, and its sides; false for anything else. */
static bool comparison_split(const struct fault_scan *scan, uint32_t at, struct view *operator,
                             uint32_t * left, uint32_t *right)
{
    *left = fault_child_number(scan, at, 0);
    *right = fault_child_number(scan, at, 2);
    uint32_t middle = fault_child_number(scan, at, 1);
    if (!*left || !*right || !middle || fault_child_number(scan, at, 3)) return false;
    *operator= fault_text(scan, scan->nodes[middle].symbol);
    bool is_binary = fault_shape(scan, at) == SHAPE_BINARY || fault_flow(scan, at) == FLOW_COMPARISON;
    return is_binary && is_comparison(*operator);
}

/* Whether a condition cannot change: variables that stay, numbers, text; comparisons and arithmetic of them.
 */
static bool is_constant_condition(struct fault_scan *scan, const struct body *body, uint32_t condition)
{
    uint32_t seen = 0, variables = 0;
    for (uint32_t at = condition; at < scan->nodes[condition].next; at++) {
        if (++seen > CONDITION_NODES) return false;
        struct view operator;
        uint32_t left, right, parent = scan->nodes[at].parent;
        switch ((int)fault_shape(scan, at)) {
        case SHAPE_IDENTIFIER: {
            /* Compared with a number it is one; otherwise it may be an object that changes within. */
            bool is_scalar = comparison_split(scan, parent, &operator, & left, &right) &&
                             fault_number_of(scan, at == left ? right : left).is_known;
            if (!is_constant_in(scan, body, at, !is_scalar)) return false;
            variables++;
            break;
        }
        case SHAPE_PARENTHESES:
        case SHAPE_NUMBER:
        case SHAPE_WORD:
        case SHAPE_BINARY:
        case SHAPE_CHOICE:
        case SHAPE_UNARY:
            break;
        default:
            if (scan->nodes[at].flags & NODE_IS_NAMED && fault_flow(scan, at) != FLOW_COMPARISON &&
                fault_flow(scan, at) != FLOW_BOOLEAN)
                return false;
        }
    }
    return variables > 0;
}

/* +1: the change makes a variable larger, -1: smaller, 0: not known. */
static int direction_of(struct fault_scan *scan, uint32_t target)
{
    uint32_t change = scan->nodes[target].parent;
    struct view operator= fault_operator(scan, change);
    if (fault_shape(scan, change) == SHAPE_UPDATE)
        return view_equals_cstr(operator, "++") ? 1 : view_equals_cstr(operator, "--") ? -1 : 0;
    if (fault_shape(scan, change) != SHAPE_ASSIGNMENT_AUGMENTED) return 0;
    struct fault_number by = fault_number_of(scan, fault_child(scan, change, FIELD_RIGHT));
    if (!by.is_known || by.value == 0) return 0;
    int sign = view_equals_cstr(operator, "+=") ? 1 : view_equals_cstr(operator, "-=") ? -1 : 0;
    return by.value > 0 ? sign : -sign;
}

/* Whether `i < n` with an i that only falls, or `i > n` with one that only rises; and i is such a number that
 * the condition holds for ever once it holds. */
static bool is_moving_away(struct fault_scan *scan, const struct body *body, uint32_t condition)
{
    struct view operator;
    uint32_t left, right, changes = 0;
    condition = fault_unwrap(scan, condition);
    if (!condition || !comparison_split(scan, condition, &operator, & left, &right)) return false;
    left = fault_unwrap(scan, left);
    right = fault_unwrap(scan, right);
    bool is_below = operator.bytes[0] == '<', is_above = operator.bytes[0] == '>';
    if (fault_shape(scan, left) != SHAPE_IDENTIFIER || (!is_below && !is_above)) return false;
    bool is_bound_constant =
        fault_number_of(scan, right).is_known ||
        (fault_shape(scan, right) == SHAPE_IDENTIFIER && is_constant_in(scan, body, right, false));
    uint32_t variable = scan->names->variable[left];
    if (!is_bound_constant || !variable || !fault_step(scan, body->end - body->loop)) return false;
    for (uint32_t at = body->loop; at < body->end; at++) {
        if (scan->names->variable[at] != variable || !scan->names->is_target[at]) continue;
        uint32_t around = scan->nodes[at].parent;
        if (fault_shape(scan, around) == SHAPE_DECLARATOR) continue; /* the start of a for loop */
        if (direction_of(scan, at) != (is_below ? -1 : 1)) return false;
        changes++;
    }
    return changes > 0 && !(fault_is_python(scan) && is_set_elsewhere(scan, variable, body->loop));
}

/* --- bodies --- */

/* A member or an element whose reading cannot raise: of a variable that the loop leaves alone. */
static bool access_is_tame(struct fault_scan *scan, const struct body *body, uint32_t access)
{
    uint32_t object = fault_child(scan, access, FIELD_OBJECT);
    if (!object) object = fault_child(scan, access, FIELD_VALUE);
    object = fault_unwrap(scan, object);
    if (!object || fault_flow(scan, object) == FLOW_SELF) return object != 0;
    bool is_text = fault_shape(scan, object) == SHAPE_STRING;
    if (is_text) return fault_shape(scan, access) == SHAPE_MEMBER;
    if (fault_shape(scan, object) != SHAPE_IDENTIFIER) {
        /* console.log, sys.stdout.write: known names */
        return scan->names->qualified[object] && !scan->names->variable[object];
    }
    uint32_t variable = scan->names->variable[object];
    if (variable && is_set_within(scan, variable, body->loop, body->end)) return false;
    return fault_shape(scan, access) == SHAPE_MEMBER || !fault_is_python(scan);
}

static bool call_is_tame(const struct fault_scan *scan, uint32_t call)
{
    return fault_call_is_tame(scan, call);
}

/* Whether division can be by zero, which Python raises for. */
static bool operator_is_tame(struct fault_scan *scan, uint32_t at)
{
    struct view operator= fault_operator(scan, at);
    bool is_division = operator.length &&(operator.bytes[0] == '/' || operator.bytes[0] == '%');
    if (!is_division || !fault_is_python(scan)) return true;
    struct fault_number by = fault_number_of(scan, fault_child(scan, at, FIELD_RIGHT));
    return by.is_known && by.value != 0;
}

/* What one node of the body adds. Returns where the scan goes on. */
static uint32_t body_node(struct fault_scan *scan, struct body *body, uint32_t at, uint32_t inner_end)
{
    bool has_label = fault_child_number(scan, at, 0) != 0;
    switch ((int)fault_flow(scan, at)) {
    case FLOW_EXIT:
        body->has_exit = true;
        break;
    case FLOW_BREAK:
        body->has_exit |= at >= inner_end || has_label;
        break;
    case FLOW_CONTINUE:
        body->has_exit |= has_label;
        break;
    default:
        break;
    }
    switch ((int)fault_shape(scan, at)) {
    case SHAPE_YIELD:
        body->has_exit = true;
        break;
    case SHAPE_AWAIT:
        body->has_await = true;
        break;
    case SHAPE_CALL:
        body->has_exit |= fault_call_leaves(scan, at);
        body->is_tame &= call_is_tame(scan, at);
        body->has_call = true;
        break;
    case SHAPE_NEW:
    case SHAPE_DELETE:
    case SHAPE_IMPORT:
    case SHAPE_IMPORT_FROM:
    case SHAPE_SPLAT:
    case SHAPE_DECORATED:
        body->is_tame = false;
        break;
    case SHAPE_MEMBER:
    case SHAPE_SUBSCRIPT:
        body->is_tame &= access_is_tame(scan, body, at);
        break;
    case SHAPE_BINARY:
    case SHAPE_ASSIGNMENT_AUGMENTED:
        body->is_tame &= operator_is_tame(scan, at);
        break;
    case SHAPE_FUNCTION:
    case SHAPE_FUNCTION_EXPRESSION:
    case SHAPE_METHOD:
    case SHAPE_CLASS:
    case SHAPE_CLASS_EXPRESSION:
        return scan->nodes[at].next;
    default:
        break;
    }
    return at + 1;
}

static bool kind_is(const struct fault_scan *scan, uint32_t at, const char *name)
{
    const TSLanguage *language = scan->syntax->source->language->parser();
    const char *found = ts_language_symbol_name(language, scan->nodes[at].kind);
    return found && strcmp(found, name) == 0;
}

static struct body body_read(struct fault_scan *scan, uint32_t loop)
{
    struct body body = {.loop = loop, .end = scan->nodes[loop].next, .is_tame = true};
    uint32_t other = fault_is_python(scan) ? fault_child(scan, loop, FIELD_ALTERNATIVE) : 0, inner_end = 0;
    uint32_t head = fault_shape(scan, loop) == SHAPE_FOR_IN ? fault_child(scan, loop, FIELD_RIGHT) : 0;
    for (uint32_t at = loop + 1; at < body.end && fault_step(scan, 1);) {
        if (at == other || at == head) { /* a loop's else runs when it has ended */
            at = scan->nodes[at].next;
            continue;
        }
        bool holds_break =
            is_loop(scan, at) || (!fault_is_python(scan) && fault_flow(scan, at) == FLOW_SWITCH);
        if (holds_break && scan->nodes[at].next > inner_end) inner_end = scan->nodes[at].next;
        body.is_tame &= !kind_is(scan, at, "assert_statement") && !kind_is(scan, at, "with_statement");
        at = body_node(scan, &body, at, inner_end);
    }
    if (!scan->steps) body.has_exit = true;
    return body;
}

/* --- loops --- */

/* Whether the program has what ends a loop from outside: threads that die with it, alarms, a handler for the
 * user's own interruption. */
static bool has_interruption(const struct fault_scan *scan)
{
    static const char *const words[] = {"daemon",    "Thread",    "Process",           "alarm",
                                        "setitimer", "terminate", "KeyboardInterrupt", "setDaemon"};
    for (size_t i = 0; fault_is_python(scan) && i < sizeof words / sizeof *words; i++)
        if (symbol_find(scan->syntax->symbols, view_of_cstr(words[i]))) return true;
    return false;
}

/* for ... in itertools.count(): no end of its own. */
static bool is_endless_source(const struct fault_scan *scan, uint32_t loop)
{
    uint32_t right = fault_unwrap(scan, fault_child(scan, loop, FIELD_RIGHT));
    if (!right || !fault_is_python(scan) || fault_shape(scan, right) != SHAPE_CALL) return false;
    struct view callee = fault_callee(scan, right);
    return view_equals_cstr(callee, "itertools.count") ||
           (view_equals_cstr(callee, "itertools.repeat") && fault_argument(scan, right, 0) &&
            !fault_child_number(scan, fault_child(scan, right, FIELD_ARGUMENTS), 1));
}

/* The rounds of `for i in range(n)` and of `for (i = a; i < n; i++)` that is known; 0: not known. */
static double rounds_of(struct fault_scan *scan, uint32_t loop, uint32_t condition)
{
    if (fault_is_python(scan)) {
        uint32_t right = fault_unwrap(scan, fault_child(scan, loop, FIELD_RIGHT));
        if (!right || fault_shape(scan, right) != SHAPE_CALL ||
            !view_equals_cstr(fault_callee(scan, right), "range"))
            return 0;
        uint32_t first = fault_argument(scan, right, 0), second = fault_argument(scan, right, 1),
                 third = fault_argument(scan, right, 2);
        struct fault_number start = fault_number_of(scan, second ? first : 0),
                            step = fault_number_of(scan, third),
                            end = fault_number_of(scan, second ? second : first);
        if (!end.is_known || (second && !start.is_known) || (third && !step.is_known)) return 0;
        return (end.value - (second ? start.value : 0)) / (third && step.value != 0 ? step.value : 1);
    }
    struct view operator;
    uint32_t left, right, increment = fault_child(scan, loop, FIELD_INCREMENT);
    condition = fault_unwrap(scan, condition);
    if (!condition || !increment || fault_shape(scan, increment) != SHAPE_UPDATE ||
        !comparison_split(scan, condition, &operator, & left, &right) || operator.bytes[0] != '<')
        return 0;
    struct fault_number end = fault_number_of(scan, right);
    return end.is_known && fault_shape(scan, left) == SHAPE_IDENTIFIER ? end.value : 0;
}

static void loop_judge(struct fault_scan *scan, uint32_t loop, bool has_interruption)
{
    uint32_t condition = fault_child(scan, loop, FIELD_CONDITION);
    bool is_for = fault_flow(scan, loop) == FLOW_FOR, is_each = fault_shape(scan, loop) == SHAPE_FOR_IN;
    bool has_condition = condition && scan->nodes[condition].next > condition &&
                         !view_equals_cstr(view_trim(node_text(scan->syntax, condition)), ";");
    bool is_always = is_each         ? is_endless_source(scan, loop)
                     : has_condition ? truth_of(scan, condition, 0) == TRUTH_TRUE
                                     : is_for;
    double rounds = is_for ? rounds_of(scan, loop, condition) : 0;
    bool has_huge_count = rounds >= LIMIT_FAULT_ROUNDS;
    if (is_each && !is_always && !has_huge_count) return;
    struct body body = body_read(scan, loop);
    if (body.has_exit || body.has_await) return;
    if (has_huge_count) {
        fault_report(scan, FAULT_HUGE_LOOP, loop,
                     "this loop runs %.3g rounds, and nothing in it ends it earlier", rounds);
        return;
    }
    if (is_always && (!body.is_tame || has_interruption)) {
        fault_report(scan, FAULT_LOOP_WITHOUT_EXIT, loop,
                     "this loop has no way out of its own: no break, return or raise");
        return;
    }
    if (!body.is_tame || has_interruption) return;
    if (is_always)
        fault_report(scan, FAULT_ENDLESS_LOOP, loop,
                     "this loop never ends: there is no break, return or %s in it",
                     fault_is_python(scan) ? "raise" : "throw");
    else if (has_condition && is_moving_away(scan, &body, condition))
        fault_report(scan, FAULT_ENDLESS_LOOP, loop,
                     "this loop never ends: it counts away from where it would end");
    else if (has_condition && is_constant_condition(scan, &body, condition))
        fault_report(scan, FAULT_ENDLESS_LOOP, loop,
                     "this loop never ends once it has begun: nothing in it "
                     "changes what its condition looks at");
}

void fault_scan_loops(struct fault_scan *scan)
{
    bool interrupted = has_interruption(scan);
    for (uint32_t at = 0; at < scan->syntax->count && scan->steps; at++)
        if (is_loop(scan, at)) loop_judge(scan, at, interrupted);
}
