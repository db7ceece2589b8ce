/* fault_regex.c - the regexes of a source: literals, and the constant texts that are given to re and RegExp.
 */
#include "analyzer/fault_scan.h"
#include "analyzer/redos.h"

/* Functions that take a regex first, and at which argument its flags stand. */
static const struct {
    const char *name;
    unsigned flags_at;
    bool is_whole;
} python_functions[] = {
    {"re.compile", 1, false},  {"re.search", 2, false}, {"re.match", 2, false},
    {"re.fullmatch", 2, true}, {"re.split", 3, false},  {"re.findall", 2, false},
    {"re.finditer", 2, false}, {"re.sub", 4, false},    {"re.subn", 4, false},
};

struct regex_scan {
    struct fault_scan *scan;
    struct redos_scratch *scratch;
};

static void regex_judge(struct regex_scan *r, uint32_t at, struct view regex, unsigned flags)
{
    struct fault_scan *scan = r->scan;
    if (!r->scratch) r->scratch = redos_scratch_new(scan->arena);
    if (!r->scratch) {
        scan->is_exhausted = true;
        return;
    }
    struct redos redos = redos_analyze(r->scratch, scan->family, regex, flags, &scan->steps);
    if (redos.verdict != REDOS_EXPONENTIAL) return;
    struct view part = view_slice(regex, redos.start, redos.end);
    fault_report(
        scan, FAULT_REGEX, at,
        "this regular expression can take exponential time: a text can fit %.*s%s in many ways, and each is "
        "tried before it fails",
        VIEW_ARGS(view_slice(part, 0, 60)), part.length > 60 ? "..." : "");
}

/* re.I | re.X, whatever stands around them. */
static unsigned python_flags(const struct fault_scan *scan, uint32_t argument)
{
    static const struct {
        const char *name;
        unsigned flag;
    } words[] = {{"I", REDOS_IGNORES_CASE}, {"IGNORECASE", REDOS_IGNORES_CASE},
                 {"S", REDOS_DOT_IS_ALL},   {"DOTALL", REDOS_DOT_IS_ALL},
                 {"X", REDOS_IS_VERBOSE},   {"VERBOSE", REDOS_IS_VERBOSE}};
    unsigned flags = 0;
    for (uint32_t at = argument; argument && at < scan->nodes[argument].next; at++)
        for (size_t i = 0; i < sizeof words / sizeof *words; i++)
            if (view_equals_cstr(fault_text(scan, scan->nodes[at].symbol), words[i].name))
                flags |= words[i].flag;
    return flags;
}

/* The argument `flags=`, or the one at its place. */
static uint32_t flags_argument(const struct fault_scan *scan, uint32_t call, unsigned number)
{
    uint32_t list = fault_child(scan, call, FIELD_ARGUMENTS);
    for (uint32_t at = list + 1; list && at < scan->nodes[list].next; at = scan->nodes[at].next) {
        uint32_t name =
            fault_shape(scan, at) == SHAPE_KEYWORD_ARGUMENT ? fault_child(scan, at, FIELD_NAME) : 0;
        if (name && view_equals_cstr(node_text(scan->syntax, name), "flags"))
            return fault_child(scan, at, FIELD_VALUE);
    }
    return fault_argument(scan, call, number);
}

static void python_call(struct regex_scan *r, uint32_t call)
{
    struct fault_scan *scan = r->scan;
    struct view callee = fault_callee(scan, call);
    if (!view_starts_with(callee, VIEW("re."))) return;
    for (size_t i = 0; i < sizeof python_functions / sizeof *python_functions; i++) {
        if (!view_equals_cstr(callee, python_functions[i].name)) continue;
        uint32_t regex = fault_argument(scan, call, 0);
        if (!regex) return;
        uint8_t kind = scan->names->constant_kind[regex];
        if (kind != CONSTANT_TEXT && kind != CONSTANT_BYTES) return;
        unsigned flags = python_flags(scan, flags_argument(scan, call, python_functions[i].flags_at));
        if (python_functions[i].is_whole) flags |= REDOS_IS_WHOLE;
        regex_judge(r, call, fault_text(scan, scan->names->constant[regex]), flags);
    }
}

static unsigned javascript_flags(struct view text)
{
    return (view_find_byte(text, 'i') != SIZE_MAX ? REDOS_IGNORES_CASE : 0) |
           (view_find_byte(text, 's') != SIZE_MAX ? REDOS_DOT_IS_ALL : 0);
}

static void javascript_call(struct regex_scan *r, uint32_t call)
{
    struct fault_scan *scan = r->scan;
    uint32_t regex = fault_argument(scan, call, 0), flags = fault_argument(scan, call, 1);
    if (!view_equals_cstr(fault_callee(scan, call), "RegExp") || !regex) return;
    if (scan->names->constant_kind[regex] != CONSTANT_TEXT) return;
    struct view letters = flags ? fault_text(scan, scan->names->constant[flags]) : (struct view){0};
    regex_judge(r, call, fault_text(scan, scan->names->constant[regex]), javascript_flags(letters));
}

static void literal(struct regex_scan *r, uint32_t at)
{
    struct fault_scan *scan = r->scan;
    uint32_t pattern = fault_child(scan, at, FIELD_PATTERN), flags = fault_child(scan, at, FIELD_FLAGS);
    if (!pattern) return;
    struct view letters = flags ? node_text(scan->syntax, flags) : (struct view){0};
    regex_judge(r, at, node_text(scan->syntax, pattern), javascript_flags(letters));
}

void fault_scan_regexes(struct fault_scan *scan)
{
    struct regex_scan r = {.scan = scan};
    for (uint32_t at = 0; at < scan->syntax->count && fault_step(scan, 1) && !scan->is_exhausted; at++) {
        enum shape shape = fault_shape(scan, at);
        if (shape == SHAPE_REGEX)
            literal(&r, at);
        else if (shape == SHAPE_CALL && fault_is_python(scan))
            python_call(&r, at);
        else if ((shape == SHAPE_CALL || shape == SHAPE_NEW) && !fault_is_python(scan))
            javascript_call(&r, at);
    }
}
