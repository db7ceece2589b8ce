/* fault_size.c - values that are too large for any machine: repeated sequences, lists of endless ranges,
 * arrays, powers of integers. Only numbers that the text gives are judged. */
#include "analyzer/fault_scan.h"

/* What a call makes, by its full name: so many bytes for each unit of its argument. */
static const struct {
    enum language_family family;
    const char *name;
    unsigned argument;
    double unit_bytes;
} makers[] = {
    {FAMILY_PYTHON, "bytearray", 0, 1},
    {FAMILY_PYTHON, "bytes", 0, 1},
    {FAMILY_PYTHON, "os.urandom", 0, 1},
    {FAMILY_PYTHON, "random.randbytes", 0, 1},
    {FAMILY_PYTHON, "secrets.token_bytes", 0, 1},
    {FAMILY_PYTHON, "numpy.zeros", 0, 8},
    {FAMILY_PYTHON, "numpy.ones", 0, 8},
    {FAMILY_PYTHON, "numpy.empty", 0, 8},
    {FAMILY_PYTHON, "numpy.arange", 0, 8},
    {FAMILY_JAVASCRIPT, "Array", 0, 8},
    {FAMILY_JAVASCRIPT, "ArrayBuffer", 0, 1},
    {FAMILY_JAVASCRIPT, "SharedArrayBuffer", 0, 1},
    {FAMILY_JAVASCRIPT, "Buffer.alloc", 0, 1},
    {FAMILY_JAVASCRIPT, "Buffer.allocUnsafe", 0, 1},
    {FAMILY_JAVASCRIPT, "Uint8Array", 0, 1},
    {FAMILY_JAVASCRIPT, "Int8Array", 0, 1},
    {FAMILY_JAVASCRIPT, "Uint16Array", 0, 2},
    {FAMILY_JAVASCRIPT, "Int16Array", 0, 2},
    {FAMILY_JAVASCRIPT, "Uint32Array", 0, 4},
    {FAMILY_JAVASCRIPT, "Int32Array", 0, 4},
    {FAMILY_JAVASCRIPT, "Float32Array", 0, 4},
    {FAMILY_JAVASCRIPT, "Float64Array", 0, 8},
    {FAMILY_JAVASCRIPT, "crypto.randomBytes", 0, 1},
};

/* Methods of texts that make one of so many characters. */
static const struct {
    enum language_family family;
    const char *name;
} padders[] = {
    {FAMILY_PYTHON, "ljust"},      {FAMILY_PYTHON, "rjust"},      {FAMILY_PYTHON, "center"},
    {FAMILY_PYTHON, "zfill"},      {FAMILY_JAVASCRIPT, "repeat"}, {FAMILY_JAVASCRIPT, "padStart"},
    {FAMILY_JAVASCRIPT, "padEnd"},
};

static void bytes_report(struct fault_scan *scan, uint32_t at, double bytes)
{
    if (bytes >= LIMIT_FAULT_BYTES)
        fault_report(scan, FAULT_HUGE_ALLOCATION, at, "this makes a value of %.3g bytes", bytes);
}

/* The bytes of a literal sequence that can be repeated; 0: it is none, or empty. */
static double sequence_bytes(const struct fault_scan *scan, uint32_t at)
{
    at = fault_unwrap(scan, at);
    uint8_t kind = at ? scan->names->constant_kind[at] : CONSTANT_NONE;
    if (kind == CONSTANT_TEXT || kind == CONSTANT_BYTES)
        return (double)fault_text(scan, scan->names->constant[at]).length;
    enum shape shape = at ? fault_shape(scan, at) : SHAPE_NONE;
    if (shape != SHAPE_LIST && shape != SHAPE_TUPLE) return 0;
    double count = 0;
    for (uint32_t child = at + 1; child < scan->nodes[at].next; child = scan->nodes[child].next)
        count += !(scan->nodes[child].flags & NODE_IS_EXTRA);
    return 8 * count;
}

