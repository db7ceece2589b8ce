#include "analyzer/entropy.h"

static const char surprise[][27] = {
#include "analyzer/entropy.def"
};

/* Half bits of a byte that is no letter: as if picked from [A-Za-z0-9]. */
enum { OTHER_HALF_BITS = 12 };

/* 64 bits are what the shortest keys have; one is added so that a word in disguise (p@ssw0rd123!) stays
 * below. English in one word has about 3.5 bits a byte, random letters and digits 5.5. */
enum { HIGH_HALF_BITS = 2 * 65, HIGH_TENTHS_PER_BYTE = 48 };

static int letter_of(char byte)
{
    if (byte >= 'a' && byte <= 'z') return byte - 'a';
    if (byte >= 'A' && byte <= 'Z') return byte - 'A';
    return -1;
}

static bool is_one_byte_repeated(struct view text)
{
    for (size_t i = 1; i < text.length; i++)
        if (text.bytes[i] != text.bytes[0]) return false;
    return true;
}

bool entropy_is_high(struct view text)
{
    size_t half_bits = 0;
    int before = -1;
    if (text.length == 0 || is_one_byte_repeated(text)) return false;
    for (size_t i = 0; i < text.length; i++) {
        int letter = letter_of(text.bytes[i]);
        half_bits += letter < 0 ? OTHER_HALF_BITS : (size_t)(surprise[before + 1][letter] - 'a');
        before = letter;
    }
    return half_bits > HIGH_HALF_BITS && half_bits * 5 > text.length * HIGH_TENTHS_PER_BYTE;
}
