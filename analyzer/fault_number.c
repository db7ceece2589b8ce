/* fault_number.c - numbers that the text gives: literals, arithmetic, variables with one value. Sizes are all
 * that matters, so a double will do. */
#include <math.h>
#include <stdlib.h>

#include "analyzer/fault_scan.h"

enum { NUMBER_DEPTH = 24, NUMBER_BYTES = 400 };

static const struct fault_number unknown;

static struct fault_number whole(double value)
{
    return (struct fault_number){true, true, value, value == 0 ? 1 : log2(fabs(value)) + 1};
}

static struct fault_number real(double value)
{
    return (struct fault_number){true, false, value, 0};
}

/* 10_000, 0xff, 0b1, 0o7, 1e9, 5n. */
static struct fault_number literal_of(const struct fault_scan *scan, struct view text)
{
    char digits[NUMBER_BYTES], *end = digits;
    size_t length = 0;
    bool is_big = text.length && text.bytes[text.length - 1] == 'n', is_python = fault_is_python(scan);
    for (size_t i = 0; i < text.length - (is_big ? 1 : 0); i++) {
        if (text.bytes[i] == '_') continue;
        if (length + 1 == sizeof digits) return unknown;
        digits[length++] = text.bytes[i];
    }
    digits[length] = '\0';
    bool has_prefix = length > 2 && digits[0] == '0' && strchr("xXbBoO", digits[1]);
    double value = 0;
    if (has_prefix) {
        int base = strchr("xX", digits[1]) ? 16 : strchr("bB", digits[1]) ? 2 : 8;
        for (end = digits + 2; *end; end++) {
            int digit = *end >= 'a' ? *end - 'a' + 10 : *end >= 'A' ? *end - 'A' + 10 : *end - '0';
            value = value * base + digit;
        }
        return is_python || is_big ? whole(value) : real(value);
    }
    value = strtod(digits, &end);
    if (end == digits || *end) return unknown; /* 3j */
    bool is_whole = is_big || (is_python && !strpbrk(digits, ".eE"));
    return is_whole ? whole(value) : real(value);
}

static struct fault_number power(struct fault_number left, struct fault_number right)
{
    struct fault_number result = real(pow(left.value, right.value));
    if (!left.is_whole || !right.is_whole || right.value < 0) return result;
    result.is_whole = true;
    result.bits = fabs(left.value) < 2 ? 1 : log2(fabs(left.value)) * right.value;
    return result;
}

static struct fault_number binary_of(struct view operator, struct fault_number left,
                                     struct fault_number right)
{
    bool is_whole = left.is_whole && right.is_whole;
    double value;
    if (!left.is_known || !right.is_known || operator.length == 0) return unknown;
    if (view_equals_cstr(operator, "**")) return power(left, right);
    if (view_equals_cstr(operator, "<<") && is_whole && right.value >= 0) {
        struct fault_number result = whole(left.value * exp2(right.value));
        result.bits = left.bits + right.value;
        return result;
    }
    if (view_equals_cstr(operator, "+"))
        value = left.value + right.value;
    else if (view_equals_cstr(operator, "-"))
        value = left.value - right.value;
    else if (view_equals_cstr(operator, "*"))
        value = left.value * right.value;
    else if (view_equals_cstr(operator, "//") && right.value != 0)
        value = floor(left.value / right.value);
    else if (view_equals_cstr(operator, "/") && right.value != 0)
        return real(left.value / right.value);
    else
        return unknown;
    if (!is_whole) return real(value);
    struct fault_number result = whole(value);
    if (isinf(value)) result.bits = left.bits + right.bits;
    return result;
}

static struct fault_number number_at(struct fault_scan *scan, uint32_t at, unsigned depth)
{
    at = fault_unwrap(scan, at);
    if (!at || depth == NUMBER_DEPTH || !fault_step(scan, 1)) return unknown;
    uint32_t left = fault_child(scan, at, FIELD_LEFT), right = fault_child(scan, at, FIELD_RIGHT);
    uint32_t argument = fault_child(scan, at, FIELD_ARGUMENT), value = scan->names->value[at];
    struct view operator= fault_operator(scan, at);
    switch ((int)fault_shape(scan, at)) {
    case SHAPE_NUMBER:
        return literal_of(scan, fault_text(scan, scan->nodes[at].symbol));
    case SHAPE_IDENTIFIER:
        return value && value != at ? number_at(scan, value, depth + 1) : unknown;
    case SHAPE_BINARY:
        if (!left || !right) return unknown;
        return binary_of(operator, number_at(scan, left, depth + 1), number_at(scan, right, depth + 1));
    default:
        break;
    }
    if (argument && (view_equals_cstr(operator, "-") || view_equals_cstr(operator, "+"))) {
        struct fault_number number = number_at(scan, argument, depth + 1);
        if (view_equals_cstr(operator, "-")) number.value = -number.value;
        return number;
    }
    return unknown;
}

struct fault_number fault_number_of(struct fault_scan *scan, uint32_t at)
{
    return at ? number_at(scan, at, 0) : unknown;
}
