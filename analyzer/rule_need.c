#include "analyzer/rule_need.h"

enum { NEED_DEPTH_MAX = 64 };

/* What an expression came to while it was written. */
enum outcome { OUTCOME_NO_MEMORY, OUTCOME_ALWAYS, OUTCOME_SOMETIMES };

struct writer {
    struct arena *arena;
    struct need_words *words;
    enum language_id language;
};

static bool put(struct writer *w, uint32_t word)
{
    return ARRAY_PUSH(w->arena, w->words, word);
}

static bool head_put(struct writer *w, enum need_kind kind)
{
    return put(w, (uint32_t)kind << NEED_KIND_SHIFT) && put(w, 0);
}

static enum outcome head_end(struct writer *w, uint32_t head, uint32_t part_count)
{
    w->words->items[head] |= part_count;
    w->words->items[head + 1] = w->words->count - head;
    return OUTCOME_SOMETIMES;
}

/* Takes back what was written: nothing is needed. */
static enum outcome always(struct writer *w, uint32_t head)
{
    w->words->count = head;
    return OUTCOME_ALWAYS;
}

static enum outcome text_write(struct writer *w, const struct pattern_need *need)
{
    uint32_t head = w->words->count, count = 1;
    if (!head_put(w, NEED_TEXT) || !put(w, need->symbol)) return OUTCOME_NO_MEMORY;
    for (unsigned i = 0; i < sizeof need->parts / sizeof *need->parts && need->parts[i]; i++, count++)
        if (!put(w, need->parts[i])) return OUTCOME_NO_MEMORY;
    return head_end(w, head, count);
}

static enum outcome regex_write(struct writer *w, const struct regex *regex)
{
    const struct regex_need *need = regex_need_of(regex);
    uint32_t head = w->words->count;
    if (need->count == 0) return OUTCOME_ALWAYS;
    if (!head_put(w, NEED_NEEDLES)) return OUTCOME_NO_MEMORY;
    for (uint32_t i = 0; i < need->count; i++)
        if (!put(w, need->symbols[i])) return OUTCOME_NO_MEMORY;
    return head_end(w, head, need->count);
}

static enum outcome pattern_write(struct writer *w, const struct pattern *pattern)
{
    uint32_t head = w->words->count, count = 0;
    /* no code of this language: nothing can match, which is an alternative of none */
    if (!head_put(w, pattern ? NEED_ALL : NEED_ANY)) return OUTCOME_NO_MEMORY;
    if (!pattern) return head_end(w, head, 0);
    for (uint32_t i = 0; i < pattern->need_count; i++, count++)
        if (text_write(w, &pattern->needs[i]) == OUTCOME_NO_MEMORY) return OUTCOME_NO_MEMORY;
    for (uint32_t i = 0; i < pattern->regex_count; i++) {
        enum outcome outcome = regex_write(w, pattern->regexes[i]);
        if (outcome == OUTCOME_NO_MEMORY) return outcome;
        count += outcome == OUTCOME_SOMETIMES;
    }
    return count ? head_end(w, head, count) : always(w, head);
}

static enum outcome formula_write(struct writer *w, const struct program_formula *formula);

static enum outcome condition_write(struct writer *w, const struct program_condition *condition)
{
    bool is_foreign = condition->condition->language_mask || condition->condition->is_text;
    if (condition->condition->kind == CONDITION_METAVARIABLE_REGEX) return regex_write(w, condition->regex);
    if (condition->condition->kind == CONDITION_METAVARIABLE_PATTERN && !is_foreign)
        return formula_write(w, condition->formula);
    return OUTCOME_ALWAYS;
}

static enum outcome children_write(struct writer *w, const struct program_formula *formula, bool is_any)
{
    uint32_t head = w->words->count, count = 0;
    if (!head_put(w, is_any ? NEED_ANY : NEED_ALL)) return OUTCOME_NO_MEMORY;
    for (uint32_t i = 0; i < formula->formula->child_count; i++) {
        enum outcome outcome = formula_write(w, formula->children[i]);
        if (outcome == OUTCOME_NO_MEMORY) return outcome;
        if (outcome == OUTCOME_ALWAYS && is_any) return always(w, head);
        count += outcome == OUTCOME_SOMETIMES;
    }
    for (uint32_t i = 0; i < formula->formula->condition_count && !is_any; i++) {
        enum outcome outcome = condition_write(w, &formula->conditions[i]);
        if (outcome == OUTCOME_NO_MEMORY) return outcome;
        count += outcome == OUTCOME_SOMETIMES;
    }
    return count || is_any ? head_end(w, head, count) : always(w, head);
}

