/* rule_formula.c - the operators of a rule, as a tree: what patterns, conditions and their combinations the
 * file says. */
#include <ctype.h>

#include "analyzer/rule_loader.h"
#include "base/array.h"

/* Operators nest as deep as YAML does; children are counted so that a formula stays small. */
enum { FORMULA_NODES_MAX = 5000 };

enum operator_shape {
    TAKES_TEXT,   /* a pattern or a regex */
    TAKES_LIST,   /* a list of operators */
    TAKES_EITHER, /* a text, or a mapping of operators (inside, not) */
};

static const struct operator
{
    const char *word;
    enum operator_shape shape;
    enum formula_kind kind;
    bool is_inner_regex; /* its text is a regex */
}
operators[] = {
    {"pattern", TAKES_TEXT, FORMULA_PATTERN, false},
    {"patterns", TAKES_LIST, FORMULA_ALL, false},
    {"pattern-either", TAKES_LIST, FORMULA_ANY, false},
    {"pattern-not", TAKES_EITHER, FORMULA_NOT, false},
    {"pattern-inside", TAKES_EITHER, FORMULA_INSIDE, false},
    {"pattern-not-inside", TAKES_EITHER, FORMULA_NOT_INSIDE, false},
    {"semgrep-internal-pattern-anywhere", TAKES_EITHER, FORMULA_ANYWHERE, false},
    {"query", TAKES_TEXT, FORMULA_QUERY, false},
    {"pattern-regex", TAKES_TEXT, FORMULA_REGEX, true},
    {"pattern-not-regex", TAKES_EITHER, FORMULA_NOT, true},
};

static const struct condition_word {
    const char *word;
    enum condition_kind kind;
} conditions[] = {
    {"metavariable-regex", CONDITION_METAVARIABLE_REGEX},
    {"metavariable-pattern", CONDITION_METAVARIABLE_PATTERN},
    {"metavariable-comparison", CONDITION_METAVARIABLE_COMPARISON},
    {"metavariable-type", CONDITION_METAVARIABLE_TYPE},
    {"metavariable-analysis", CONDITION_METAVARIABLE_ANALYSIS},
    {"metavariable-name", CONDITION_METAVARIABLE_NAME},
    {"semgrep-internal-metavariable-name", CONDITION_METAVARIABLE_NAME},
    {"focus-metavariable", CONDITION_FOCUS},
};

/* In the schema, with a meaning that cordon does not have yet: named, so that nobody takes it for a typing
 * mistake. */
static const char *const later_words[] = {
    "join",
    "pattern-where-python",
};

/* Keys of a rule that are no operators. Those without effect here say nothing about what matches. */
static const char *const rule_words[] = {"id",          "message", "severity",  "languages", "mode",
                                         "metadata",    "fix",     "fix-regex", "version",   "min-version",
                                         "max-version", "options", "paths"};

/* Keys of a metavariable-pattern beside its operators. */
static const char *const condition_words[] = {"metavariable", "language"};

static const struct operator* operator_find(struct view word)
{
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++)
        if (view_equals_cstr(word, operators[i].word)) return &operators[i];
    return NULL;
}

static const struct condition_word *condition_find(struct view word)
{
    for (size_t i = 0; i < sizeof conditions / sizeof *conditions; i++)
        if (view_equals_cstr(word, conditions[i].word)) return &conditions[i];
    return NULL;
}

bool word_is_in(struct view word, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (view_equals_cstr(word, list[i])) return true;
    return false;
}

bool rule_word_is_known(struct view word)
{
    return word_is_in(word, rule_words, COUNT(rule_words));
}

bool refuse_word(struct loader *loader, const struct yaml_node *key, const char *what)
{
    if (word_is_in(key->text, later_words, COUNT(later_words)))
        return yaml_error(loader->err, ERROR_RULE, loader->path, key, "'%.*s' is not supported yet",
                          VIEW_ARGS(view_slice(key->text, 0, 40)));
    const char *known[COUNT(operators) + COUNT(conditions) + COUNT(rule_words)];
    size_t count = 0;
    for (size_t i = 0; i < COUNT(operators); i++) known[count++] = operators[i].word;
    for (size_t i = 0; i < COUNT(conditions); i++) known[count++] = conditions[i].word;
    for (size_t i = 0; i < COUNT(rule_words); i++) known[count++] = rule_words[i];
    const char *nearest = error_nearest(key->text, known, count);
    yaml_error(loader->err, ERROR_RULE, loader->path, key, "unknown %s '%.*s'", what,
               VIEW_ARGS(view_slice(key->text, 0, 40)));
    if (nearest && view_equals_cstr(key->text, nearest))
        return error_remedy(loader->err, "'%s' is a key of a rule", nearest);
    return nearest ? error_remedy(loader->err, "did you mean '%s'?", nearest) : false;
}

