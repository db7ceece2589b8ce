/* rule.h - one rule, as its file says it: a tree of operators over patterns, checked but not compiled.
 *
 * The rule set's arena owns it all. Immutable after loading; any thread. */
#ifndef CORDON_ANALYZER_RULE_H
#define CORDON_ANALYZER_RULE_H

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/rule_paths.h"
#include "analyzer/severity.h"
#include "analyzer/text_token.h"
#include "base/capability.h"
#include "base/error.h"
#include "base/view.h"
#include "grammars/language.h"

/* Where something stands in a rule file. */
struct rule_place {
    struct view path;
    uint32_t line, col; /* 1-based */
};

enum formula_kind {
    FORMULA_PATTERN,    /* `text` is code with metavariables */
    FORMULA_QUERY,      /* `text` is a tree-sitter query */
    FORMULA_REGEX,      /* `text` is PCRE2, multi-line, over the source's bytes */
    FORMULA_ALL,        /* `patterns`: children and conditions together */
    FORMULA_ANY,        /* `pattern-either` */
    FORMULA_NOT,        /* `pattern-not`, `pattern-not-regex`: one child; removes equal ranges */
    FORMULA_INSIDE,     /* `pattern-inside`: one child; keeps ranges that it contains */
    FORMULA_NOT_INSIDE, /* `pattern-not-inside`: one child; removes ranges that it contains */
    FORMULA_ANYWHERE,   /* `anywhere`: one child; keeps all ranges where the source has it somewhere */
};

enum condition_kind {
    CONDITION_METAVARIABLE_REGEX,      /* `text` is PCRE2, anchored at the left unless it says otherwise */
    CONDITION_METAVARIABLE_PATTERN,    /* `formula`, over what the metavariable matched */
    CONDITION_METAVARIABLE_COMPARISON, /* `text` is the expression */
    CONDITION_METAVARIABLE_TYPE,       /* its type is one of `types` */
    CONDITION_METAVARIABLE_ANALYSIS,   /* `analyzer` says yes to its text */
    CONDITION_METAVARIABLE_NAME,       /* it means something out of one of the modules `types` */
    CONDITION_FOCUS,                   /* the match is narrowed to `metavariable` */
};

enum analyzer_kind {
    ANALYZER_ENTROPY, /* looks like a secret */
    ANALYZER_REDOS,   /* a regex that may take exponential time */
};

struct condition {
    enum condition_kind kind;
    struct rule_place place;
    struct view metavariable; /* "$X" */
    struct view text;
    struct formula *formula;  /* or NULL */
    const struct view *types; /* metavariable-type; the modules or names of metavariable-name */
    uint32_t type_count;
    enum analyzer_kind analyzer;
    uint32_t
        language_mask; /* metavariable-pattern: the text is code of the first of these; 0: of the rule's */
    bool is_text;      /* metavariable-pattern: `language: regex`, regexes over the text alone */
    uint32_t number;   /* as formula.number */
    bool is_constant_propagated; /* metavariable-regex: `constant-propagation: true` */
    bool is_alternative;         /* focus-metavariable: one of a list with the condition before it */
    bool is_whole_name;          /* metavariable-name: the whole name is said (`fqn`), not its module */
};

struct formula {
    enum formula_kind kind;
    struct rule_place place; /* of the operator's key, of the text where there is one */
    struct view text;        /* FORMULA_PATTERN, FORMULA_REGEX */
    struct view as;          /* the metavariable that captures what it matched; empty: none */
    struct formula **children;
    uint32_t child_count;
    struct condition *conditions; /* FORMULA_ALL */
    uint32_t condition_count;
    uint32_t number; /* of the FORMULA_PATTERN and FORMULA_REGEX leaves and the regex conditions in this
                        rule: for the compiled side's tables */
};

enum rule_option_bit {
#define RULE_OPTION(name, word, is_set) RULE_OPTION_BIT_##name,
#include "analyzer/rule_option.def"
#undef RULE_OPTION
    RULE_OPTION_COUNT
};

enum rule_option {
#define RULE_OPTION(name, word, is_set) RULE_OPTION_##name = 1u << RULE_OPTION_BIT_##name,
#include "analyzer/rule_option.def"
#undef RULE_OPTION
};

struct rule {
    struct view id;
    struct rule_place place;
    uint32_t language_mask; /* bit 1 << language_id */
    bool is_text;           /* for `generic`, `regex`, `none`: it sees every source as text of no language */
    bool takes_text;        /* for `generic`: also by patterns; otherwise only by regexes */
    bool is_inapplicable; /* of another version of the schema (min-version, max-version), or with a condition
                             in a language that cordon does not have: it matches nothing */
    struct text_options text;
    struct rule_paths paths;
    struct view fix; /* what to put in the match's place, with metavariables; empty: nothing is proposed */
    struct view fix_regex, fix_replacement; /* or what to replace in it */
    uint32_t fix_count;                     /* how often; 0: everywhere */
    struct rule_place fix_place;
    enum severity severity;
    struct view message;
    struct view help;                /* metadata.help: what to do about it; may be empty */
    struct formula *formula;         /* NULL: `taint` is set */
    struct taint_rule *taint;        /* mode: taint; NULL: search */
    uint32_t options;                /* enum rule_option */
    uint32_t leaf_count;             /* the numbers of its leaves and conditions are below this */
    enum capability_kind capability; /* metadata.capability; CAPABILITY_NONE: none */
    struct view capability_argument; /* metadata.argument: "$X" or a constant text; empty: none */
    struct view cwe;                 /* metadata.cwe, the first one's text; may be empty */
    const struct view *references;   /* metadata.references */
    uint32_t reference_count;
};

/* Complaints about rule files. */
struct error_list {
    struct error *items;
    uint32_t count, capacity;
};

struct rule_list {
    struct rule *items;
    uint32_t count, capacity;
};

#endif