/* The count of range(n), where it is known; 0: not known, or no range. */
static double range_count(struct fault_scan *scan, uint32_t at)
{
    at = fault_unwrap(scan, at);
    if (!at || fault_shape(scan, at) != SHAPE_CALL || !view_equals_cstr(fault_callee(scan, at), "range"))
        return 0;
    uint32_t second = fault_argument(scan, at, 1);
    if (fault_argument(scan, at, 2)) return 0;
    struct fault_number first = fault_number_of(scan, fault_argument(scan, at, 0));
    struct fault_number end = second ? fault_number_of(scan, second) : first;
    if (!first.is_known || !end.is_known) return 0;
    return end.value - (second ? first.value : 0);
}

/* "a" * n, n * [0]; 10 ** 10 ** 10, 1 << 10 ** 10. */
static void binary_judge(struct fault_scan *scan, uint32_t at)
{
    struct view operator= fault_operator(scan, at);
    uint32_t left = fault_child(scan, at, FIELD_LEFT), right = fault_child(scan, at, FIELD_RIGHT);
    if (!left || !right) return;
    if (view_equals_cstr(operator, "*") && fault_is_python(scan)) {
        double one = sequence_bytes(scan, left), other = sequence_bytes(scan, right);
        struct fault_number count = fault_number_of(scan, one > 0 ? right : left);
        if ((one > 0 || other > 0) && count.is_known && count.is_whole)
            bytes_report(scan, at, (one > 0 ? one : other) * count.value);
        return;
    }
    if (!view_equals_cstr(operator, "**") && !view_equals_cstr(operator, "<<")) return;
    /* of a chain the whole is reported, not each part */
    bool is_part = fault_shape(scan, scan->nodes[at].parent) == SHAPE_BINARY &&
                   fault_number_of(scan, scan->nodes[at].parent).is_known;
    struct fault_number number = fault_number_of(scan, at);
    if (number.is_known && number.is_whole && number.bits >= LIMIT_FAULT_BITS && !is_part)
        fault_report(scan, FAULT_HUGE_ALLOCATION, at, "this is a number of %.3g digits",
                     number.bits * 0.30103);
}

