/* program.h - a rule set's compiled side: every rule as a formula whose leaves are programs and regexes.
 *
 * The rule set's arena owns it. Immutable once made; any thread. Private to ruleset*.c and match*.c. */
#ifndef CORDON_ANALYZER_PROGRAM_H
#define CORDON_ANALYZER_PROGRAM_H

#include "analyzer/comparison.h"
#include "analyzer/pattern.h"
#include "analyzer/rule.h"
#include "analyzer/taint_rule.h"
#include "base/digest.h"

struct program_condition {
    const struct condition *condition;
    uint16_t slot;             /* of the metavariable; UINT16_MAX: no pattern of the rule binds it */
    const struct regex *regex; /* metavariable-regex */
    const struct program_formula *formula; /* metavariable-pattern */
    const struct comparison *comparison;   /* metavariable-comparison */
    const uint16_t *name_slots; /* metavariable-regex: of its groups with names; NULL: it has none */
};

struct program_formula {
    const struct formula *formula;
    const struct pattern *patterns[LANGUAGE_COUNT]; /* FORMULA_PATTERN, by language; NULL: not of that one */
    const struct query *queries[LANGUAGE_COUNT];    /* FORMULA_QUERY */
    const struct text_pattern *text;                /* FORMULA_PATTERN, of a rule for text of no language */
    uint32_t text_needle;                           /* of `text`: the symbol of a word of it; 0: none */
    const struct regex *regex;                      /* FORMULA_REGEX */
    const uint16_t *name_slots;              /* by number, of those that have a name; UINT16_MAX: none */
    const uint16_t *group_slots;             /* of the regex's groups, by number from 1 */
    const struct program_formula **children; /* as many as the formula has */
    const struct program_condition *conditions;
    uint16_t as_slot; /* of what captures all that is matched; UINT16_MAX: none */
};

/* One item of pattern-sources and the like. */
struct program_clause {
    const struct taint_clause *clause;
    const struct program_formula *formula;
    uint16_t from, to; /* slots of a propagator's ends */
};

struct program {
    const struct rule *rule;
    const struct regex *fix_regex;         /* or NULL */
    const struct program_formula *formula; /* NULL: mode: taint */
    const struct program_clause *clauses;  /* as many as rule->taint has */
    struct slot_table slots;
    uint16_t argument_slot; /* of the capability's argument; UINT16_MAX: none */
    uint16_t port_slot;     /* of the port behind a host; UINT16_MAX: none */
};

struct ruleset {
    struct arena arena;
    struct rule_list rules;
    struct error_list *errors; /* complaints are collected here; or NULL: the first one ends it */
    struct program *programs;  /* by the rule's index; NULL before compiling, and where there is an image */
    struct rule_image *image;  /* the rules come out of it and `rules` is empty; or NULL */
    struct symbol_table *symbols;
    struct regex_list regexes;
    struct digest digest;
    struct view digests; /* one behind the other, of the files added */
};

/* Of a compiled set, below its count. */
const struct program *ruleset_program(const struct ruleset *ruleset, uint32_t index);
/* Whether the rule is for text, or for one of these languages: without loading it. */
bool ruleset_concerns(const struct ruleset *ruleset, uint32_t index, uint32_t language_mask);

#endif
