/* rule_loader.h - what the parts of the rule loader share: rule_file.c reads files and rules, rule_formula.c
 * reads operators. Inside the analyzer. */
#ifndef CORDON_ANALYZER_RULE_LOADER_H
#define CORDON_ANALYZER_RULE_LOADER_H

#include "analyzer/rule.h"
#include "base/arena.h"
#include "base/error.h"
#include "base/yaml_tree.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

struct loader {
    struct view path;
    struct arena *arena;
    struct rule *rule;
    struct error *err;
    uint32_t number; /* of the next leaf */
    uint32_t formula_count;
    struct error_list *errors; /* complaints are collected here; or NULL: the first one ends it */
    bool has_complaint;        /* of this rule */
    bool is_in_condition;      /* in a metavariable-pattern, which may say only what not to match */
    bool is_newer;             /* the rule is in the newer syntax, where a formula may have an `as` */
};

/* The operators of a rule's own mapping (`is_rule`: its other keys are looked over), or of an operator's.
 * NULL with an error. */
struct formula *formula_of_mapping(struct loader *loader, const struct yaml_node *mapping, bool is_rule);

/* After something failed: whether the complaint was collected, so that the next thing can be looked at. */
bool complaint_noted(struct loader *loader);

/* Sets an error where the node is not of the kind that `of` must be. */
bool expect_kind(struct loader *loader, const struct yaml_node *node, enum yaml_kind kind, const char *of);

/* Refuses an unknown word, with the nearest known one. */
bool refuse_word(struct loader *loader, const struct yaml_node *key, const char *what);

bool word_is_in(struct view word, const char *const *list, size_t count);
struct rule_place place_of(const struct loader *loader, const struct yaml_node *node);

/* Reads the clauses of a rule of `mode: taint` into loader->rule->taint (rule_taint.c). */
bool taint_of_mapping(struct loader *loader, const struct yaml_node *mapping);

/* What rule_extra.c reads: options for text (`options` may be NULL), and paths, versions and fixes. */
bool text_options_read(struct loader *loader, const struct yaml_node *options);
bool extra_read(struct loader *loader, const struct yaml_node *mapping);

/* A rule that has `match` or `taint`, in the older syntax; others as they are. NULL with an error. */
const struct yaml_node *rule_say_older(struct loader *loader, const struct yaml_node *mapping,
                                       bool *is_taint);

/* Whether the schema has a language of this name and cordon does not. */
bool language_is_elsewhere(struct view word);

/* Whether a key of a rule concerns no operator. */
bool rule_word_is_known(struct view word);

/* A metavariable's name, checked. */
bool metavariable_read(struct loader *loader, const struct yaml_node *node, struct view *name);

#endif
