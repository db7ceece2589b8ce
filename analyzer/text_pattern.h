/* text_pattern.h - patterns of rules for `generic`: words and signs in order, white space apart.
 *
 * `...` passes over what stands on up to ten further lines, `$X` is a word, `$...X` what an ellipsis passes
 * over. An indented block of the pattern must be one in the text. A compiled pattern is immutable; any
 * thread. */
#ifndef CORDON_ANALYZER_TEXT_PATTERN_H
#define CORDON_ANALYZER_TEXT_PATTERN_H

#include "analyzer/pattern.h"
#include "analyzer/range.h"
#include "analyzer/text_token.h"

struct text_pattern {
    struct view text;
    struct text_token_list tokens;
    struct text_options options;
};

/* NULL with an error (without a place). */
const struct text_pattern *text_pattern_compile(struct arena *arena, struct slot_table *slots,
                                                struct view text, const struct text_options *options,
                                                struct error *err);

/* The longest word that a text must have for the pattern to match; empty: none. */
struct view text_pattern_word(const struct text_pattern *pattern);

/* One search: the text with its tokens, the slots of its rule, what is left of its steps. */
struct text_match {
    struct arena *arena;
    struct view text;
    const struct text_token_list *tokens;
    const struct binding *bindings; /* to begin with */
    uint32_t slot_count, offset;    /* of the text in the source */
    uint64_t *steps;
};

/* Adds the ranges where it matches. False: the steps are used up, or memory is out. */
bool text_pattern_search(const struct text_match *match, const struct text_pattern *pattern,
                         struct range_list *out);

#endif