bool expect_kind(struct loader *loader, const struct yaml_node *node, enum yaml_kind kind, const char *of)
{
    if (node->kind == kind) return true;
    return yaml_error(loader->err, ERROR_RULE, loader->path, node, "'%s' must be %s, not %s", of,
                      yaml_kind_word(kind), yaml_kind_word(node->kind));
}

struct rule_place place_of(const struct loader *loader, const struct yaml_node *node)
{
    return (struct rule_place){loader->path, node->text_line, node->text_line == node->line ? node->col : 1};
}

static struct formula *formula_new(struct loader *loader, const struct yaml_node *node,
                                   enum formula_kind kind)
{
    struct formula *formula = NULL;
    if (loader->formula_count++ < FORMULA_NODES_MAX) formula = ARENA_NEW(loader->arena, struct formula);
    if (!formula) {
        yaml_error(loader->err, ERROR_RULE, loader->path, node, "the rule has more than %d operators",
                   FORMULA_NODES_MAX);
        return NULL;
    }
    formula->kind = kind;
    formula->place = place_of(loader, node);
    return formula;
}

static struct formula *leaf_read(struct loader *loader, const struct yaml_node *node, const char *word,
                                 bool is_regex)
{
    if (!expect_kind(loader, node, YAML_SCALAR, word)) return NULL;
    if (view_trim(node->text).length == 0) {
        yaml_error(loader->err, ERROR_RULE, loader->path, node, "'%s' is empty", word);
        return NULL;
    }
    /* for `regex`, a pattern is a regex */
    is_regex |= loader->rule->is_text && !loader->rule->takes_text && !loader->rule->language_mask;
    struct formula *formula = formula_new(loader, node, is_regex ? FORMULA_REGEX : FORMULA_PATTERN);
    if (!formula) return NULL;
    formula->text = node->text;
    formula->number = loader->number++;
    return formula;
}

/* The operator under a key, as a formula. */
static struct formula *operator_read(struct loader *loader, const struct operator* operator,
                                     const struct yaml_node * value);

static bool children_add(struct loader *loader, struct formula *parent, struct formula **children,
                         uint32_t count)
{
    parent->children = ARENA_NEW_ARRAY(loader->arena, struct formula *, count);
    if (!parent->children) return error_set(loader->err, ERROR_LIMIT, "the rule file is too large");
    memcpy(parent->children, children, count * sizeof *children);
    parent->child_count = count;
    return true;
}

static bool metavariable_is_valid(struct view name)
{
    if (name.length < 2 || name.bytes[0] != '$') return false;
    name = view_slice(name, 1, name.length);
    if (view_starts_with(name, VIEW("..."))) name = view_slice(name, 3, name.length);
    if (name.length == 0) return false;
    bool is_number = true, is_name = !isdigit((unsigned char)name.bytes[0]);
    for (size_t i = 0; i < name.length; i++) {
        unsigned char c = (unsigned char)name.bytes[i];
        is_number &= isdigit(c) != 0;
        is_name &= isupper(c) || isdigit(c) || c == '_';
    }
    return is_number || is_name;
}

bool metavariable_read(struct loader *loader, const struct yaml_node *node, struct view *name)
{
    if (!expect_kind(loader, node, YAML_SCALAR, "metavariable")) return false;
    *name = node->text;
    if (metavariable_is_valid(node->text)) return true;
    yaml_error(loader->err, ERROR_RULE, loader->path, node, "'%.*s' is no metavariable",
               VIEW_ARGS(view_slice(node->text, 0, 40)));
    return error_remedy(loader->err, "write $ and capital letters, as in $X");
}

/* `as: $X` beside the operator of a formula, in the newer syntax. */
static bool is_capture(const struct loader *loader, const struct yaml_node *key)
{
    return loader->is_newer && view_equals_cstr(key->text, "as");
}

