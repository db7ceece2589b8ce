#include "analyzer/literal.h"

#include <ctype.h>

#include "base/utf8.h"

/* One literal being decoded. */
struct decoding {
    enum language_family family;
    unsigned flags;
    struct view text;
    size_t at;
    char *out;
    size_t written;
    bool is_known;
};

static unsigned digit_value(char c)
{
    if (c >= '0' && c <= '9') return (unsigned)(c - '0');
    if (isxdigit((unsigned char)c)) return (unsigned)((c | 32) - 'a' + 10);
    return 99;
}

/* Reads up to `most` digits of a base behind `at` and steps over them; returns how many. */
static size_t digits_read(struct decoding *decoding, size_t most, unsigned base, uint32_t *value)
{
    size_t count = 0;
    for (*value = 0; count < most && decoding->at < decoding->text.length; count++, decoding->at++) {
        unsigned digit = digit_value(decoding->text.bytes[decoding->at]);
        if (digit >= base) break;
        *value = *value * base + digit;
    }
    return count;
}

static void code_put(struct decoding *decoding, uint32_t code)
{
    char encoded[4];
    unsigned length = utf8_encode(code, encoded);
    if (length == 0) decoding->is_known = false;
    /* An escape is at least as long as its UTF-8: \ooo and \xHH are at most U+00FF. */
    memcpy(decoding->out + decoding->written, encoded, length);
    decoding->written += length;
}

/* Exactly `count` hexadecimal digits, or the literal is not one that the language takes. */
static uint32_t hex_read(struct decoding *decoding, size_t count)
{
    uint32_t value;
    if (digits_read(decoding, count, 16, &value) != count) decoding->is_known = false;
    return value;
}

static bool next_is(const struct decoding *decoding, size_t offset, char c)
{
    return decoding->at + offset < decoding->text.length && decoding->text.bytes[decoding->at + offset] == c;
}

/* Behind "\u" in JavaScript: \u{...}, \uXXXX, and pairs of surrogates. */
static void javascript_unicode_put(struct decoding *decoding)
{
    uint32_t value;
    if (next_is(decoding, 0, '{')) {
        decoding->at++;
        size_t count = digits_read(decoding, 8, 16, &value);
        if (count == 0 || !next_is(decoding, 0, '}')) decoding->is_known = false;
        decoding->at++;
        code_put(decoding, value);
        return;
    }
    value = hex_read(decoding, 4);
    bool is_high = value >= 0xd800 && value < 0xdc00;
    if (is_high && next_is(decoding, 0, '\\') && next_is(decoding, 1, 'u')) {
        decoding->at += 2;
        uint32_t low = hex_read(decoding, 4);
        if (low >= 0xdc00 && low < 0xe000) value = 0x10000 + ((value - 0xd800) << 10) + (low - 0xdc00);
    }
    code_put(decoding, value);
}

/* Octal: three digits in Python, three up to 377 in JavaScript. */
static void octal_put(struct decoding *decoding, char first)
{
    uint32_t value;
    bool is_javascript = decoding->family == FAMILY_JAVASCRIPT;
    size_t count = digits_read(decoding, is_javascript && first > '3' ? 2 : 3, 8, &value);
    if (is_javascript && (decoding->flags & LITERAL_IS_TEMPLATE) && (count > 1 || value != 0))
        decoding->is_known = false;
    if (decoding->flags & LITERAL_IS_BYTES) value &= 0xff;
    code_put(decoding, value);
}

/* What both languages spell alike; false: not one of these. */
static bool letter_put(struct decoding *decoding, char kind)
{
    static const char letters[] = "nrtbfv", values[] = "\n\r\t\b\f\v";
    const char *found = kind ? strchr(letters, kind) : NULL;
    if (!found) return false;
    decoding->out[decoding->written++] = values[found - letters];
    return true;
}

/* At the byte behind a backslash. */
static void escape_put(struct decoding *decoding)
{
    bool is_python = decoding->family == FAMILY_PYTHON;
    bool is_bytes = decoding->flags & LITERAL_IS_BYTES;
    char kind = decoding->text.bytes[decoding->at++];
    if (letter_put(decoding, kind)) return;
    if (kind == '\n') return;
    if (kind == '\r') {
        if (next_is(decoding, 0, '\n')) decoding->at++;
        return;
    }
    if (kind == 'x') {
        code_put(decoding, hex_read(decoding, 2));
    } else if (kind >= '0' && kind <= '7') {
        decoding->at--;
        octal_put(decoding, kind);
    } else if (is_python && !is_bytes && (kind == 'u' || kind == 'U')) {
        code_put(decoding, hex_read(decoding, kind == 'u' ? 4 : 8));
    } else if (is_python && !is_bytes && kind == 'N') {
        decoding->is_known = false;
    } else if (is_python && kind == 'a') {
        decoding->out[decoding->written++] = '\a';
    } else if (!is_python && kind == 'u') {
        javascript_unicode_put(decoding);
    } else {
        /* Python keeps the backslash of what is no escape; JavaScript drops it. */
        bool is_dropped = !is_python || kind == '\\' || kind == '\'' || kind == '"';
        if (!is_dropped) decoding->out[decoding->written++] = '\\';
        decoding->out[decoding->written++] = kind;
    }
}

size_t literal_decode(enum language_family family, unsigned flags, struct view text, char *out,
                      bool *is_known)
{
    struct decoding decoding = {.family = family, .flags = flags, .text = text, .out = out, .is_known = true};
    while (decoding.at < text.length) {
        char c = text.bytes[decoding.at];
        if (c == '\\' && !(flags & LITERAL_IS_RAW) && decoding.at + 1 < text.length) {
            decoding.at++;
            escape_put(&decoding);
            continue;
        }
        decoding.at++;
        bool is_brace = (flags & LITERAL_HAS_HOLES) && (c == '{' || c == '}');
        if (is_brace && next_is(&decoding, 0, c)) decoding.at++;
        if (c == '\r' && next_is(&decoding, 0, '\n')) continue; /* both languages read CR LF as LF */
        out[decoding.written++] = c;
    }
    *is_known &= decoding.is_known;
    return decoding.written;
}

struct literal_frame literal_frame_of(enum language_family family, struct view literal)
{
    struct literal_frame frame = {.quote_bytes = 1};
    size_t at = 0;
    for (; at < literal.length && !strchr("'\"`", literal.bytes[at]); at++) {
        char c = (char)tolower((unsigned char)literal.bytes[at]);
        if (c == 'r') frame.flags |= LITERAL_IS_RAW;
        if (c == 'b') frame.flags |= LITERAL_IS_BYTES;
        if (c == 'f') frame.flags |= LITERAL_HAS_HOLES;
    }
    struct view rest = view_slice(literal, at, literal.length);
    bool is_triple = family == FAMILY_PYTHON && rest.length >= 6 &&
                     (view_starts_with(rest, VIEW("\"\"\"")) || view_starts_with(rest, VIEW("'''")));
    if (is_triple) frame.quote_bytes = 3;
    if (family == FAMILY_JAVASCRIPT && rest.length && rest.bytes[0] == '`')
        frame.flags |= LITERAL_IS_TEMPLATE;
    frame.prefix_bytes = (uint32_t)at + frame.quote_bytes;
    return frame;
}
