#include "analyzer/rule_index.h"

#include "analyzer/limits.h"
#include "analyzer/rule_need.h"
#include "analyzer/rule_unit.h"
#include "analyzer/ruleset.h"

/* One of the symbols must be in the source. */
struct trigger {
    ARRAY_OF(uint32_t) symbols;
    size_t shortest_bytes; /* of their texts */
    bool is_known;         /* false: it may match anything */
};

struct indexer {
    const struct symbol_table *symbols;
    struct arena *scratch;
};

static void symbol_take(const struct indexer *indexer, struct trigger *trigger, uint32_t symbol)
{
    size_t bytes = symbol_text(indexer->symbols, symbol).length;
    if (trigger->symbols.count == 0 || bytes < trigger->shortest_bytes) trigger->shortest_bytes = bytes;
    trigger->is_known = trigger->is_known && ARRAY_PUSH(indexer->scratch, &trigger->symbols, symbol);
}

/* Long words are rarer than short ones, a few rarer than many; no word at all is never there. */
static bool is_better(const struct trigger *one, const struct trigger *other)
{
    enum { LONG_ENOUGH = 12 };
    size_t mine = one->shortest_bytes < LONG_ENOUGH ? one->shortest_bytes : LONG_ENOUGH;
    size_t theirs = other->shortest_bytes < LONG_ENOUGH ? other->shortest_bytes : LONG_ENOUGH;
    if (!one->is_known || !other->is_known) return one->is_known;
    if (!one->symbols.count || !other->symbols.count) return !one->symbols.count;
    return mine > theirs || (mine == theirs && one->symbols.count < other->symbols.count);
}

/* A word whole, or the longest of its parts. */
static struct trigger of_text(const struct indexer *indexer, const uint32_t *parts, uint32_t count)
{
    struct trigger trigger = {.is_known = true};
    uint32_t longest = count > 1 ? parts[1] : 0;
    for (uint32_t i = 2; i < count; i++)
        if (symbol_text(indexer->symbols, parts[i]).length > symbol_text(indexer->symbols, longest).length)
            longest = parts[i];
    symbol_take(indexer, &trigger, parts[0]);
    if (longest) symbol_take(indexer, &trigger, longest);
    return trigger;
}

/* As deep as need_is_sound allows. */
static struct trigger of_expression(const struct indexer *indexer, const uint32_t *words)
{
    enum need_kind kind = (enum need_kind)(words[0] >> NEED_KIND_SHIFT);
    uint32_t count = words[0] & ((1u << NEED_KIND_SHIFT) - 1);
    const uint32_t *part = words + NEED_HEAD_WORDS;
    struct trigger sum = {.is_known = kind != NEED_ALL};
    if (kind == NEED_TEXT) return of_text(indexer, part, count);
    for (uint32_t i = 0; kind == NEED_NEEDLES && i < count; i++) symbol_take(indexer, &sum, part[i]);
    if (kind == NEED_NEEDLES) return sum;
    for (uint32_t i = 0; i < count; i++, part += part[1]) {
        struct trigger one = of_expression(indexer, part);
        if (kind == NEED_ALL) {
            if (is_better(&one, &sum)) sum = one;
            continue;
        }
        sum.is_known &= one.is_known;
        for (uint32_t k = 0; k < one.symbols.count && sum.is_known; k++)
            symbol_take(indexer, &sum, one.symbols.items[k]);
    }
    return sum;
}

static bool of_rule(const struct indexer *indexer, const struct ruleset *ruleset, uint32_t rule,
                    enum language_id language, struct trigger *trigger)
{
    struct need_words words = {0};
    *trigger = (struct trigger){0};
    if (!ruleset_need(ruleset, rule, language, indexer->scratch, &words)) return false;
    if (words.count) *trigger = of_expression(indexer, words.items);
    return !indexer->scratch->is_exhausted;
}

struct rule_index *rule_index_new(struct arena *arena, const struct ruleset *ruleset,
                                  enum language_id language)
{
    AUTO_ARENA struct arena scratch;
    arena_init(&scratch, LIMIT_RULESET_BYTES);
    uint32_t rule_count = ruleset_count(ruleset), count = symbol_count(ruleset->symbols), total = 0;
    struct indexer indexer = {ruleset->symbols, &scratch};
    struct rule_index *index = ARENA_NEW(arena, struct rule_index);
    struct trigger *triggers = ARENA_NEW_ARRAY(&scratch, struct trigger, rule_count + 1);
    uint32_t *starts = ARENA_NEW_ARRAY(arena, uint32_t, count + 3);
    uint64_t *always = ARENA_NEW_ARRAY(arena, uint64_t, rule_count / 64 + 1);
    if (!index || !triggers || !starts || !always) return NULL;
    for (uint32_t rule = 0; rule < rule_count; rule++) {
        if (!ruleset_concerns(ruleset, rule, 1u << language)) continue;
        if (!of_rule(&indexer, ruleset, rule, language, &triggers[rule])) return NULL;
        if (!triggers[rule].is_known) always[rule / 64] |= 1ull << (rule % 64);
        if (!triggers[rule].is_known) triggers[rule].symbols.count = 0;
        for (uint32_t i = 0; i < triggers[rule].symbols.count; i++, total++)
            starts[triggers[rule].symbols.items[i] + 2]++;
    }
    for (uint32_t symbol = 0; symbol <= count; symbol++) starts[symbol + 2] += starts[symbol + 1];
    uint32_t *rules = ARENA_NEW_ARRAY(arena, uint32_t, total + 1);
    if (!rules) return NULL;
    for (uint32_t rule = 0; rule < rule_count; rule++)
        for (uint32_t i = 0; i < triggers[rule].symbols.count; i++)
            rules[starts[triggers[rule].symbols.items[i] + 1]++] = rule;
    *index = (struct rule_index){starts, rules, always, rule_count / 64 + 1};
    return index;
}