/* The keys that a condition may have, besides operators in metavariable-pattern. */
static bool condition_keys_check(struct loader *loader, const struct yaml_node *mapping,
                                 enum condition_kind kind)
{
    static const char *const words[][5] = {
        [CONDITION_METAVARIABLE_REGEX] = {"metavariable", "regex", "constant-propagation"},
        [CONDITION_METAVARIABLE_PATTERN] = {"metavariable", "language"},
        [CONDITION_METAVARIABLE_COMPARISON] = {"metavariable", "comparison", "base", "strip"},
        [CONDITION_METAVARIABLE_TYPE] = {"metavariable", "type", "types"},
        [CONDITION_METAVARIABLE_ANALYSIS] = {"metavariable", "analyzer"},
        [CONDITION_METAVARIABLE_NAME] = {"metavariable", "module", "modules", "fqn", "fqns"},
    };
    for (uint32_t i = 0; i < mapping->count; i++) {
        const struct yaml_node *key = mapping->pairs[i].key;
        bool is_known = kind == CONDITION_METAVARIABLE_PATTERN &&
                        (operator_find(key->text) || condition_find(key->text) || is_capture(loader, key));
        for (size_t j = 0; j < 5 && words[kind][j]; j++)
            is_known |= view_equals_cstr(key->text, words[kind][j]);
        if (is_known) continue;
        const char *nearest = error_nearest(key->text, words[kind], 2);
        yaml_error(loader->err, ERROR_RULE, loader->path, key, "unknown key '%.*s' of a condition",
                   VIEW_ARGS(view_slice(key->text, 0, 40)));
        return nearest ? error_remedy(loader->err, "did you mean '%s'?", nearest) : false;
    }
    return true;
}

/* The language of a metavariable-pattern, where it is not the rule's. */
static bool condition_language_read(struct loader *loader, const struct yaml_node *mapping,
                                    struct condition *condition)
{
    const struct yaml_node *node = yaml_get(mapping, "language");
    if (!node) return true;
    if (!expect_kind(loader, node, YAML_SCALAR, "language")) return false;
    condition->language_mask = language_mask_of_word(node->text);
    condition->is_text = view_equals_cstr(node->text, "regex") || view_equals_cstr(node->text, "generic");
    if (language_is_elsewhere(node->text)) condition->is_text = loader->rule->is_inapplicable = true;
    if (condition->language_mask || condition->is_text) return true;
    return yaml_error(loader->err, ERROR_RULE, loader->path, node, "no patterns for the language '%.*s'",
                      VIEW_ARGS(view_slice(node->text, 0, 40)));
}

/* One word under `one`, or a list of them under `many`. */
static bool words_read(struct loader *loader, const struct yaml_node *mapping, const char *one,
                       const char *many, struct condition *condition)
{
    const struct yaml_node *single = yaml_get(mapping, one), *list = yaml_get(mapping, many);
    const struct yaml_node *value = single ? single : list;
    if (!value)
        return yaml_error(loader->err, ERROR_RULE, loader->path, mapping, "'%s' is missing in the condition",
                          one);
    if (single && list)
        return yaml_error(loader->err, ERROR_RULE, loader->path, list, "'%s' beside '%s'", many, one);
    if (!expect_kind(loader, value, single ? YAML_SCALAR : YAML_SEQUENCE, single ? one : many)) return false;
    uint32_t count = single ? 1 : value->count;
    struct view *words = ARENA_NEW_ARRAY(loader->arena, struct view, count + 1);
    if (!words) return error_set(loader->err, ERROR_LIMIT, "the rule file is too large");
    for (uint32_t i = 0; i < count; i++) {
        const struct yaml_node *item = single ? value : value->items[i];
        if (!expect_kind(loader, item, YAML_SCALAR, one)) return false;
        words[i] = view_trim(item->text);
    }
    condition->types = words;
    condition->type_count = count;
    return true;
}

static bool analyzer_read(struct loader *loader, const struct yaml_node *mapping, struct condition *condition)
{
    static const char *const words[] = {[ANALYZER_ENTROPY] = "entropy", [ANALYZER_REDOS] = "redos"};
    const struct yaml_node *value = yaml_get(mapping, "analyzer");
    if (!value)
        return yaml_error(loader->err, ERROR_RULE, loader->path, mapping,
                          "'analyzer' is missing in metavariable-analysis");
    if (!expect_kind(loader, value, YAML_SCALAR, "analyzer")) return false;
    for (size_t i = 0; i < COUNT(words); i++) {
        condition->analyzer = (enum analyzer_kind)i;
        if (view_equals_cstr(value->text, words[i])) return true;
    }
    if (view_equals_cstr(value->text, "entropy_v2")) { /* the newer of two measures of one thing */
        condition->analyzer = ANALYZER_ENTROPY;
        return true;
    }
    yaml_error(loader->err, ERROR_RULE, loader->path, value, "unknown analyzer '%.*s'",
               VIEW_ARGS(view_slice(value->text, 0, 40)));
    return error_remedy(loader->err, "one of entropy, redos");
}

