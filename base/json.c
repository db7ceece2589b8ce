#include "base/json.h"

#include <nettle/base64.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/utf8.h"

json_t *json_string_of_view(struct view text)
{
    size_t invalid = utf8_find_invalid(text);
    if (invalid == SIZE_MAX) return json_stringn(text.length ? text.bytes : "", text.length);
    AUTO_FREE char *clean = malloc(3 * text.length);
    if (!clean) return NULL;
    size_t used = 0, at = 0;
    while (at < text.length) {
        uint32_t code;
        unsigned length = utf8_decode(view_slice(text, at, text.length), &code);
        used += utf8_encode(length ? code : 0xfffd, clean + used);
        at += length ? length : 1;
    }
    return json_stringn(clean, used);
}

json_t *json_base64_of_view(struct view bytes)
{
    size_t size_bytes = BASE64_ENCODE_RAW_LENGTH(bytes.length);
    AUTO_FREE char *text = malloc(size_bytes + 1);
    if (!text) return NULL;
    base64_encode_raw(text, bytes.length, (const uint8_t *)bytes.bytes);
    return json_stringn(text, size_bytes);
}
