#include "analyzer/symbol.h"

#include <sys/random.h>

#include "base/array.h"
#include "base/bug.h"

struct symbol_entry {
    struct view text;
    uint32_t hash;
};

struct symbol_table {
    struct arena *arena;
    uint64_t seed; /* fresh for each table, so that a source cannot be made to collide */
    struct {
        struct symbol_entry *items;
        uint32_t count, capacity;
    } entries; /* entries[0] is no text */
    uint32_t *slots;
    uint32_t slot_count;    /* a power of two, at most three quarters full */
    const uint32_t *frozen; /* offsets into frozen_texts; NULL: the table is made of entries */
    const char *frozen_texts;
};

static uint64_t read_8(const char *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof word);
    return word;
}

static uint64_t read_4(const char *at)
{
    uint32_t word;
    memcpy(&word, at, sizeof word);
    return word;
}

static uint64_t fold(uint64_t a, uint64_t b)
{
    unsigned __int128 product = (unsigned __int128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* Multiplies and folds, sixteen bytes at a time (as wyhash does): most names take one round. Which texts
 * collide depends on the seed. */
static uint32_t text_hash(struct view text, uint64_t seed)
{
    const uint64_t odd = 0x9e3779b97f4a7c15u, other = 0xe7037ed1a0b428dbu;
    uint64_t hash = seed ^ odd, first = 0, last = 0;
    const char *at = text.bytes;
    size_t left = text.length;
    for (; left > 16; left -= 16, at += 16) hash = fold(read_8(at) ^ other, read_8(at + 8) ^ hash);
    if (left >= 8) {
        first = read_8(at);
        last = read_8(at + left - 8);
    } else if (left >= 4) {
        first = read_4(at);
        last = read_4(at + left - 4);
    } else if (left) {
        first = (unsigned char)at[0];
        last = (uint64_t)(unsigned char)at[left / 2] << 8 | (unsigned char)at[left - 1];
    }
    hash = fold(first ^ other ^ text.length, last ^ hash);
    return (uint32_t)fold(hash ^ odd, seed ^ other);
}

static bool slots_rebuild(struct symbol_table *table, uint32_t slot_count)
{
    uint32_t *slots = ARENA_NEW_ARRAY(table->arena, uint32_t, slot_count);
    if (!slots) return false;
    for (uint32_t symbol = 1; symbol < table->entries.count; symbol++) {
        uint32_t at = table->entries.items[symbol].hash & (slot_count - 1);
        while (slots[at]) at = (at + 1) & (slot_count - 1);
        slots[at] = symbol;
    }
    table->slots = slots;
    table->slot_count = slot_count;
    return true;
}

struct symbol_table *symbol_table_new(struct arena *arena, uint32_t expected_count)
{
    struct symbol_table *table = ARENA_NEW(arena, struct symbol_table);
    if (!table) return NULL;
    table->arena = arena;
    if (getrandom(&table->seed, sizeof table->seed, GRND_NONBLOCK) != sizeof table->seed)
        table->seed = (uint64_t)(uintptr_t)table;
    uint32_t slot_count = 256;
    while (slot_count < expected_count && slot_count < (1u << 20)) slot_count *= 2;
    struct symbol_entry none = {0};
    if (!ARRAY_PUSH(arena, &table->entries, none) || !slots_rebuild(table, slot_count)) return NULL;
    return table;
}

struct symbol_table *symbol_table_frozen(struct arena *arena, const uint32_t *offsets, uint32_t count,
                                         const char *texts)
{
    struct symbol_table *table = ARENA_NEW(arena, struct symbol_table);
    if (!table) return NULL;
    table->entries.count = count;
    table->frozen = offsets;
    table->frozen_texts = texts;
    return table;
}

static uint32_t slot_find(const struct symbol_table *table, struct view text, uint32_t hash)
{
    uint32_t at = hash & (table->slot_count - 1);
    while (table->slots[at]) {
        const struct symbol_entry *entry = &table->entries.items[table->slots[at]];
        if (entry->hash == hash && view_equals(entry->text, text)) break;
        at = (at + 1) & (table->slot_count - 1);
    }
    return at;
}

uint32_t symbol_intern(struct symbol_table *table, struct view text)
{
    BUG_ON(table->frozen);
    uint32_t hash = text_hash(text, table->seed);
    uint32_t at = slot_find(table, text, hash);
    if (table->slots[at]) return table->slots[at];
    struct symbol_entry entry = {.text = text, .hash = hash};
    if (!ARRAY_PUSH(table->arena, &table->entries, entry)) return 0;
    uint32_t symbol = table->entries.count - 1;
    table->slots[at] = symbol;
    bool is_full = table->entries.count > table->slot_count / 4 * 3;
    if (is_full && !slots_rebuild(table, table->slot_count * 2)) return 0;
    return symbol;
}

uint32_t symbol_find(const struct symbol_table *table, struct view text)
{
    BUG_ON(table->frozen);
    return table->slots[slot_find(table, text, text_hash(text, table->seed))];
}

struct view symbol_text(const struct symbol_table *table, uint32_t symbol)
{
    if (symbol >= table->entries.count) return (struct view){0};
    if (!table->frozen) return table->entries.items[symbol].text;
    return view_make(table->frozen_texts + table->frozen[symbol],
                     table->frozen[symbol + 1] - table->frozen[symbol]);
}

uint32_t symbol_count(const struct symbol_table *table)
{
    return table->entries.count;
}
