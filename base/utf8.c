#include "base/utf8.h"

unsigned utf8_decode(struct view text, uint32_t *code)
{
    if (text.length == 0) return 0;
    const unsigned char *at = (const unsigned char *)text.bytes;
    if (at[0] < 0x80) {
        *code = at[0];
        return 1;
    }
    unsigned length = at[0] >= 0xf0 ? 4 : at[0] >= 0xe0 ? 3 : 2;
    if (at[0] < 0xc2 || at[0] > 0xf4 || text.length < length) return 0;
    uint32_t value = at[0] & (0x7fu >> length);
    for (unsigned i = 1; i < length; i++) {
        if ((at[i] & 0xc0) != 0x80) return 0;
        value = value << 6 | (at[i] & 0x3f);
    }
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (value < least[length] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)) return 0;
    *code = value;
    return length;
}

unsigned utf8_encode(uint32_t code, char out[4])
{
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return 0;
    unsigned length = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (unsigned i = length - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (code & 0x3f));
        code >>= 6;
    }
    out[0] = (char)((0xf00u >> length) | code);
    return length;
}

size_t utf8_find_invalid(struct view text)
{
    size_t at = 0;
    while (at < text.length) {
        /* Eight ASCII bytes at a time: nearly all source text is ASCII. */
        uint64_t word;
        if (text.length - at >= sizeof word) {
            memcpy(&word, text.bytes + at, sizeof word);
            if ((word & 0x8080808080808080u) == 0) {
                at += sizeof word;
                continue;
            }
        }
        uint32_t code;
        unsigned length = utf8_decode(view_slice(text, at, text.length), &code);
        if (length == 0) return at;
        at += length;
    }
    return SIZE_MAX;
}

size_t utf8_count(struct view text)
{
    size_t count = 0, at = 0;
    while (at < text.length) {
        uint32_t code;
        unsigned length = utf8_decode(view_slice(text, at, text.length), &code);
        at += length ? length : 1;
        count++;
    }
    return count;
}
