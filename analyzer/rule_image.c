#include "analyzer/rule_image.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "analyzer/limits.h"
#include "analyzer/rule_need.h"
#include "analyzer/rule_unit.h"
#include "base/bug.h"

const char image_magic[16] = "cordon rules 2\n";

struct rule_image {
    const struct image_header *header;
    const struct image_unit *units;
    const uint32_t *words;
    unsigned char
        *memory; /* of all units; what was not loaded was not touched, so the system gave no pages */
    atomic_bool *is_loaded; /* by rule */
    void *owned;            /* the image's own bytes, where they are its to free; or NULL */
    pthread_mutex_t lock;   /* held while a unit is loaded */
};

static const unsigned char *at(const struct image_header *header, uint32_t offset)
{
    return (const unsigned char *)header + offset;
}

struct rule_image *rule_image_new(struct view bytes)
{
    const struct image_header *header = (const void *)bytes.bytes;
    struct rule_image *image = calloc(1, sizeof *image);
    if (!image) return NULL;
    pthread_mutex_init(&image->lock, NULL);
    image->header = header;
    image->units = (const void *)at(header, header->units_at);
    image->words = (const void *)at(header, header->words_at);
    image->memory = malloc(header->unit_bytes + 1);
    image->is_loaded = calloc(header->rule_count + 1, sizeof *image->is_loaded);
    if (image->memory && image->is_loaded) return image;
    rule_image_free(image);
    return NULL;
}

void rule_image_free(struct rule_image *image)
{
    if (!image) return;
    for (uint32_t i = 0; image->is_loaded && i < image->header->rule_count; i++) {
        const struct image_list *regexes = &image->units[i].regexes;
        for (uint32_t k = 0; image->is_loaded[i] && k < regexes->count; k++)
            regex_rest((void *)(image->memory + image->words[regexes->from + k]));
    }
    pthread_mutex_destroy(&image->lock);
    free(image->is_loaded);
    free(image->memory);
    free(image->owned);
    free(image);
}

void rule_image_warm(struct rule_image *image)
{
    for (uint32_t i = 0; i < image->header->rule_count; i++) {
        const struct image_list *regexes = &image->units[i].regexes;
        for (uint32_t k = 0; image->is_loaded[i] && k < regexes->count; k++)
            regex_group_name((void *)(image->memory + image->words[regexes->from + k]), 1);
    }
}

uint32_t rule_image_count(const struct rule_image *image)
{
    return image->header->rule_count;
}

static void unit_load(struct rule_image *image, const struct image_unit *unit)
{
    unsigned char *memory = image->memory;
    memcpy(memory + unit->at, at(image->header, image->header->memory_at) + unit->at, unit->end - unit->at);
    /* in this order, so that lists that overlap, which no writer makes, do not make a table of an address */
    const uint32_t *word = image->words + unit->forms.from, *end = word + unit->forms.count;
    for (; word < end; word++) {
        const struct form_table **forms = (const struct form_table **)(void *)(memory + *word);
        *forms = (uintptr_t)*forms < LANGUAGE_COUNT ? form_table_of(&languages[(uintptr_t)*forms]) : NULL;
    }
    word = image->words + unit->addresses.from;
    for (end = word + unit->addresses.count; word < end; word++) {
        uintptr_t *address = (uintptr_t *)(void *)(memory + *word);
        *address += (uintptr_t)memory;
    }
    word = image->words + unit->regexes.from;
    for (end = word + unit->regexes.count; word < end; word++) regex_wake((void *)(memory + *word));
}

const struct program *rule_image_program(struct rule_image *image, uint32_t index)
{
    const struct image_unit *unit = &image->units[index];
    if (!atomic_load_explicit(&image->is_loaded[index], memory_order_acquire)) {
        pthread_mutex_lock(&image->lock);
        if (!image->is_loaded[index]) unit_load(image, unit);
        atomic_store_explicit(&image->is_loaded[index], true, memory_order_release);
        pthread_mutex_unlock(&image->lock);
    }
    return (const struct program *)(const void *)(image->memory + unit->program_at);
}

bool rule_image_concerns(const struct rule_image *image, uint32_t index, uint32_t language_mask)
{
    const struct image_unit *unit = &image->units[index];
    return unit->is_text || (unit->language_mask & language_mask);
}

bool rule_image_may_match(const struct rule_image *image, uint32_t index, enum language_id language,
                          struct symbol_map *map, const struct symbol_table *symbols)
{
    const struct image_unit *unit = &image->units[index];
    const struct image_list *need = &unit->needs[language];
    return unit->is_text || need_holds(image->words + need->from, need->count, map, symbols);
}

const uint32_t *rule_image_need(const struct rule_image *image, uint32_t index, enum language_id language,
                                uint32_t *count)
{
    const struct image_list *need = &image->units[index].needs[language];
    *count = need->count;
    return image->words + need->from;
}

/* Whether `count` things of a size lie within the first `total` bytes. */
static bool lies_within(uint64_t from, uint64_t count, uint64_t size, uint64_t total)
{
    return from <= total && count * size <= total - from;
}

