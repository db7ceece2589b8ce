/* pattern_text.h - pattern text to text that a grammar can parse, and back.
 *
 * `$X`, `...`, `$...X` and `<... e ...>` become identifiers with reserved names where the language has no
 * such words of its own. Pure. */
#ifndef CORDON_ANALYZER_PATTERN_TEXT_H
#define CORDON_ANALYZER_PATTERN_TEXT_H

#include "base/arena.h"
#include "grammars/form.h"

enum placeholder_kind {
    PLACEHOLDER_NONE,
    PLACEHOLDER_ELLIPSIS,
    PLACEHOLDER_ANY,          /* $_ */
    PLACEHOLDER_METAVAR,      /* $X */
    PLACEHOLDER_TYPED,        /* ($X: T), and $X: T among arguments */
    PLACEHOLDER_METAVAR_SPAN, /* $...X */
    PLACEHOLDER_DEEP,         /* the function of the call that <... e ...> became */
};

/* How an ellipsis that seems to stand as a statement is set off from its neighbours; where a text can be
 * parsed in the first style it is not tried in the others. */
enum pattern_style {
    STYLE_TERMINATED, /* `f(); ... g();`: with a `;` behind it */
    STYLE_SEPARATED,  /* `f() ... g()`: with one before it too */
    STYLE_BARE,
    STYLE_TYPED, /* as the first, and `$X: T` within parentheses is a metavariable with a type */
    STYLE_COUNT,
};

/* The zero view where the arena is exhausted. */
struct view pattern_text_prepare(struct arena *arena, const struct form_table *forms, struct view text,
                                 enum pattern_style style);

/* What a leaf's text stands for, and the metavariable's name as its author wrote it. */
enum placeholder_kind pattern_text_placeholder(struct arena *arena, const struct form_table *forms,
                                               struct view text, struct view *name);

/* The type of a PLACEHOLDER_TYPED. */
struct view pattern_text_type(struct arena *arena, struct view text);

/* Whether one stands anywhere in the text. */
bool pattern_text_has_placeholder(struct view text);

/* Literal text (the inside of a string) as its author wrote it. */
struct view pattern_text_restore(struct arena *arena, struct view text);

#endif
