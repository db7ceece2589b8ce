/* rule_image_write.c - two compilations of the same rules, compared word by word, to one image. */
#include <stdlib.h>

#include "analyzer/limits.h"
#include "analyzer/rule_image.h"
#include "analyzer/rule_need.h"
#include "analyzer/rule_unit.h"
#include "base/array.h"

/* A piece of a set's arena. */
struct piece {
    uintptr_t start;
    size_t size_bytes;
    uint32_t number; /* in the order of their making, which is the same in both sets */
};

/* One of the two sets. */
struct side {
    struct ruleset *ruleset;
    struct arena_journal journal;
    struct piece *pieces;   /* by number */
    struct piece *by_place; /* by start */
    uint32_t count;
    uint32_t first_rule, first_program; /* the numbers of those of the first rule */
};

struct image_writer {
    struct arena *arena;
    struct side sides[2];
    uint32_t *stamps;    /* by number: one more than the unit that the piece was last put into */
    uint32_t *positions; /* where in the memory */
    bool *is_regex;
    ARRAY_OF(uint32_t) queue; /* pieces of the unit that is written */
    ARRAY_OF(unsigned char) memory;
    ARRAY_OF(uint32_t) words, forms, regexes;
    ARRAY_OF(struct image_unit) units;
    struct error *err;
};

/* Our own program's or library's bytes, by the linker: an address in it is one that an image cannot hold. */
extern const char __ehdr_start[] __attribute__((visibility("hidden")));
extern const char _end[] __attribute__((visibility("hidden")));

static bool no_memory(struct image_writer *w)
{
    return error_set(w->err, ERROR_SYSTEM, "no memory for a rule image");
}

static int piece_order(const void *left, const void *right)
{
    const struct piece *a = left, *b = right;
    return a->start < b->start ? -1 : a->start > b->start;
}

/* Puts an array's elements in the place of the array, which is one piece. */
static uint32_t array_split(struct side *side, const void *array, size_t item_bytes, uint32_t count)
{
    uint32_t first = side->count;
    for (uint32_t i = 0; i < side->count; i++)
        if (side->pieces[i].start == (uintptr_t)array) side->pieces[i].start = UINTPTR_MAX;
    for (uint32_t i = 0; i < count; i++, side->count++)
        side->pieces[side->count] =
            (struct piece){(uintptr_t)array + i * item_bytes, item_bytes, side->count};
    return first;
}

static bool side_fill(struct image_writer *w, struct side *side, rule_image_fill *fill, void *context)
{
    side->ruleset = ruleset_new();
    if (!side->ruleset) return no_memory(w);
    side->ruleset->arena.journal = &side->journal;
    if (!fill(side->ruleset, context, w->err) || !ruleset_compile(side->ruleset, w->err)) return false;
    const struct rule_list *rules = &side->ruleset->rules;
    const struct regex_list *regexes = &side->ruleset->regexes;
    for (uint32_t i = 0; i < regexes->count; i++) {
        if (!regex_save(regexes->items[i], &side->ruleset->arena)) return no_memory(w);
        regex_rest(regexes->items[i]);
    }
    uint32_t room = side->journal.count + 2 * rules->count;
    side->pieces = ARENA_NEW_ARRAY(w->arena, struct piece, room + 1);
    side->by_place = ARENA_NEW_ARRAY(w->arena, struct piece, room + 1);
    if (side->journal.is_exhausted || !side->pieces || !side->by_place) return no_memory(w);
    for (; side->count < side->journal.count; side->count++) {
        const struct arena_piece *piece = &side->journal.items[side->count];
        side->pieces[side->count] = (struct piece){(uintptr_t)piece->start, piece->size_bytes, side->count};
    }
    side->first_rule = array_split(side, rules->items, sizeof(struct rule), rules->count);
    side->first_program = array_split(side, side->ruleset->programs, sizeof(struct program), rules->count);
    memcpy(side->by_place, side->pieces, side->count * sizeof *side->pieces);
    qsort(side->by_place, side->count, sizeof *side->by_place, piece_order);
    return true;
}

/* The piece that an address points into, or right behind. NULL: none. */
static const struct piece *piece_find(const struct side *side, uintptr_t address)
{
    uint32_t low = 0, high = side->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (side->by_place[middle].start <= address)
            low = middle + 1;
        else
            high = middle;
    }
    const struct piece *piece = low ? &side->by_place[low - 1] : NULL;
    return piece && address - piece->start <= piece->size_bytes ? piece : NULL;
}

/* Where in the unit's memory a piece will stand; UINT32_MAX: no memory. */
static uint32_t piece_take(struct image_writer *w, uint32_t number)
{
    uint32_t stamp = w->units.count + 1, size = (uint32_t)w->sides[0].pieces[number].size_bytes;
    if (w->stamps[number] == stamp) return w->positions[number];
    uint32_t position = (w->memory.count + IMAGE_ALIGNMENT - 1) / IMAGE_ALIGNMENT * IMAGE_ALIGNMENT;
    bool has_room = position < UINT32_MAX / 4 && size < UINT32_MAX / 4 &&
                    ARRAY_RESERVE(w->arena, &w->memory, position + size + IMAGE_ALIGNMENT) &&
                    ARRAY_PUSH(w->arena, &w->queue, number) &&
                    (!w->is_regex[number] || ARRAY_PUSH(w->arena, &w->regexes, position));
    if (!has_room) return UINT32_MAX;
    memset(w->memory.items + w->memory.count, 0, position - w->memory.count);
    memcpy(w->memory.items + position, (const void *)w->sides[0].pieces[number].start, size);
    w->memory.count = position + size;
    w->stamps[number] = stamp;
    w->positions[number] = position;
    return position;
}

