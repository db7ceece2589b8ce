/* comparison.h - the expressions of metavariable-comparison: a small part of Python's.
 *
 * Numbers, strings, metavariables; + - * / % **, comparisons, `in`, and, or, not; int(), float(), str(),
 * len(), re.match(). Compiled once, immutable, any thread. */
#ifndef CORDON_ANALYZER_COMPARISON_H
#define CORDON_ANALYZER_COMPARISON_H

#include "analyzer/pattern.h"

struct comparison;

/* NULL with an error that says where in the text it is wrong. */
const struct comparison *comparison_compile(struct arena *arena, struct slot_table *slots,
                                            struct regex_list *regexes, struct view text, struct error *err);

/* The text that a metavariable stands for; false: not bound. */
typedef bool comparison_lookup(void *context, uint16_t slot, struct view *text);

enum comparison_answer {
    COMPARISON_NO, /* also where a value is missing or of another type */
    COMPARISON_YES,
    COMPARISON_LIMIT, /* a regex ran out of steps */
};

enum comparison_answer comparison_run(const struct comparison *comparison, struct regex_scratch *scratch,
                                      comparison_lookup *lookup, void *context);

#endif