static bool condition_body_read(struct loader *loader, const struct yaml_node *mapping,
                                struct condition *condition)
{
    const struct yaml_node *value, *flag;
    switch (condition->kind) {
    case CONDITION_METAVARIABLE_REGEX:
    case CONDITION_METAVARIABLE_COMPARISON: {
        const char *key = condition->kind == CONDITION_METAVARIABLE_REGEX ? "regex" : "comparison";
        value = yaml_get(mapping, key);
        if (!value)
            return yaml_error(loader->err, ERROR_RULE, loader->path, mapping,
                              "'%s' is missing in the condition", key);
        if (!expect_kind(loader, value, YAML_SCALAR, key)) return false;
        condition->text = value->text;
        condition->place = place_of(loader, value);
        flag = yaml_get(mapping, "constant-propagation");
        if (flag && !yaml_bool(flag, &condition->is_constant_propagated))
            return yaml_error(loader->err, ERROR_RULE, loader->path, flag,
                              "'constant-propagation' is true or false");
        return true;
    }
    case CONDITION_METAVARIABLE_PATTERN:
        if (!condition_language_read(loader, mapping, condition)) return false;
        bool was_in_condition = loader->is_in_condition;
        loader->is_in_condition = true;
        condition->formula = formula_of_mapping(loader, mapping, false);
        loader->is_in_condition = was_in_condition;
        return condition->formula != NULL;
    case CONDITION_METAVARIABLE_TYPE:
        return words_read(loader, mapping, "type", "types", condition);
    case CONDITION_METAVARIABLE_ANALYSIS:
        return analyzer_read(loader, mapping, condition);
    case CONDITION_METAVARIABLE_NAME:
        condition->is_whole_name = yaml_get(mapping, "fqn") || yaml_get(mapping, "fqns");
        return condition->is_whole_name ? words_read(loader, mapping, "fqn", "fqns", condition)
                                        : words_read(loader, mapping, "module", "modules", condition);
    case CONDITION_FOCUS:
        break;
    }
    return true;
}

static bool condition_push(struct loader *loader, struct formula *all, struct condition condition)
{
    struct condition *grown = ARENA_NEW_ARRAY(loader->arena, struct condition, all->condition_count + 1);
    if (!grown) return error_set(loader->err, ERROR_LIMIT, "the rule file is too large");
    if (all->condition_count) memcpy(grown, all->conditions, all->condition_count * sizeof *grown);
    grown[all->condition_count++] = condition;
    all->conditions = grown;
    return true;
}

static bool condition_read(struct loader *loader, const struct condition_word *word,
                           const struct yaml_node *value, struct formula *all)
{
    struct condition condition = {.kind = word->kind, .place = place_of(loader, value)};
    if (word->kind == CONDITION_FOCUS) {
        uint32_t count = value->kind == YAML_SEQUENCE ? value->count : 1;
        for (uint32_t i = 0; i < count; i++) {
            const struct yaml_node *item = value->kind == YAML_SEQUENCE ? value->items[i] : value;
            if (!metavariable_read(loader, item, &condition.metavariable)) return false;
            condition.is_alternative = i > 0;
            if (!condition_push(loader, all, condition)) return false;
        }
        return true;
    }
    if (!expect_kind(loader, value, YAML_MAPPING, word->word)) return false;
    if (!condition_keys_check(loader, value, word->kind)) return false;
    const struct yaml_node *name = yaml_get(value, "metavariable");
    if (!name && word->kind != CONDITION_METAVARIABLE_COMPARISON)
        return yaml_error(loader->err, ERROR_RULE, loader->path, value, "'metavariable' is missing in %s",
                          word->word);
    if (name && !metavariable_read(loader, name, &condition.metavariable)) return false;
    condition.number = loader->number++;
    return condition_body_read(loader, value, &condition) && condition_push(loader, all, condition);
}

/* The operators of a list (under patterns) or of a mapping (under pattern-inside and the like) taken
 * together. */
