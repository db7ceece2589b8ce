#include "gateway/scrub.h"

#include <stdio.h>

static char fold(char byte)
{
    return byte >= 'A' && byte <= 'Z' ? (char)(byte + ('a' - 'A')) : byte;
}

static int digit(char byte)
{
    if (byte >= '0' && byte <= '9') return byte - '0';
    byte = fold(byte);
    return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

/* `count` hexadecimal digits, or -1. */
static int number(struct view text, size_t start, size_t count)
{
    int value = 0;
    if (text.length < start + count) return -1;
    for (size_t i = start; i < start + count; i++) {
        int next = digit(text.bytes[i]);
        if (next < 0) return -1;
        value = value << 4 | next;
    }
    return value;
}

/* "&#65;", "&#x41;" and the five names of HTML. Returns the length, 0: none. */
static size_t entity_read(struct view text, int *byte)
{
    static const struct {
        struct view text;
        char byte;
    } named[] = {{{"&amp;", 5}, '&'},
                 {{"&lt;", 4}, '<'},
                 {{"&gt;", 4}, '>'},
                 {{"&quot;", 6}, '"'},
                 {{"&apos;", 6}, '\''}};
    for (size_t i = 0; i < sizeof named / sizeof *named; i++)
        if (view_starts_with(text, named[i].text)) {
            *byte = named[i].byte;
            return named[i].text.length;
        }
    if (text.length < 5 || text.bytes[1] != '#') return 0;
    if (fold(text.bytes[2]) == 'x') {
        *byte = number(text, 3, 2);
        return *byte >= 0 && text.length > 5 && text.bytes[5] == ';' ? 6 : 0;
    }
    *byte = 0;
    for (size_t i = 2; i < 6 && i < text.length; i++) {
        if (text.bytes[i] == ';' && i > 2) return i + 1;
        if (text.bytes[i] < '0' || text.bytes[i] > '9') return 0;
        *byte = 10 * *byte + text.bytes[i] - '0';
    }
    return 0;
}

/* How many bytes of the text stand for this byte of the secret, escaped; 0: they do not. */
static size_t escape_match(struct view text, char wanted)
{
    int byte = -1;
    size_t length = 0;
    switch (text.bytes[0]) {
    case '%':
        byte = number(text, 1, 2);
        length = 3;
        break;
    case '+':
        byte = ' '; /* in a query */
        length = 1;
        break;
    case '&':
        length = entity_read(text, &byte);
        break;
    case '\\':
        if (text.length < 2) return 0;
        if (text.bytes[1] == 'u' && number(text, 2, 2) == 0 && (byte = number(text, 4, 2)) >= 0)
            length = 6;
        else if (text.bytes[1] == 'x' && (byte = number(text, 2, 2)) >= 0)
            length = 4;
        else {
            byte = (unsigned char)text.bytes[1];
            length = 2;
        }
        break;
    default:
        return 0;
    }
    return byte >= 0 && length && fold((char)byte) == fold(wanted) ? length : 0;
}

/* The length of an appearance that begins here, each byte escaped or not; 0: none. */
static size_t escaped_match(struct view secret, struct view text)
{
    size_t at = 0;
    for (size_t i = 0; i < secret.length; i++) {
        if (at >= text.length) return 0;
        size_t length = escape_match(view_slice(text, at, text.length), secret.bytes[i]);
        if (!length && fold(text.bytes[at]) == fold(secret.bytes[i])) length = 1;
        if (!length) return 0;
        at += length;
    }
    return at;
}

/* As it is, in either case; where escapes within the secret itself mislead the other. */
static size_t plain_match(struct view secret, struct view text)
{
    if (text.length < secret.length) return 0;
    for (size_t i = 0; i < secret.length; i++)
        if (fold(text.bytes[i]) != fold(secret.bytes[i])) return 0;
    return secret.length;
}

static size_t hex_match(struct view secret, struct view text)
{
    if (text.length < 2 * secret.length) return 0;
    for (size_t i = 0; i < secret.length; i++)
        if (number(text, 2 * i, 2) != (unsigned char)secret.bytes[i]) return 0;
    return 2 * secret.length;
}

static size_t form_match(const struct scrub *scrub, struct view text)
{
    for (size_t i = 0; i < scrub->form_count; i++)
        if (view_starts_with(text, view_make(scrub->forms[i].bytes, scrub->forms[i].length)))
            return scrub->forms[i].length;
    return 0;
}

/* The digits of base64 that the secret alone decides, where `offset` bytes stand before it in a group of
 * three. */
static void form_add(struct scrub *scrub, size_t offset, const char *alphabet)
{
    struct view secret = scrub->secret;
    size_t first = offset == 0 ? 0 : offset == 1 ? 2 : 1; /* whole groups begin there */
    char *out = scrub->forms[scrub->form_count].bytes;
    size_t length = 0, at = first;
    for (; at + 3 <= secret.length; at += 3) {
        uint32_t group = (uint32_t)(unsigned char)secret.bytes[at] << 16 |
                         (uint32_t)(unsigned char)secret.bytes[at + 1] << 8 |
                         (unsigned char)secret.bytes[at + 2];
        for (int shift = 18; shift >= 0; shift -= 6) out[length++] = alphabet[group >> shift & 63];
    }
    if (secret.length - at >= 1) out[length++] = alphabet[(unsigned char)secret.bytes[at] >> 2];
    if (secret.length - at == 2)
        out[length++] =
            alphabet[((unsigned char)secret.bytes[at] & 3) << 4 | (unsigned char)secret.bytes[at + 1] >> 4];
    scrub->starts[(unsigned char)out[0]] = true;
    scrub->forms[scrub->form_count++].length = length;
}

/* As it is, in either case, escaped, or in hexadecimal. */
static void starts_add(struct scrub *scrub)
{
    static const char digits[] = "0123456789abcdef", upper[] = "0123456789ABCDEF";
    unsigned char first = (unsigned char)scrub->secret.bytes[0];
    for (int byte = 0; byte < 256; byte++)
        scrub->starts[byte] = strchr("%&\\+", byte) || fold((char)byte) == fold((char)first) ||
                              byte == digits[first >> 4] || byte == upper[first >> 4];
}

void scrub_init(struct scrub *scrub, struct view secret)
{
    static const char standard[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    static const char for_urls[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    scrub->secret = secret;
    scrub->form_count = 0;
    scrub->found = 0;
    scrub->span_bytes = SCRUB_UNIT_BYTES * secret.length;
    if (!secret.length) return;
    starts_add(scrub);
    for (size_t offset = 0; offset < 3; offset++) {
        form_add(scrub, offset, standard);
        form_add(scrub, offset, for_urls);
    }
}

static size_t match(const struct scrub *scrub, struct view text)
{
    size_t length = form_match(scrub, text);
    if (!length) length = plain_match(scrub->secret, text);
    if (!length) length = escaped_match(scrub->secret, text);
    if (!length) length = hex_match(scrub->secret, text);
    return length;
}

size_t scrub_run(struct scrub *scrub, char *text, size_t length, bool is_end)
{
    if (!scrub->secret.length) return length;
    for (size_t at = 0; at < length;) {
        size_t found = 0;
        if (scrub->starts[(unsigned char)text[at]]) found = match(scrub, view_make(text + at, length - at));
        memset(text + at, '*', found);
        scrub->found += found > 0;
        at += found ? found : 1;
    }
    if (is_end) return length;
    size_t least = length > scrub->span_bytes ? length - scrub->span_bytes : 0;
    size_t line = length; /* no appearance has a line break in it */
    while (line > least && text[line - 1] != '\n') line--;
    return line;
}
