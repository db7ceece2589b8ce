#include "analyzer/fault.h"

#include <stdarg.h>
#include <stdio.h>

#include "analyzer/fault_scan.h"
#include "analyzer/guard.h"

#define PYTHON_FAULT(id, severity, cwe, what, help) \
    {"python.fault." id, FAMILY_PYTHON, SEVERITY_##severity, cwe, what, help},
#define JAVASCRIPT_FAULT(id, severity, cwe, what, help) \
    {"javascript.fault." id, FAMILY_JAVASCRIPT, SEVERITY_##severity, cwe, what, help},

/* Of kind k the facts for Python stand at 2 k, those for JavaScript behind them. */
static const struct fault_facts facts[] = {
#define FAULT(name, id, severity, cwe, what, help) \
    PYTHON_FAULT(id, severity, cwe, what, help) JAVASCRIPT_FAULT(id, severity, cwe, what, help)
#include "analyzer/fault.def"
#undef FAULT
};

uint32_t fault_facts_count(void)
{
    return sizeof facts / sizeof *facts;
}

const struct fault_facts *fault_facts_at(uint32_t index)
{
    return &facts[index];
}

const struct fault_facts *fault_facts_find(struct view id)
{
    for (uint32_t i = 0; i < fault_facts_count(); i++)
        if (view_equals_cstr(id, facts[i].id)) return &facts[i];
    return NULL;
}

bool fault_step(struct fault_scan *scan, uint64_t count)
{
    scan->steps -= scan->steps < count ? scan->steps : count;
    return scan->steps > 0;
}

void fault_report(struct fault_scan *scan, enum fault_kind kind, uint32_t at, const char *format, ...)
{
    const struct fault_facts *fact = &facts[2 * kind + (scan->family == FAMILY_JAVASCRIPT)];
    if (scan->reported[kind]++ >= LIMIT_GUARD_FINDINGS) return;
    char message[512];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    struct finding finding = {
        .rule_id = view_of_cstr(fact->id),
        .severity = fact->severity < scan->worst ? fact->severity : scan->worst,
        .message = arena_copy(scan->arena, view_of_cstr(message)),
        .help = view_of_cstr(fact->help),
        .start = scan->nodes[at].start,
        .end = scan->nodes[at].end,
    };
    if (!finding.message.bytes || !ARRAY_PUSH(scan->arena, scan->findings, finding))
        scan->is_exhausted = true;
}

uint32_t fault_child_number(const struct fault_scan *scan, uint32_t at, uint32_t number)
{
    for (uint32_t child = at + 1; child < scan->nodes[at].next; child = scan->nodes[child].next)
        if (!(scan->nodes[child].flags & NODE_IS_EXTRA) && number-- == 0) return child;
    return 0;
}

uint32_t fault_argument(const struct fault_scan *scan, uint32_t call, uint32_t number)
{
    uint32_t list = fault_child(scan, call, FIELD_ARGUMENTS);
    if (!list || fault_shape(scan, list) != SHAPE_ARGUMENTS) return 0;
    for (uint32_t at = list + 1; at < scan->nodes[list].next; at = scan->nodes[at].next) {
        if (scan->nodes[at].flags & NODE_IS_EXTRA) continue;
        enum shape shape = fault_shape(scan, at);
        if (shape == SHAPE_KEYWORD_ARGUMENT || shape == SHAPE_SPLAT) return 0;
        if (number-- == 0) return at;
    }
    return 0;
}

struct view fault_callee(const struct fault_scan *scan, uint32_t call)
{
    uint32_t function = fault_child(scan, call, FIELD_FUNCTION);
    if (!function) function = fault_child(scan, call, FIELD_CONSTRUCTOR);
    if (!function || scan->names->others[function]) return (struct view){0};
    return fault_text(scan, scan->names->qualified[function]);
}

bool fault_is_function(const struct fault_scan *scan, uint32_t at)
{
    enum shape shape = fault_shape(scan, at);
    return shape == SHAPE_FUNCTION || shape == SHAPE_FUNCTION_EXPRESSION || shape == SHAPE_METHOD;
}

uint32_t fault_unwrap(const struct fault_scan *scan, uint32_t at)
{
    while (at && (fault_shape(scan, at) == SHAPE_PARENTHESES || fault_shape(scan, at) == SHAPE_CAST)) {
        uint32_t inner = fault_child_number(scan, at, 0);
        if (!inner) break;
        at = inner;
    }
    return at;
}

struct view fault_operator(const struct fault_scan *scan, uint32_t at)
{
    uint32_t found = fault_child(scan, at, FIELD_OPERATOR);
    return found ? fault_text(scan, scan->nodes[found].symbol) : (struct view){0};
}

bool fault_scan(struct arena *arena, const struct syntax *syntax, const struct names *names,
                const struct module_list *modules, struct finding_list *findings, struct error *err)
{
    static void (*const scans[])(struct fault_scan *) = {fault_scan_loops,   fault_scan_recursion,
                                                         fault_scan_sizes,   fault_scan_regexes,
                                                         fault_scan_imports, fault_scan_attributes};
    struct fault_scan scan = {
        .arena = arena,
        .syntax = syntax,
        .nodes = syntax->nodes,
        .names = names,
        .shapes = shapes_of(syntax->source->language),
        .flows = flows_of(syntax->source->language),
        .modules = modules,
        .family = syntax->source->language->family,
        .findings = findings,
        .worst = SEVERITY_CRITICAL,
        .steps = LIMIT_FAULT_STEPS_FLOOR + LIMIT_FAULT_STEPS_PER_BYTE * syntax->source->bytes.length,
    };
    if (syntax->count == 0 || (scan.family != FAMILY_PYTHON && scan.family != FAMILY_JAVASCRIPT)) return true;
    for (size_t i = 0; i < sizeof scans / sizeof *scans && scan.steps && !scan.is_exhausted; i++)
        scans[i](&scan);
    if (!scan.steps &&
        !guard_report(findings, arena, GUARD_BUDGET, 0, 0, "the search for faults ran out of steps"))
        scan.is_exhausted = true;
    return !scan.is_exhausted || error_set(err, ERROR_LIMIT, "no memory left to look for faults");
}