static struct formula *all_read(struct loader *loader, const struct yaml_node *node, bool is_either)
{
    struct formula *all = formula_new(loader, node, is_either ? FORMULA_ANY : FORMULA_ALL);
    ARRAY_OF(struct formula *) children = {0};
    for (uint32_t i = 0; all && i < node->count; i++) {
        const struct yaml_node *item = node->items[i];
        if (!expect_kind(loader, item, YAML_MAPPING, "an operator")) return NULL;
        const struct condition_word *condition =
            item->count == 1 && !is_either ? condition_find(item->pairs[0].key->text) : NULL;
        if (condition) {
            if (!condition_read(loader, condition, item->pairs[0].value, all) && !complaint_noted(loader))
                return NULL;
            continue;
        }
        struct formula *child = formula_of_mapping(loader, item, false);
        if (!child && complaint_noted(loader)) continue; /* the others have theirs */
        if (!child) return NULL;
        if (!ARRAY_PUSH(loader->arena, &children, child)) return NULL;
    }
    if (!all || !children_add(loader, all, children.items, children.count)) return NULL;
    bool is_positive = (is_either || loader->is_in_condition) && all->child_count > 0;
    for (uint32_t i = 0; i < all->child_count; i++)
        is_positive |= all->children[i]->kind != FORMULA_NOT && all->children[i]->kind != FORMULA_NOT_INSIDE;
    if (is_positive || loader->has_complaint) return all;
    yaml_error(loader->err, ERROR_RULE, loader->path, node,
               "nothing here says what to match, only what not to");
    error_remedy(loader->err, "add a pattern, a pattern-inside or a pattern-regex");
    return NULL;
}

static struct formula *operator_read(struct loader *loader, const struct operator* operator,
                                     const struct yaml_node * value)
{
    if (operator->shape == TAKES_LIST) {
        if (!expect_kind(loader, value, YAML_SEQUENCE, operator->word)) return NULL;
        return all_read(loader, value, operator->kind == FORMULA_ANY);
    }
    if (operator->shape == TAKES_TEXT) {
        struct formula *leaf = leaf_read(loader, value, operator->word, operator->is_inner_regex);
        if (leaf && operator->kind == FORMULA_QUERY) leaf->kind = FORMULA_QUERY;
        return leaf;
    }
    struct formula *outer = formula_new(loader, value, operator->kind);
    if (!outer) return NULL;
    struct formula *inner = value->kind == YAML_MAPPING
                                ? formula_of_mapping(loader, value, false)
                                : leaf_read(loader, value, operator->word, operator->is_inner_regex);
    return inner && children_add(loader, outer, &inner, 1) ? outer : NULL;
}

/* A mapping whose operators hold together. In a rule's own mapping the other keys are looked over. */
struct formula *formula_of_mapping(struct loader *loader, const struct yaml_node *mapping, bool is_rule)
{
    struct formula *only = NULL, *all = formula_new(loader, mapping, FORMULA_ALL);
    ARRAY_OF(struct formula *) children = {0};
    struct view as = {0};
    for (uint32_t i = 0; all && i < mapping->count; i++) {
        const struct yaml_node *key = mapping->pairs[i].key, *value = mapping->pairs[i].value;
        const struct operator* operator= operator_find(key->text);
        const struct condition_word *condition = operator? NULL : condition_find(key->text);
        if (is_capture(loader, key)) {
            if (!metavariable_read(loader, value, &as)) return NULL;
        } else if (operator) {
            only = operator_read(loader, operator, value);
            if (!only || !ARRAY_PUSH(loader->arena, &children, only)) return NULL;
        } else if (condition) {
            if (!condition_read(loader, condition, value, all)) return NULL;
        } else if (is_rule ? !word_is_in(key->text, rule_words, COUNT(rule_words))
                           : !loader->is_in_condition ||
                                 !word_is_in(key->text, condition_words, COUNT(condition_words))) {
            refuse_word(loader, key, is_rule ? "key" : "operator");
            if (!complaint_noted(loader)) return NULL;
        }
    }
    if (!all) return NULL;
    if (children.count == 0 && loader->has_complaint) return NULL; /* said already */
    if (children.count == 0) {
        yaml_error(loader->err, ERROR_RULE, loader->path, mapping, "no pattern here");
        error_remedy(loader->err, "add pattern, patterns, pattern-either or pattern-regex");
        return NULL;
    }
    if (children.count == 1 && all->condition_count == 0) {
        bool is_negative = only->kind == FORMULA_NOT || only->kind == FORMULA_NOT_INSIDE;
        only->as = as;
        if (!is_rule || !is_negative) return only;
        yaml_error(loader->err, ERROR_RULE, loader->path, mapping,
                   "nothing here says what to match, only what not to");
        return NULL;
    }
    all->as = as;
    return children_add(loader, all, children.items, children.count) ? all : NULL;
}