static bool list_is_sound(const struct image_header *header, const struct image_unit *unit,
                          const struct image_list *list, uint64_t size)
{
    const uint32_t *words = (const void *)at(header, header->words_at);
    if (!lies_within(list->from, list->count, 1, header->word_count)) return false;
    for (uint32_t i = 0; i < list->count; i++) {
        uint32_t word = words[list->from + i];
        if (word % sizeof(uintptr_t) || word < unit->at || !lies_within(word, 1, size, unit->end))
            return false;
    }
    return true;
}

static bool needs_are_sound(const struct image_header *header, const struct image_unit *unit)
{
    const uint32_t *words = (const void *)at(header, header->words_at);
    for (int i = 0; i < LANGUAGE_COUNT; i++) {
        const struct image_list *need = &unit->needs[i];
        if (!lies_within(need->from, need->count, 1, header->word_count) ||
            !need_is_sound(words + need->from, need->count, header->symbol_count))
            return false;
    }
    return true;
}

/* `from`: where the unit before it ends; what one loads is no other's. */
static bool unit_is_sound(const struct image_header *header, const struct image_unit *unit, uint32_t from)
{
    const unsigned char *memory = at(header, header->memory_at);
    const uint32_t *words = (const void *)at(header, header->words_at);
    const unsigned char *is_text = (const void *)&unit->is_text; /* a bool that is neither is none */
    bool is_sound = *is_text <= true && unit->at >= from && unit->at <= unit->end &&
                    unit->end <= header->unit_bytes && unit->at % IMAGE_ALIGNMENT == 0 &&
                    unit->program_at >= unit->at && unit->program_at % IMAGE_ALIGNMENT == 0 &&
                    lies_within(unit->program_at, 1, sizeof(struct program), unit->end) &&
                    unit->rule_at >= unit->at && unit->rule_at % IMAGE_ALIGNMENT == 0 &&
                    lies_within(unit->rule_at, 1, sizeof(struct rule), unit->end) &&
                    list_is_sound(header, unit, &unit->addresses, sizeof(uintptr_t)) &&
                    list_is_sound(header, unit, &unit->forms, sizeof(uintptr_t)) &&
                    list_is_sound(header, unit, &unit->regexes, regex_size()) &&
                    needs_are_sound(header, unit);
    for (uint32_t i = 0; is_sound && i < unit->addresses.count; i++) {
        uintptr_t to = *(const uintptr_t *)(const void *)(memory + words[unit->addresses.from + i]);
        is_sound = to >= unit->at && to <= unit->end;
    }
    for (uint32_t i = 0; is_sound && i < unit->forms.count; i++)
        is_sound = *(const uintptr_t *)(const void *)(memory + words[unit->forms.from + i]) <
                   (uintptr_t)LANGUAGE_COUNT;
    return is_sound;
}

bool rule_image_is_sound(struct view bytes)
{
    const struct image_header *header = (const void *)bytes.bytes;
    if (bytes.length < sizeof *header || (uintptr_t)bytes.bytes % IMAGE_ALIGNMENT ||
        memcmp(header->magic, image_magic, sizeof image_magic) != 0 || header->total_bytes != bytes.length)
        return false;
    const struct {
        uint32_t at;
        uint64_t count, size;
    } parts[] = {
        {header->units_at, header->rule_count, sizeof(struct image_unit)},
        {header->symbols_at, (uint64_t)header->symbol_count + 1, sizeof(uint32_t)},
        {header->words_at, header->word_count, sizeof(uint32_t)},
        {header->memory_at, header->unit_bytes, 1},
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (parts[i].at % IMAGE_ALIGNMENT ||
            !lies_within(parts[i].at, parts[i].count, parts[i].size, bytes.length))
            return false;
    const uint32_t *symbols = (const void *)at(header, header->symbols_at);
    for (uint32_t i = 0; i < header->symbol_count; i++)
        if (symbols[i] > symbols[i + 1]) return false;
    if (!lies_within(header->texts_at, symbols[header->symbol_count], 1, bytes.length)) return false;
    const struct image_unit *units = (const void *)at(header, header->units_at);
    for (uint32_t i = 0; i < header->rule_count; i++)
        if (!unit_is_sound(header, &units[i], i ? units[i - 1].end : 0)) return false;
    return header->digest.hex[DIGEST_HEX_BYTES] == 0;
}

struct ruleset *rule_image_open(struct view bytes, struct error *err)
{
    const struct image_header *header = (const void *)bytes.bytes;
    BUG_ON(bytes.length < sizeof *header || memcmp(header->magic, image_magic, sizeof image_magic) != 0 ||
           (uintptr_t)header % IMAGE_ALIGNMENT);
    struct ruleset *ruleset = calloc(1, sizeof *ruleset);
    if (ruleset) {
        arena_init(&ruleset->arena, LIMIT_RULESET_BYTES);
        ruleset->symbols =
            symbol_table_frozen(&ruleset->arena, (const void *)at(header, header->symbols_at),
                                header->symbol_count, (const char *)at(header, header->texts_at));
        ruleset->digest = header->digest;
        ruleset->image = rule_image_new(bytes);
    }
    if (ruleset && ruleset->symbols && ruleset->image) return ruleset;
    ruleset_free(ruleset);
    error_set(err, ERROR_SYSTEM, "no memory for rules");
    return NULL;
}

struct ruleset *rule_image_adopt(struct view bytes, struct error *err)
{
    struct ruleset *ruleset = rule_image_open(bytes, err);
    if (ruleset) ruleset->image->owned = (void *)bytes.bytes;
    return ruleset;
}
