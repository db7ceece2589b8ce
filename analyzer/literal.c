#include "analyzer/literal.h"

#include <ctype.h>

#include "base/utf8.h"

static unsigned digit_value(char c)
{
    if (c >= '0' && c <= '9') return (unsigned)(c - '0');
    if (isxdigit((unsigned char)c)) return (unsigned)((c | 32) - 'a' + 10);
    return 99;
}

/* Reads up to `most` digits of a base; returns how many. */
static size_t digits_read(struct view text, size_t most, unsigned base, uint32_t *value)
{
    size_t count = 0;
    for (*value = 0; count < most && count < text.length; count++) {
        unsigned digit = digit_value(text.bytes[count]);
        if (digit >= base) break;
        *value = *value * base + digit;
    }
    return count;
}

/* The escape behind a backslash: its length in `*used`, its code point returned; UINT32_MAX: no text. */
static uint32_t escape_decode(struct view text, size_t *used, bool *is_known)
{
    uint32_t value = 0;
    char kind = text.bytes[0];
    *used = 1;
    switch (kind) {
    case 'n':
        return '\n';
    case 't':
        return '\t';
    case 'r':
        return '\r';
    case 'b':
        return '\b';
    case 'f':
        return '\f';
    case 'v':
        return '\v';
    case 'a':
        return '\a';
    case '\n':
        return UINT32_MAX;
    case 'N':
        *is_known = false;
        return UINT32_MAX;
    case 'x':
        *used += digits_read(view_slice(text, 1, text.length), 2, 16, &value);
        return value;
    case 'U':
        *used += digits_read(view_slice(text, 1, text.length), 8, 16, &value);
        return value;
    case 'u':
        if (text.length > 1 && text.bytes[1] == '{') {
            *used = 2 + digits_read(view_slice(text, 2, text.length), 6, 16, &value);
            if (*used < text.length && text.bytes[*used] == '}') (*used)++;
            return value;
        }
        *used += digits_read(view_slice(text, 1, text.length), 4, 16, &value);
        return value;
    default:
        break;
    }
    if (kind >= '0' && kind <= '7') {
        *used = digits_read(text, 3, 8, &value);
        return value;
    }
    unsigned length = utf8_decode(text, &value);
    *used = length ? length : 1;
    return length ? value : (unsigned char)kind;
}

size_t literal_decode(struct view text, char *out, bool *is_known)
{
    size_t written = 0, at = 0;
    while (at < text.length) {
        char c = text.bytes[at];
        if (c != '\\' || at + 1 == text.length) {
            out[written++] = c;
            at++;
            continue;
        }
        size_t used;
        uint32_t code = escape_decode(view_slice(text, at + 1, text.length), &used, is_known);
        at += 1 + used;
        if (code == UINT32_MAX) continue;
        char encoded[4];
        unsigned length = utf8_encode(code, encoded);
        if (length == 0) *is_known = false; /* half of a surrogate pair, or no code point */
        /* An escape is at least as long as its UTF-8: \ooo and \xHH are at most U+00FF. */
        memcpy(out + written, encoded, length);
        written += length;
    }
    return written;
}