/* list(range(n)) and others that keep what they go through. */
static bool is_collector(struct view callee)
{
    static const char *const names[] = {"list", "tuple", "set", "frozenset", "sorted", "collections.deque"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (view_equals_cstr(callee, names[i])) return true;
    return false;
}

static void python_call_judge(struct fault_scan *scan, uint32_t call, struct view callee)
{
    uint32_t first = fault_argument(scan, call, 0);
    if (!first) return;
    if (is_collector(callee)) bytes_report(scan, call, 8 * range_count(scan, first));
    if (view_equals_cstr(callee, "sum") && range_count(scan, first) >= LIMIT_FAULT_ROUNDS)
        fault_report(scan, FAULT_HUGE_LOOP, call, "this adds up %.3g numbers one by one",
                     range_count(scan, first));
    struct fault_number number = fault_number_of(scan, first);
    if (view_equals_cstr(callee, "math.factorial") && number.is_known &&
        number.value >= LIMIT_FAULT_FACTORIAL)
        fault_report(scan, FAULT_HUGE_ALLOCATION, call,
                     "the factorial of %.3g has more digits than fit in memory", number.value);
    uint32_t second = fault_argument(scan, call, 1);
    if (view_equals_cstr(callee, "pow") && second && !fault_argument(scan, call, 2)) {
        struct fault_number exponent = fault_number_of(scan, second);
        bool is_whole = number.is_known && number.is_whole && exponent.is_known && exponent.is_whole;
        double bits = is_whole ? number.bits * exponent.value : 0;
        if (bits >= LIMIT_FAULT_BITS && number.value > 1)
            fault_report(scan, FAULT_HUGE_ALLOCATION, call, "this is a number of %.3g digits",
                         bits * 0.30103);
    }
}

/* Array.from({length: n}) */
static void javascript_call_judge(struct fault_scan *scan, uint32_t call, struct view callee)
{
    uint32_t first = fault_argument(scan, call, 0);
    if (!first || !view_equals_cstr(callee, "Array.from") || fault_shape(scan, first) != SHAPE_DICTIONARY)
        return;
    for (uint32_t pair = first + 1; pair < scan->nodes[first].next; pair = scan->nodes[pair].next) {
        uint32_t key = fault_child(scan, pair, FIELD_KEY), value = fault_child(scan, pair, FIELD_VALUE);
        if (!key || !value || !view_equals_cstr(node_text(scan->syntax, key), "length")) continue;
        struct fault_number number = fault_number_of(scan, value);
        if (number.is_known) bytes_report(scan, call, 8 * number.value);
    }
}

static void padding_judge(struct fault_scan *scan, uint32_t call)
{
    uint32_t function = fault_child(scan, call, FIELD_FUNCTION);
    if (!function || fault_shape(scan, function) != SHAPE_MEMBER) return;
    uint32_t name = fault_child(scan, function, fault_is_python(scan) ? FIELD_ATTRIBUTE : FIELD_PROPERTY);
    uint32_t object = fault_child(scan, function, FIELD_OBJECT);
    uint32_t argument = fault_argument(scan, call, 0);
    if (!name || !object || !argument || scan->names->constant_kind[object] != CONSTANT_TEXT) return;
    struct view method = fault_text(scan, scan->nodes[name].symbol);
    for (size_t i = 0; i < sizeof padders / sizeof *padders; i++) {
        if (padders[i].family != scan->family || !view_equals_cstr(method, padders[i].name)) continue;
        struct fault_number number = fault_number_of(scan, argument);
        bool is_repeat = view_equals_cstr(method, "repeat");
        double unit = is_repeat ? (double)fault_text(scan, scan->names->constant[object]).length : 1;
        if (number.is_known) bytes_report(scan, call, number.value * unit);
    }
}

static void call_judge(struct fault_scan *scan, uint32_t call)
{
    struct view callee = fault_callee(scan, call);
    padding_judge(scan, call);
    if (callee.length == 0) return;
    for (size_t i = 0; i < sizeof makers / sizeof *makers; i++) {
        if (makers[i].family != scan->family || !view_equals_cstr(callee, makers[i].name)) continue;
        uint32_t argument = fault_argument(scan, call, makers[i].argument);
        struct fault_number number = fault_number_of(scan, argument);
        bool is_only = !fault_argument(scan, call, makers[i].argument + 1) || scan->family == FAMILY_PYTHON;
        if (number.is_known && is_only) bytes_report(scan, call, number.value * makers[i].unit_bytes);
    }
    if (fault_is_python(scan))
        python_call_judge(scan, call, callee);
    else
        javascript_call_judge(scan, call, callee);
}

/* [... for x in range(n)]: as many elements, unless a condition leaves some out. */
static void comprehension_judge(struct fault_scan *scan, uint32_t at)
{
    if (!fault_is_python(scan) || node_text(scan->syntax, at).bytes[0] == '(')
        return; /* a generator keeps nothing */
    double count = 1;
    bool is_known = false;
    for (uint32_t child = at + 1; child < scan->nodes[at].next; child = scan->nodes[child].next) {
        if (fault_shape(scan, child) != SHAPE_FOR_CLAUSE) continue;
        uint32_t right = fault_child(scan, child, FIELD_RIGHT);
        double rounds = right ? range_count(scan, right) : 0;
        if (rounds > 0) count *= rounds;
        is_known |= rounds > 0;
    }
    if (is_known && count >= LIMIT_FAULT_ROUNDS)
        fault_report(scan, FAULT_HUGE_LOOP, at, "this goes through %.3g elements", count);
    else if (is_known && view_find(node_text(scan->syntax, at), VIEW(" if ")) == SIZE_MAX)
        bytes_report(scan, at, 8 * count);
}

void fault_scan_sizes(struct fault_scan *scan)
{
    for (uint32_t at = 0; at < scan->syntax->count && fault_step(scan, 1); at++) {
        switch ((int)fault_shape(scan, at)) {
        case SHAPE_BINARY:
            binary_judge(scan, at);
            break;
        case SHAPE_CALL:
        case SHAPE_NEW:
            call_judge(scan, at);
            break;
        case SHAPE_COMPREHENSION:
            comprehension_judge(scan, at);
            break;
        default:
            break;
        }
    }
}