static enum language_id language_of_forms(uintptr_t address)
{
    int id = 0;
    while (id < LANGUAGE_COUNT && address != (uintptr_t)form_table_of(&languages[id])) id++;
    return (enum language_id)id;
}

static bool address_put(struct image_writer *w, uint32_t at, uint32_t number, size_t offset)
{
    uint32_t to = piece_take(w, number);
    if (to == UINT32_MAX || !ARRAY_PUSH(w->arena, &w->words, at)) return no_memory(w);
    uintptr_t word = to + offset;
    memcpy(w->memory.items + at, &word, sizeof word);
    return true;
}

/* A word of the first set, which is at `at` in the memory already, beside that of the second one. */
static bool word_put(struct image_writer *w, uint32_t at, uintptr_t a, uintptr_t b)
{
    if (a != b) {
        const struct piece *first = piece_find(&w->sides[0], a), *second = piece_find(&w->sides[1], b);
        bool is_same =
            first && second && first->number == second->number && a - first->start == b - second->start;
        if (is_same) return address_put(w, at, first->number, a - first->start);
        /* Where a word begins with a field of 32 bits or less, what differs behind it is no field but what
         * the stack held where a struct was copied from it. */
        if ((uint32_t)a == (uint32_t)b) {
            uintptr_t word = (uint32_t)a;
            memcpy(w->memory.items + at, &word, sizeof word);
            return true;
        }
        return error_set(w->err, ERROR_SYSTEM,
                         "a rule has a word that is neither the same nor an address in both of two "
                         "compilations: %#lx, %#lx",
                         (unsigned long)a, (unsigned long)b);
    }
    uintptr_t language = language_of_forms(a);
    if (a && language < LANGUAGE_COUNT) {
        if (!ARRAY_PUSH(w->arena, &w->forms, at)) return no_memory(w);
        memcpy(w->memory.items + at, &language, sizeof language);
        return true;
    }
    if (a < (uintptr_t)__ehdr_start || a >= (uintptr_t)_end) return true;
    return error_set(w->err, ERROR_SYSTEM, "a rule points into the program: %#lx", (unsigned long)a);
}

static bool piece_put(struct image_writer *w, uint32_t number)
{
    const struct piece *a = &w->sides[0].pieces[number], *b = &w->sides[1].pieces[number];
    if (a->size_bytes != b->size_bytes)
        return error_set(w->err, ERROR_SYSTEM, "two compilations of the same rules differ");
    const uintptr_t *first = (const void *)a->start, *second = (const void *)b->start;
    uint32_t at = w->positions[number];
    for (size_t i = 0; i < a->size_bytes / sizeof *first; i++, at += sizeof *first)
        if (!word_put(w, at, first[i], second[i])) return false;
    return true;
}

/* Moves what a list holds behind the words. */
static bool list_move(struct image_writer *w, struct image_list *list, const uint32_t *items, uint32_t count)
{
    list->from = w->words.count;
    list->count = count;
    for (uint32_t i = 0; i < count; i++)
        if (!ARRAY_PUSH(w->arena, &w->words, items[i])) return no_memory(w);
    return true;
}

/* What the rule needs, for each of its languages. */
static bool needs_put(struct image_writer *w, const struct program *program, struct image_unit *unit)
{
    for (int i = 0; i < LANGUAGE_COUNT; i++) {
        struct need_words words = {0};
        if (!(unit->language_mask & (1u << i))) continue;
        if (!need_write(w->arena, &words, program, (enum language_id)i)) return no_memory(w);
        if (!list_move(w, &unit->needs[i], words.items, words.count)) return false;
    }
    return true;
}

static bool unit_put(struct image_writer *w, uint32_t index)
{
    const struct rule *rule = &w->sides[0].ruleset->rules.items[index];
    struct image_unit unit = {.language_mask = rule->language_mask, .is_text = rule->is_text};
    unit.at = (w->memory.count + IMAGE_ALIGNMENT - 1) / IMAGE_ALIGNMENT * IMAGE_ALIGNMENT;
    unit.addresses.from = w->words.count;
    w->queue.count = w->forms.count = w->regexes.count = 0;
    unit.program_at = piece_take(w, w->sides[0].first_program + index);
    unit.rule_at = piece_take(w, w->sides[0].first_rule + index);
    if (unit.program_at == UINT32_MAX || unit.rule_at == UINT32_MAX) return no_memory(w);
    for (uint32_t i = 0; i < w->queue.count; i++)
        if (!piece_put(w, w->queue.items[i])) return error_prefix(w->err, "rule %.*s", VIEW_ARGS(rule->id));
    unit.addresses.count = w->words.count - unit.addresses.from;
    unit.end = w->memory.count;
    return list_move(w, &unit.forms, w->forms.items, w->forms.count) &&
           list_move(w, &unit.regexes, w->regexes.items, w->regexes.count) &&
           needs_put(w, &w->sides[0].ruleset->programs[index], &unit) &&
           (ARRAY_PUSH(w->arena, &w->units, unit) || no_memory(w));
}

