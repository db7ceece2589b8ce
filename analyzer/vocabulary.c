#include "analyzer/vocabulary.h"

#include <stdlib.h>

#include "analyzer/limits.h"
#include "analyzer/rule_index.h"
#include "base/array.h"

enum { HASH_BITS = 15 };

struct needle {
    struct view text; /* in lower case */
    uint32_t symbol;  /* of the rule set */
    uint32_t next;    /* another one that is looked up in the same place; 0: none */
    uint32_t offset;  /* of the four bytes by which it is looked up */
};

struct vocabulary {
    struct arena arena;
    const struct ruleset *ruleset;
    struct symbol_table *symbols;    /* the rule set's, with the same numbers, so that they can be found */
    size_t longest_bytes;            /* of a symbol */
    ARRAY_OF(struct needle) needles; /* needles.items[0] is none */
    uint32_t *heads;                 /* needles by the hash of four bytes */
    uint64_t *filter;                /* a bit for each head that has one */
    struct rule_index *indexes[LANGUAGE_COUNT]; /* made when first asked for */
};

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 32) : c;
}

/* Of the four bytes there, without the bit that tells cases apart. */
static uint32_t hash_at(const char *at)
{
    uint32_t bytes;
    memcpy(&bytes, at, sizeof bytes);
    return (bytes | 0x20202020u) * 0x9e3779b1u >> (32 - HASH_BITS);
}

/* The less a byte is used in code, the better it tells where to look. */
static unsigned commonness(char c)
{
    if (c == ' ') return 6;
    if (strchr("etaoinsrlcd", c)) return 4;
    if (c >= 'a' && c <= 'z') return 2;
    return strchr("_.=()", c) ? 3 : 1;
}

static uint32_t rarest_offset(struct view text)
{
    unsigned best = UINT32_MAX;
    size_t offset = 0;
    for (size_t i = 0; i + NEEDLE_BYTES_MIN <= text.length; i++) {
        unsigned sum =
            commonness(text.bytes[i]) + commonness(text.bytes[i + 1]) + commonness(text.bytes[i + 2]);
        if (sum >= best) continue;
        best = sum;
        offset = i;
    }
    return (uint32_t)offset;
}

static bool needle_index(struct vocabulary *vocabulary, uint32_t symbol, struct view text)
{
    struct needle needle = {.text = text, .symbol = symbol, .offset = rarest_offset(text)};
    uint32_t hash = hash_at(text.bytes + needle.offset);
    needle.next = vocabulary->heads[hash];
    if (!ARRAY_PUSH(&vocabulary->arena, &vocabulary->needles, needle)) return false;
    vocabulary->heads[hash] = vocabulary->needles.count - 1;
    vocabulary->filter[hash / 64] |= 1ull << (hash % 64);
    return true;
}

static bool vocabulary_fill(struct vocabulary *vocabulary)
{
    const struct symbol_table *from = vocabulary->ruleset->symbols;
    struct needle none = {0};
    struct arena *arena = &vocabulary->arena;
    vocabulary->symbols = symbol_table_new(arena, 2 * symbol_count(from));
    vocabulary->heads = ARENA_NEW_ARRAY(arena, uint32_t, 1u << HASH_BITS);
    vocabulary->filter = ARENA_NEW_ARRAY(arena, uint64_t, 1u << (HASH_BITS - 6));
    if (!vocabulary->symbols || !vocabulary->heads || !vocabulary->filter ||
        !ARRAY_PUSH(arena, &vocabulary->needles, none))
        return false;
    for (uint32_t symbol = 1; symbol < symbol_count(from); symbol++) {
        struct view text = symbol_text(from, symbol);
        if (symbol_intern(vocabulary->symbols, text) != symbol) return false;
        if (text.length > vocabulary->longest_bytes) vocabulary->longest_bytes = text.length;
        bool is_needle = text.length > NEEDLE_BYTES_MIN && text.bytes[0] == NEEDLE_MARK;
        if (is_needle && !needle_index(vocabulary, symbol, view_slice(text, 1, text.length))) return false;
    }
    return true;
}

struct vocabulary *vocabulary_new(const struct ruleset *ruleset)
{
    struct vocabulary *vocabulary = calloc(1, sizeof *vocabulary);
    if (!vocabulary) return NULL;
    vocabulary->ruleset = ruleset;
    arena_init(&vocabulary->arena, LIMIT_RULESET_BYTES);
    if (vocabulary_fill(vocabulary)) return vocabulary;
    vocabulary_free(vocabulary);
    return NULL;
}

