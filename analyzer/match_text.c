/* match_text.c - generic patterns: the text of a source, whatever its language, as words and signs. */
#include "analyzer/match_formula.h"
#include "analyzer/text_pattern.h"

/* Steps that reading a text into words costs, for each byte. */
enum { TEXT_STEPS_PER_BYTE = 2 };

static bool tokens_make(struct evaluation *e, struct view text, enum text_comments comments,
                        struct text_token_list *tokens)
{
    uint64_t cost = TEXT_STEPS_PER_BYTE * (uint64_t)text.length;
    if (e->steps <= cost) return false;
    e->steps -= cost;
    text = text_without_comments(e->m.arena, text, comments);
    return text.bytes && text_tokenize(e->m.arena, text, false, tokens);
}

bool text_evaluate(struct evaluation *e, const struct program_formula *formula, const struct scope *scope,
                   struct range_list *out)
{
    const struct text_pattern *pattern = formula->text;
    const struct view bytes = e->m.syntax->source->bytes;
    struct view text = view_slice(bytes, scope->text_start, scope->text_end);
    struct text_token_list own = {0}, *tokens = &own;
    bool is_whole = text.length == bytes.length && e->text_tokens;
    if (!text.length) return true;
    if (is_whole) tokens = &e->text_tokens[pattern->options.comments];
    if (!tokens->count && !tokens_make(e, text, pattern->options.comments, tokens)) e->is_undecided = true;
    const struct text_match match = {.arena = e->m.arena,
                                     .text = text,
                                     .tokens = tokens,
                                     .bindings = scope->bindings,
                                     .slot_count = e->m.slot_count,
                                     .offset = scope->text_start,
                                     .steps = &e->steps};
    if (!e->is_undecided && !text_pattern_search(&match, pattern, out)) e->is_undecided = true;
    ranges_sort(e, out);
    return !e->is_undecided;
}
