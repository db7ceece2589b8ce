/* Bytes as a rule image: refused, or every rule in it can be asked for what it needs and be loaded without a
 * step outside. */
#include <stdlib.h>
#include <string.h>

#include "analyzer/rule_image.h"
#include "analyzer/rule_unit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Asks of a source that has one of the seeds' names, then loads. */
static void rules_load(const struct ruleset *ruleset, struct arena *arena)
{
    struct symbol_table *source = symbol_table_new(arena, 4);
    uint32_t count = symbol_count(ruleset->symbols);
    uint32_t *known = ARENA_NEW_ARRAY(arena, uint32_t, count + 1);
    if (!source || !known) return;
    symbol_intern(source, VIEW("eval"));
    memset(known, 0xff, (count + 1) * sizeof *known);
    struct symbol_map map = {ruleset->symbols, known};
    for (uint32_t i = 0; i < ruleset_count(ruleset); i++) {
        for (int language = 0; language < LANGUAGE_COUNT; language++)
            ruleset_may_match(ruleset, i, (enum language_id)language, &map, source);
        ruleset_rule(ruleset, i);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error err = {0};
    unsigned char *bytes = aligned_alloc(16, (size + 16) / 16 * 16);
    if (!bytes) return 0;
    memcpy(bytes, data, size);
    struct view image = view_make((const char *)bytes, size);
    struct ruleset *ruleset = rule_image_is_sound(image) ? rule_image_open(image, &err) : NULL;
    AUTO_ARENA struct arena arena;
    arena_init(&arena, (size_t)64 << 20);
    if (ruleset) rules_load(ruleset, &arena);
    ruleset_free(ruleset);
    free(bytes);
    return 0;
}
