/* utf8.h - UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing above U+10FFFF. */
#ifndef CORDON_BASE_UTF8_H
#define CORDON_BASE_UTF8_H

#include <stdbool.h>
#include <stdint.h>

#include "base/view.h"

/* Length in bytes of the code point at the start of `text` (1-4), stored in `*code`; 0 where the text is
 * empty or the bytes there are not UTF-8. */
unsigned utf8_decode(struct view text, uint32_t *code);

/* Writes 1-4 bytes and returns how many; 0 for what is no code point. */
unsigned utf8_encode(uint32_t code, char out[4]);

/* Byte position of the first byte that is not UTF-8; SIZE_MAX where all of it is. */
size_t utf8_find_invalid(struct view text);

/* Number of code points; an invalid byte counts as one. */
size_t utf8_count(struct view text);

#endif