static bool regexes_note(struct image_writer *w)
{
    const struct side *side = &w->sides[0];
    for (uint32_t i = 0; i < side->ruleset->regexes.count; i++) {
        const struct piece *piece = piece_find(side, (uintptr_t)side->ruleset->regexes.items[i]);
        if (!piece) return error_set(w->err, ERROR_SYSTEM, "a regex outside of the rules' memory");
        w->is_regex[piece->number] = true;
    }
    return true;
}

struct image_bytes {
    struct arena *arena;
    ARRAY_OF(unsigned char) out;
    bool is_full;
};

/* Where the bytes stand in the image. */
static uint32_t bytes_put(struct image_bytes *image, const void *bytes, size_t size)
{
    uint32_t from = (image->out.count + IMAGE_ALIGNMENT - 1) / IMAGE_ALIGNMENT * IMAGE_ALIGNMENT;
    if (size > UINT32_MAX / 4 || from > UINT32_MAX / 4 ||
        !ARRAY_RESERVE(image->arena, &image->out, from + (uint32_t)size)) {
        image->is_full = true;
        return 0;
    }
    memset(image->out.items + image->out.count, 0, from - image->out.count);
    if (size) memcpy(image->out.items + from, bytes, size);
    image->out.count = from + (uint32_t)size;
    return from;
}

static bool image_put(struct image_writer *w, struct view *view)
{
    const struct ruleset *ruleset = w->sides[0].ruleset;
    struct image_bytes image = {.arena = w->arena}, texts = {.arena = w->arena};
    struct image_header header = {.rule_count = w->units.count,
                                  .symbol_count = symbol_count(ruleset->symbols),
                                  .word_count = w->words.count,
                                  .unit_bytes = w->memory.count,
                                  .digest = ruleset->digest};
    uint32_t *offsets = ARENA_NEW_ARRAY(w->arena, uint32_t, header.symbol_count + 1);
    if (!offsets) return no_memory(w);
    for (uint32_t i = 0; i < header.symbol_count; i++) {
        struct view text = symbol_text(ruleset->symbols, i);
        offsets[i] = texts.out.count;
        for (size_t k = 0; k < text.length; k++)
            if (!ARRAY_PUSH(w->arena, &texts.out, (unsigned char)text.bytes[k])) return no_memory(w);
    }
    offsets[header.symbol_count] = texts.out.count;
    memcpy(header.magic, image_magic, sizeof header.magic);
    bytes_put(&image, &header, sizeof header);
    header.units_at = bytes_put(&image, w->units.items, w->units.count * sizeof *w->units.items);
    header.symbols_at = bytes_put(&image, offsets, (header.symbol_count + 1) * sizeof *offsets);
    header.texts_at = bytes_put(&image, texts.out.items, texts.out.count);
    header.words_at = bytes_put(&image, w->words.items, w->words.count * sizeof *w->words.items);
    header.memory_at = bytes_put(&image, w->memory.items, w->memory.count);
    if (image.is_full) return no_memory(w);
    header.total_bytes = image.out.count;
    memcpy(image.out.items, &header, sizeof header);
    *view = view_make((const char *)image.out.items, image.out.count);
    return true;
}

static bool image_make(struct image_writer *w, rule_image_fill *fill, void *context, struct view *image)
{
    for (int i = 0; i < 2; i++)
        if (!side_fill(w, &w->sides[i], fill, context)) return false;
    uint32_t count = w->sides[0].count;
    if (count != w->sides[1].count)
        return error_set(w->err, ERROR_SYSTEM, "two compilations of the same rules differ");
    w->stamps = ARENA_NEW_ARRAY(w->arena, uint32_t, count + 1);
    w->positions = ARENA_NEW_ARRAY(w->arena, uint32_t, count + 1);
    w->is_regex = ARENA_NEW_ARRAY(w->arena, bool, count + 1);
    if (!w->stamps || !w->positions || !w->is_regex) return no_memory(w);
    if (!regexes_note(w)) return false;
    for (uint32_t i = 0; i < w->sides[0].ruleset->rules.count; i++)
        if (!unit_put(w, i)) return false;
    return image_put(w, image);
}

bool rule_image_write(struct arena *arena, rule_image_fill *fill, void *context, struct view *image,
                      struct error *err)
{
    struct image_writer writer = {.arena = arena, .err = err};
    bool is_written = image_make(&writer, fill, context, image);
    for (int i = 0; i < 2; i++) {
        ruleset_free(writer.sides[i].ruleset);
        free(writer.sides[i].journal.items);
    }
    return is_written;
}
