#include "analyzer/leaf.h"

#include <stdlib.h>
#include <utf8proc.h>

#include "base/utf8.h"

/* JavaScript: \u0065 and \u{65} inside an identifier mean the letter. */
static struct view escapes_decode(struct arena *arena, struct view text)
{
    char *out = arena_alloc(arena, text.length + 1);
    if (!out) return text;
    size_t used = 0;
    for (size_t at = 0; at < text.length;) {
        if (text.length - at < 3 || text.bytes[at] != '\\' || text.bytes[at + 1] != 'u') {
            out[used++] = text.bytes[at++];
            continue;
        }
        bool is_braced = text.bytes[at + 2] == '{';
        size_t digit = at + (is_braced ? 3 : 2), last = is_braced ? text.length : digit + 4;
        uint32_t code = 0;
        for (; digit < last && digit < text.length && text.bytes[digit] != '}' && code <= 0x10ffff; digit++) {
            char c = text.bytes[digit];
            uint32_t value =
                c >= '0' && c <= '9' ? (uint32_t)(c - '0') : ((uint32_t)(c | 32) - 'a' + 10) & 15;
            code = code << 4 | value;
        }
        char encoded[4];
        unsigned length = utf8_encode(code, encoded);
        memcpy(out + used, encoded, length);
        used += length;
        at = digit + (is_braced ? 1 : 0);
    }
    return view_make(out, used);
}

/* Python folds identifiers by NFKC (PEP 3131), which leaves ASCII as it is. */
static struct view nfkc_fold(struct arena *arena, struct view text)
{
    size_t ascii = 0;
    while (ascii < text.length && (signed char)text.bytes[ascii] >= 0) ascii++;
    if (ascii == text.length) return text;
    utf8proc_uint8_t *folded = NULL;
    utf8proc_ssize_t length =
        utf8proc_map((const utf8proc_uint8_t *)text.bytes, (utf8proc_ssize_t)text.length, &folded,
                     UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT);
    struct view copy = text;
    if (length >= 0) copy = arena_copy(arena, view_make((const char *)folded, (size_t)length));
    free(folded);
    return copy;
}

/* Nothing but ASCII, and no backslash: what every language reads as it stands. */
static bool is_plain(struct view text)
{
    const uint64_t ones = 0x0101010101010101u, high = 0x8080808080808080u;
    uint64_t odd = 0;
    size_t i = 0;
    for (; i + 8 <= text.length; i += 8) {
        uint64_t word;
        memcpy(&word, text.bytes + i, 8);
        uint64_t slashes = word ^ ones * '\\'; /* a zero byte is a backslash */
        odd |= word | ((slashes - ones) & ~slashes);
    }
    for (; i < text.length; i++) odd |= (signed char)text.bytes[i] < 0 || text.bytes[i] == '\\' ? high : 0;
    return !(odd & high);
}

struct view leaf_text(struct arena *arena, enum language_family family, struct view text)
{
    if (is_plain(text)) return text;
    switch (family) {
    case FAMILY_PYTHON:
        return nfkc_fold(arena, text);
    case FAMILY_JAVASCRIPT:
        return escapes_decode(arena, text);
    case FAMILY_SHELL:
        break;
    }
    return text;
}
