/* fold.c - texts that code takes apart and puts together again to hide what they say: "metsys"[::-1],
 * chr(101), b64decode("..."). Claimed only where the result is plain ASCII and cannot be another one: what is
 * claimed may be compared with a grant. */
#include <ctype.h>

#include "analyzer/limits.h"
#include "analyzer/resolver.h"

/* Its bytes are not cleared. */
struct folded {
    size_t length;
    char bytes[LIMIT_CONSTANT_BYTES];
};

static bool is_ascii(struct view text)
{
    for (size_t i = 0; i < text.length; i++)
        if ((unsigned char)text.bytes[i] >= 0x80 || text.bytes[i] == '\0') return false;
    return true;
}

static void folded_set(struct resolver *resolver, uint32_t at, const struct folded *folded,
                       enum constant_kind kind)
{
    struct view text = view_make(folded->bytes, folded->length);
    if (text.length && is_ascii(text)) constant_set(resolver, at, text, kind);
}

/* The text or bytes that a node is known to be, ASCII; empty where it is not. */
static struct view known(const struct resolver *resolver, uint32_t node)
{
    bool is_known = node && (resolver->kind[node] == CONSTANT_TEXT || resolver->kind[node] == CONSTANT_BYTES);
    struct view text = is_known ? resolver_text(resolver, resolver->constant[node]) : (struct view){0};
    return is_ascii(text) && text.length <= LIMIT_CONSTANT_BYTES ? text : (struct view){0};
}

static bool append(struct folded *folded, char byte)
{
    if (folded->length == sizeof folded->bytes) return false;
    folded->bytes[folded->length++] = byte;
    return true;
}

static void reverse(struct folded *folded, struct view text)
{
    folded->length = text.length;
    for (size_t i = 0; i < text.length; i++) folded->bytes[i] = text.bytes[text.length - 1 - i];
}

static bool base64_read(struct folded *folded, struct view text)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    unsigned bits = 0, value = 0;
    if (text.length % 4) return false;
    while (text.length && text.bytes[text.length - 1] == '=') text.length--;
    for (size_t i = 0; i < text.length; i++) {
        const char *digit = strchr(digits, text.bytes[i]);
        if (!digit) return false;
        value = (value << 6 | (unsigned)(digit - digits)) & 0xfff;
        bits += 6;
        if (bits < 8) continue;
        bits -= 8;
        if (!append(folded, (char)(value >> bits & 0xff))) return false;
    }
    return true;
}

static bool hex_read(struct folded *folded, struct view text)
{
    for (size_t i = 0; i + 1 < text.length; i += 2) {
        char pair[3] = {text.bytes[i], text.bytes[i + 1], '\0'};
        if (!isxdigit((unsigned char)pair[0]) || !isxdigit((unsigned char)pair[1])) return false;
        if (!append(folded, (char)strtoul(pair, NULL, 16))) return false;
    }
    return text.length % 2 == 0;
}

static void rot13(struct folded *folded, struct view text)
{
    for (size_t i = 0; i < text.length; i++) {
        char byte = text.bytes[i];
        char first = islower((unsigned char)byte) ? 'a' : 'A';
        append(folded, isalpha((unsigned char)byte) ? (char)(first + (byte - first + 13) % 26) : byte);
    }
}

/* chr(N), String.fromCharCode(N, ...) */
static bool characters_read(const struct resolver *resolver, uint32_t call, struct folded *folded)
{
    for (uint32_t number = 0;; number++) {
        uint32_t argument = resolver_argument(resolver, call, number);
        if (!argument) return number > 0;
        if (resolver->kind[argument] != CONSTANT_NUMBER) return false;
        char text[8], *end;
        struct view digits = resolver_text(resolver, resolver->constant[argument]);
        if (digits.length >= sizeof text) return false;
        memcpy(text, digits.bytes, digits.length);
        text[digits.length] = '\0';
        bool is_octal_look = text[0] == '0' && isdigit((unsigned char)text[1]);
        unsigned long code = strtoul(text, &end, 0);
        if (*end || is_octal_look || code == 0 || code >= 0x80 || !append(folded, (char)code)) return false;
    }
}

static bool is_plain_encoding(struct view name)
{
    return view_equals(name, VIEW("utf8")) || view_equals(name, VIEW("utf-8")) ||
           view_equals(name, VIEW("ascii")) || view_equals(name, VIEW("latin1"));
}