static enum outcome formula_write(struct writer *w, const struct program_formula *formula)
{
    switch (formula->formula->kind) {
    case FORMULA_PATTERN:
        return pattern_write(w, formula->patterns[w->language]);
    case FORMULA_INSIDE:
    case FORMULA_ANYWHERE:
        return formula_write(w, formula->children[0]);
    case FORMULA_ALL:
        return children_write(w, formula, false);
    case FORMULA_ANY:
        return children_write(w, formula, true);
    case FORMULA_REGEX:
        return regex_write(w, formula->regex);
    case FORMULA_QUERY:
    case FORMULA_NOT:
    case FORMULA_NOT_INSIDE:
        break;
    }
    return OUTCOME_ALWAYS;
}

/* One of the sources, or one of the sinks. */
static enum outcome clauses_write(struct writer *w, const struct program *program, enum taint_part part)
{
    uint32_t head = w->words->count, count = 0;
    if (!head_put(w, NEED_ANY)) return OUTCOME_NO_MEMORY;
    for (uint32_t i = 0; i < program->rule->taint->clause_count; i++) {
        if (program->clauses[i].clause->part != part) continue;
        enum outcome outcome = formula_write(w, program->clauses[i].formula);
        if (outcome == OUTCOME_NO_MEMORY) return outcome;
        if (outcome == OUTCOME_ALWAYS) return always(w, head);
        count++;
    }
    return head_end(w, head, count);
}

static enum outcome taint_write(struct writer *w, const struct program *program)
{
    uint32_t head = w->words->count, count = 0;
    if (!head_put(w, NEED_ALL)) return OUTCOME_NO_MEMORY;
    const enum taint_part parts[] = {TAINT_SOURCE, TAINT_SINK};
    for (int i = 0; i < 2; i++) {
        enum outcome outcome = clauses_write(w, program, parts[i]);
        if (outcome == OUTCOME_NO_MEMORY) return outcome;
        count += outcome == OUTCOME_SOMETIMES;
    }
    return count ? head_end(w, head, count) : always(w, head);
}

bool need_write(struct arena *arena, struct need_words *words, const struct program *program,
                enum language_id language)
{
    struct writer writer = {arena, words, language};
    enum outcome outcome =
        program->rule->taint ? taint_write(&writer, program) : formula_write(&writer, program->formula);
    return outcome != OUTCOME_NO_MEMORY;
}

static bool text_holds(const uint32_t *parts, uint32_t count, struct symbol_map *map,
                       const struct symbol_table *symbols)
{
    if (symbol_map_get(map, symbols, parts[0])) return true;
    for (uint32_t i = 1; i < count; i++)
        if (!symbol_map_get(map, symbols, parts[i])) return false;
    return count > 1;
}

/* As deep as the rule's operators nest, which is less than what a rule file may. */
static bool expression_holds(const uint32_t *words, struct symbol_map *map,
                             const struct symbol_table *symbols)
{
    enum need_kind kind = (enum need_kind)(words[0] >> NEED_KIND_SHIFT);
    uint32_t count = words[0] & ((1u << NEED_KIND_SHIFT) - 1);
    const uint32_t *part = words + NEED_HEAD_WORDS;
    if (kind == NEED_TEXT) return text_holds(part, count, map, symbols);
    if (kind == NEED_NEEDLES) return true;
    for (uint32_t i = 0; i < count; i++, part += part[1])
        if (expression_holds(part, map, symbols) == (kind == NEED_ANY)) return kind == NEED_ANY;
    return kind == NEED_ALL;
}

bool need_holds(const uint32_t *words, uint32_t count, struct symbol_map *map,
                const struct symbol_table *symbols)
{
    return count == 0 || expression_holds(words, map, symbols);
}

static bool expression_is_sound(const uint32_t *words, uint32_t count, uint32_t symbol_count, unsigned depth)
{
    if (count < NEED_HEAD_WORDS || words[1] != count || depth > NEED_DEPTH_MAX) return false;
    enum need_kind kind = (enum need_kind)(words[0] >> NEED_KIND_SHIFT);
    uint32_t part_count = words[0] & ((1u << NEED_KIND_SHIFT) - 1), at = NEED_HEAD_WORDS;
    if (kind == NEED_TEXT || kind == NEED_NEEDLES) {
        if (part_count == 0 || part_count != count - NEED_HEAD_WORDS) return false;
        for (; at < count; at++)
            if (words[at] >= symbol_count) return false;
        return true;
    }
    for (uint32_t i = 0; i < part_count; i++) {
        uint32_t length = count - at >= NEED_HEAD_WORDS ? words[at + 1] : 0;
        if (length > count - at || !expression_is_sound(words + at, length, symbol_count, depth + 1))
            return false;
        at += length;
    }
    return at == count;
}

bool need_is_sound(const uint32_t *words, uint32_t count, uint32_t symbol_count)
{
    return count == 0 || expression_is_sound(words, count, symbol_count, 0);
}
