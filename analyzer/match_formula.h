/* match_formula.h - a rule's formula on one source: the algebra of ranges.
 *
 * A formula is a set of ranges with bindings. `patterns` intersects (the smaller range stays; what
 * pattern-inside gave is only a place), pattern-either unites, pattern-not removes equal ranges,
 * pattern-not-inside removes contained ones; bindings must agree everywhere. */
#ifndef CORDON_ANALYZER_MATCH_FORMULA_H
#define CORDON_ANALYZER_MATCH_FORMULA_H

#include "analyzer/kept.h"
#include "analyzer/match_tree.h"
#include "analyzer/program.h"
#include "analyzer/text_token.h"
#include "analyzer/trail.h"

/* The name of a name or member, or of what a call calls: what anchors (pattern.h) are compared with, in the
 * order in which nodes are tried, so that looking at all of them is one pass over a list. */
struct anchor_key {
    uint32_t symbol; /* as it is spelt, with ANCHOR_IS_MEMBER the last part; ANCHOR_IS_OPEN: it may be any */
    uint32_t qualified; /* what it means; 0: not known */
    uint64_t trail;     /* trail.h */
};

enum { ANCHOR_IS_MEMBER = 1 << 30 };
#define ANCHOR_IS_OPEN UINT32_MAX

/* The nodes of one source by kind: those of kind k are nodes[starts[k]] to nodes[starts[k + 1] - 1]. */
struct kind_index {
    const uint32_t *starts;
    const uint32_t *nodes;
    const struct anchor_key *keys; /* of each of `nodes`; NULL: not known */
    const uint8_t *trail_slots;    /* by kind: which of its lists are below; 0: none. NULL: not known */
    const uint32_t *trail_starts;  /* the list of bit b of slot s is trail_items[starts[s * TRAIL_LISTS + b]]
                                      to the next one's first: positions in `keys` */
    const uint32_t *trail_items;
    const uint32_t *texts; /* all nodes that are or may stand for a known text or value */
    uint32_t text_count;
    struct kept_list kept; /* names that are kept as values */
};

/* Where an explanation goes; NULL lines: nobody asked. */
struct explanation {
    ARRAY_OF(char) text;
    unsigned depth;
};

/* One source with all that its rules share, and the rule that runs now. */
struct evaluation {
    struct tree_match m;
    struct kind_index kinds;
    enum language_id language;
    bool is_text;                        /* the rule sees the source as text of no language */
    struct text_token_list *text_tokens; /* of the whole source, by the comments passed over; or NULL */
    uint64_t steps;
    bool is_undecided;
    struct syntax_parser **parser;   /* for texts in other languages; made when first needed */
    struct explanation *explanation; /* or NULL */
};

/* Where a formula is asked: the whole source, or what a metavariable matched. */
struct scope {
    uint32_t start, end;           /* bytes; ranges outside are not seen */
    uint32_t text_start, text_end; /* the same for regexes: the inside of a string */
    const struct binding *bindings;
};

bool kind_index_make(struct arena *arena, const struct syntax *syntax, const struct names *names,
                     const struct form_table *forms, struct kind_index *index);

/* Whether the source has the texts without which the pattern, or the formula, cannot hold. */
bool pattern_is_possible(struct evaluation *e, const struct pattern *pattern);
bool formula_is_possible(struct evaluation *e, const struct program_formula *formula);

/* False where the arena is exhausted or a budget ended (then `is_undecided` is set). */
bool formula_evaluate(struct evaluation *e, const struct program_formula *formula, const struct scope *scope,
                      struct range_list *out);

/* FORMULA_QUERY (match_query.c). */
bool query_evaluate(struct evaluation *e, const struct program_formula *formula, const struct scope *scope,
                    struct range_list *out);

/* FORMULA_PATTERN of a rule that sees text (match_text.c). */
bool text_evaluate(struct evaluation *e, const struct program_formula *formula, const struct scope *scope,
                   struct range_list *out);

/* ---- between match_formula.c, match_range.c, match_capture.c, match_condition.c and match_inner.c ---- */

/* Adds the range once for every way in which the condition's formula holds on what its metavariable captured,
 * read as a source of the condition's own language. */
void inner_holds(struct evaluation *e, const struct program_condition *condition, const struct range *range,
                 struct range_list *out);

/* Whether a metavariable-regex holds of what was captured. `text`, or NULL: the text that it holds of. */
bool condition_regex_holds(struct evaluation *e, const struct program_condition *condition,
                           const struct binding *binding, struct view *text);

/* What `as` captures: the slot is bound to all of each range; what it was bound to must be the same. */
bool ranges_capture(struct evaluation *e, uint16_t slot, struct range_list *ranges);

/* Binds what the named groups of the metavariable-regex captured in `text`, which it holds of. False: they
 * are bound to something else. */
bool groups_capture(struct evaluation *e, const struct program_condition *condition, struct view text,
                    struct range *range);

/* Keeps (and narrows, and extends) the ranges for which the condition holds. */
bool condition_apply(struct evaluation *e, const struct program_condition *condition,
                     struct range_list *ranges);

/* The bindings of both, or NULL where they disagree (or memory is out, which sets is_undecided). */
const struct binding *bindings_merge(struct evaluation *e, const struct binding *a, const struct binding *b);

/* Sorts by place and drops what is there twice. */
void ranges_sort(struct evaluation *e, struct range_list *ranges);

bool range_push(struct evaluation *e, struct range_list *ranges, struct range range);

/* What stays where both hold: of each pair the inner one, with the bindings of both. */
void ranges_intersect(struct evaluation *e, const struct range_list *left, const struct range_list *right,
                      struct range_list *out);

/* Removes the ranges that one of `removed` is equal to, or (`is_inside`) contains. */
void ranges_subtract(struct evaluation *e, struct range_list *from, const struct range_list *removed,
                     bool is_inside);

/* False, and is_undecided is set, where the budget is used up. */
bool pair_taken(struct evaluation *e);

/* The text of what a metavariable captured as conditions see it: a string without its quotes. */
struct view binding_inside(const struct tree_match *m, const struct binding *binding);

__attribute__((format(printf, 2, 3))) void explain(struct evaluation *e, const char *format, ...);
void explain_ranges(struct evaluation *e, const struct range_list *ranges);

#endif