/* Buffer.from(text, encoding) */
static bool buffer_read(struct folded *folded, struct view text, bool has_encoding, struct view encoding)
{
    if (has_encoding && view_equals(encoding, VIEW("hex"))) return hex_read(folded, text);
    if (has_encoding && view_equals(encoding, VIEW("base64"))) return base64_read(folded, text);
    if (has_encoding && !is_plain_encoding(encoding)) return false;
    memcpy(folded->bytes, text.bytes, text.length);
    folded->length = text.length;
    return true;
}

static void function_fold(struct resolver *resolver, uint32_t call, uint32_t function)
{
    uint32_t name = resolver->others[function] ? 0 : resolver->qualified[function];
    struct view first = known(resolver, resolver_argument(resolver, call, 0));
    struct view second = known(resolver, resolver_argument(resolver, call, 1));
    bool has_second = resolver_argument(resolver, call, 1) != 0;
    bool is_javascript = resolver->table.has_declarations;
    struct folded folded;
    folded.length = 0;
    enum constant_kind kind = is_javascript ? CONSTANT_TEXT : CONSTANT_BYTES;
    bool is_done = false;
    if (resolver_is(resolver, name, is_javascript ? "String.fromCharCode" : "chr")) {
        is_done = characters_read(resolver, call, &folded);
        kind = CONSTANT_TEXT;
    } else if (first.length && resolver_is(resolver, name, is_javascript ? "atob" : "base64.b64decode") &&
               !has_second) {
        is_done = base64_read(&folded, first);
    } else if (first.length && is_javascript && resolver_is(resolver, name, "Buffer.from")) {
        is_done = buffer_read(&folded, first, has_second, second);
        kind = CONSTANT_BYTES;
    } else if (first.length && !is_javascript && resolver_is(resolver, name, "bytes.fromhex")) {
        is_done = hex_read(&folded, first);
    } else if (first.length && !is_javascript && resolver_is(resolver, name, "codecs.decode") &&
               (view_equals(second, VIEW("rot13")) || view_equals(second, VIEW("rot_13")))) {
        rot13(&folded, first);
        is_done = true;
        kind = CONSTANT_TEXT;
    }
    if (is_done) folded_set(resolver, call, &folded, kind);
}

/* A value as %s, %d or %c print it. */
static bool value_append(const struct resolver *resolver, struct folded *folded, char how, uint32_t value)
{
    struct view text = known(resolver, value);
    bool is_number = value && resolver->kind[value] == CONSTANT_NUMBER;
    if (is_number) text = resolver_text(resolver, resolver->constant[value]);
    bool is_plain =
        is_number ? how != 'c' && constant_is_decimal(text) : how == 's' || (how == 'c' && text.length == 1);
    if (!is_plain || !text.length || (!is_number && resolver->kind[value] != CONSTANT_TEXT)) return false;
    for (size_t i = 0; i < text.length; i++)
        if (!append(folded, text.bytes[i])) return false;
    return true;
}

/* Python's "%s" % value and "%s%d" % (text, number) */
static void format_fold(struct resolver *resolver, uint32_t binary, uint32_t left, uint32_t right)
{
    struct view format = known(resolver, left);
    bool is_tuple = resolver_shape(resolver, right) == SHAPE_TUPLE;
    struct folded folded;
    uint32_t number = 0;
    folded.length = 0;
    for (size_t i = 0; i < format.length; i++) {
        char how = i + 1 < format.length ? format.bytes[i + 1] : '\0';
        bool is_hole = format.bytes[i] == '%' && how != '%';
        if (is_hole && how != 's' && how != 'd' && how != 'c') return;
        uint32_t value = is_tuple ? resolver_child_number(resolver, right, number) : number ? 0 : right;
        bool is_done =
            is_hole ? value_append(resolver, &folded, how, value) : append(&folded, format.bytes[i]);
        if (!is_done) return;
        number += is_hole;
        i += format.bytes[i] == '%';
    }
    if (is_tuple ? !resolver_child_number(resolver, right, number) : number == 1)
        folded_set(resolver, binary, &folded, CONSTANT_TEXT);
}

