/* Bytes as a rule image: refused, or every rule in it can be loaded without a step outside. */
#include <stdlib.h>
#include <string.h>

#include "analyzer/rule_image.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error err = {0};
    unsigned char *bytes = aligned_alloc(16, (size + 16) / 16 * 16);
    if (!bytes) return 0;
    memcpy(bytes, data, size);
    struct view image = view_make((const char *)bytes, size);
    struct ruleset *ruleset = rule_image_is_sound(image) ? rule_image_open(image, &err) : NULL;
    for (uint32_t i = 0; ruleset && i < ruleset_count(ruleset); i++) ruleset_rule(ruleset, i);
    ruleset_free(ruleset);
    free(bytes);
    return 0;
}