void vocabulary_free(struct vocabulary *vocabulary)
{
    if (!vocabulary) return;
    arena_clear(&vocabulary->arena);
    free(vocabulary);
}

static bool is_here(const struct needle *needle, struct view text, size_t at)
{
    if (at < needle->offset || text.length - (at - needle->offset) < needle->text.length) return false;
    const char *start = text.bytes + at - needle->offset;
    for (size_t i = 0; i < needle->text.length; i++)
        if (lower(start[i]) != needle->text.bytes[i]) return false;
    return true;
}

static void candidates_check(const struct vocabulary *vocabulary, struct view text, size_t at, uint32_t hash,
                             uint64_t *found)
{
    const struct needle *needle;
    for (uint32_t i = vocabulary->heads[hash]; i; i = needle->next) {
        needle = &vocabulary->needles.items[i];
        if (!needle_is_found(found, needle->symbol) && is_here(needle, text, at))
            found[needle->symbol / 64] |= 1ull << (needle->symbol % 64);
    }
}

static void needles_scan(const struct vocabulary *vocabulary, struct view text, uint64_t *found)
{
    for (size_t at = 0; at + NEEDLE_BYTES_MIN <= text.length; at++) {
        uint32_t hash = hash_at(text.bytes + at);
        if (vocabulary->filter[hash / 64] >> (hash % 64) & 1)
            candidates_check(vocabulary, text, at, hash, found);
    }
}

/* The two characters beyond ASCII that a regex takes for letters of ASCII where their case does not count:
 * the Kelvin sign and the long s. */
static bool has_odd_letter(struct view text)
{
    static const struct view letters[] = {VIEW("\xe2\x84\xaa"), VIEW("\xc5\xbf")};
    for (unsigned i = 0; i < 2; i++) {
        struct view rest = text;
        for (size_t at; (at = view_find_byte(rest, letters[i].bytes[0])) != SIZE_MAX;) {
            rest = view_slice(rest, at, rest.length);
            if (view_starts_with(rest, letters[i])) return true;
            rest = view_slice(rest, 1, rest.length);
        }
    }
    return false;
}

/* The index for a language, or NULL: no memory. */
static const struct rule_index *index_of(struct vocabulary *vocabulary, enum language_id language)
{
    struct rule_index **index = &vocabulary->indexes[language];
    if (!*index) *index = rule_index_new(&vocabulary->arena, vocabulary->ruleset, language);
    return *index;
}

bool vocabulary_find(struct vocabulary *vocabulary, struct arena *arena, const struct syntax *syntax,
                     struct symbol_map *map, struct vocabulary_answer *answer)
{
    struct view bytes = syntax->source->bytes;
    const struct language *language = syntax->source->language;
    uint32_t words = symbol_count(vocabulary->symbols) / 64 + 1;
    uint64_t *found = ARENA_NEW_ARRAY(arena, uint64_t, words), *marked = NULL;
    const struct rule_index *index = language ? index_of(vocabulary, language->id) : NULL;
    if (index) marked = ARENA_NEW_ARRAY(arena, uint64_t, index->word_count);
    if (!found || (language && !marked)) return false;
    if (index) memcpy(marked, index->always, index->word_count * sizeof *marked);
    memset(map->to, 0, symbol_count(vocabulary->symbols) * sizeof *map->to);
    bool is_odd = has_odd_letter(bytes);
    if (!is_odd) needles_scan(vocabulary, bytes, found);
    for (uint32_t symbol = 1; symbol < symbol_count(syntax->symbols); symbol++) {
        struct view text = symbol_text(syntax->symbols, symbol);
        /* what was read out of the source: texts decoded or put together, dotted names */
        bool is_in_source = text.bytes >= bytes.bytes && text.bytes < bytes.bytes + bytes.length;
        if (!is_in_source) is_odd |= has_odd_letter(text);
        if (!is_in_source && !is_odd) needles_scan(vocabulary, text, found);
        if (text.length > vocabulary->longest_bytes) continue;
        uint32_t own = symbol_find(vocabulary->symbols, text);
        if (!own) continue;
        map->to[own] = symbol;
        if (index) rule_index_mark(index, own, marked);
    }
    if (is_odd) memset(found, 0xff, words * sizeof *found);
    for (uint32_t i = 1; i < vocabulary->needles.count && index; i++)
        if (needle_is_found(found, vocabulary->needles.items[i].symbol))
            rule_index_mark(index, vocabulary->needles.items[i].symbol, marked);
    *answer = (struct vocabulary_answer){found, marked};
    return true;
}
