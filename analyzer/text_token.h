/* text_token.h - text of no language as generic patterns see it: words and signs, in blocks by indentation.
 *
 * An array in preorder, like syntax.h's: a token, or a block that holds what stands in it. A line that is
 * indented deeper than the one before opens a block. In a source, so do brackets that match within a line.
 * Pure; any thread. */
#ifndef CORDON_ANALYZER_TEXT_TOKEN_H
#define CORDON_ANALYZER_TEXT_TOKEN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/view.h"

enum text_token_kind {
    TEXT_TOKEN_BLOCK,
    TEXT_TOKEN_WORD,
    TEXT_TOKEN_SIGN,          /* one byte that is no letter, digit or underscore */
    TEXT_TOKEN_METAVAR,       /* in a pattern: $X */
    TEXT_TOKEN_ELLIPSIS,      /* in a pattern: ... */
    TEXT_TOKEN_ELLIPSIS_NAMED /* in a pattern: $...X */
};

struct text_token {
    uint32_t start, end; /* bytes */
    uint32_t next;       /* behind its subtree */
    uint32_t parent;     /* the block around it; of the root: itself */
    uint32_t line;       /* 1-based */
    uint16_t slot;       /* in a pattern: of the metavariable */
    uint8_t kind;        /* enum text_token_kind */
};

struct text_token_list {
    struct text_token *items; /* items[0] is the block of all */
    uint32_t count, capacity;
};

/* `is_pattern`: with metavariables and ellipses, and brackets open no blocks. False: the arena is exhausted.
 */
bool text_tokenize(struct arena *arena, struct view text, bool is_pattern, struct text_token_list *tokens);

/* The comments that a rule may have passed over: `generic_comment_style`. */
enum text_comments { TEXT_COMMENTS_NONE, TEXT_COMMENTS_C, TEXT_COMMENTS_CPP, TEXT_COMMENTS_SHELL };

/* How a rule reads text. */
struct text_options {
    uint32_t ellipsis_lines; /* `generic_ellipsis_max_span` */
    bool ignores_case;       /* `generic_caseless` */
    enum text_comments comments;
};

/* The text with white space in place of comments, as long as it was; a zero view where the arena is
 * exhausted. */
struct view text_without_comments(struct arena *arena, struct view text, enum text_comments style);

#endif