/* Python's "ab" * 2 */
static void repeat_fold(struct resolver *resolver, uint32_t binary, uint32_t left, uint32_t right)
{
    uint32_t count = resolver->kind[left] == CONSTANT_NUMBER ? left : right,
             texts = count == left ? right : left;
    struct view text = known(resolver, texts), digits = resolver_text(resolver, resolver->constant[count]);
    struct folded folded;
    folded.length = 0;
    if (!text.length || resolver->kind[count] != CONSTANT_NUMBER || !constant_is_decimal(digits)) return;
    uint64_t times = 0;
    for (size_t i = 0; i < digits.length; i++) times = 10 * times + (uint64_t)(digits.bytes[i] - '0');
    while (times--)
        for (size_t i = 0; i < text.length; i++)
            if (!append(&folded, text.bytes[i])) return;
    folded_set(resolver, binary, &folded, (enum constant_kind)resolver->kind[texts]);
}

static void operator_fold(struct resolver *resolver, uint32_t binary)
{
    uint32_t operator= resolver_child(resolver, binary, FIELD_OPERATOR);
    uint32_t left = resolver_child(resolver, binary, FIELD_LEFT);
    uint32_t right = resolver_child(resolver, binary, FIELD_RIGHT);
    bool is_python = resolver->syntax->source->language->family == FAMILY_PYTHON;
    if (!operator|| !left || !right || !is_python) return;
    if (resolver_is(resolver, resolver->nodes[operator].symbol, "*"))
        repeat_fold(resolver, binary, left, right);
    bool is_format = resolver_is(resolver, resolver->nodes[operator].symbol, "%");
    if (is_format && resolver->kind[left] == CONSTANT_TEXT) format_fold(resolver, binary, left, right);
}

/* text.lower(), text.split("").reverse().join(""), b"...".decode() */
static void method_fold(struct resolver *resolver, uint32_t call, uint32_t function)
{
    bool is_javascript = resolver->table.has_declarations;
    uint32_t object = resolver_child(resolver, function, FIELD_OBJECT);
    uint32_t name = resolver_child(resolver, function, is_javascript ? FIELD_PROPERTY : FIELD_ATTRIBUTE);
    struct view text = known(resolver, object);
    uint32_t encoding = resolver_argument(resolver, call, 0);
    if (!name || !text.length ||
        (encoding && !(is_javascript && is_plain_encoding(known(resolver, encoding)))))
        return;
    uint32_t method = resolver->nodes[name].symbol;
    struct folded folded;
    folded.length = text.length;
    bool is_lower = resolver_is(resolver, method, is_javascript ? "toLowerCase" : "lower");
    bool is_upper = resolver_is(resolver, method, is_javascript ? "toUpperCase" : "upper");
    bool is_decoded = resolver->kind[object] == CONSTANT_BYTES &&
                      resolver_is(resolver, method, is_javascript ? "toString" : "decode");
    if ((!is_lower && !is_upper && !is_decoded) || (encoding && !is_decoded)) return;
    for (size_t i = 0; i < text.length; i++) {
        int byte = (unsigned char)text.bytes[i];
        folded.bytes[i] = (char)(is_lower ? tolower(byte) : is_upper ? toupper(byte) : byte);
    }
    folded_set(resolver, call, &folded,
               is_decoded ? CONSTANT_TEXT : (enum constant_kind)resolver->kind[object]);
}

/* Python's text[::-1] */
static void slice_fold(struct resolver *resolver, uint32_t subscript)
{
    uint32_t object = resolver_child(resolver, subscript, FIELD_VALUE);
    uint32_t index = resolver_child(resolver, subscript, FIELD_SUBSCRIPT);
    struct view text = known(resolver, object);
    if (!index || !text.length || !view_equals(node_text(resolver->syntax, index), VIEW("::-1"))) return;
    struct folded folded;
    reverse(&folded, text);
    folded_set(resolver, subscript, &folded, (enum constant_kind)resolver->kind[object]);
}

void fold_resolve(struct resolver *resolver, uint32_t at)
{
    if (resolver_shape(resolver, at) == SHAPE_SUBSCRIPT) {
        if (!resolver->table.has_declarations) slice_fold(resolver, at);
        return;
    }
    if (resolver_shape(resolver, at) == SHAPE_BINARY) {
        operator_fold(resolver, at);
        return;
    }
    uint32_t function = resolver_child(resolver, at, FIELD_FUNCTION);
    if (!function) return;
    function_fold(resolver, at, function);
    if (resolver->kind[at] == CONSTANT_NONE && resolver_shape(resolver, function) == SHAPE_MEMBER)
        method_fold(resolver, at, function);
}
