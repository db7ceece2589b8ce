/* rule_match.c - the newer syntax of rules (`match:`, `taint:`) said in the older one: `all` is `patterns`,
 * `any` pattern-either, `where` the conditions. Nodes that are made stand at the place of what they are made
 * from. */
#include "analyzer/rule_loader.h"

static const char *const formula_words[] = {"pattern", "regex",  "query",    "all",   "any",
                                            "not",     "inside", "anywhere", "where", "as"};
static const char *const later_words[] = {"fix", "taint"};

static const struct yaml_node *formula_say(struct loader *loader, const struct yaml_node *node);
static const struct yaml_node *mapping_say(struct loader *loader, const struct yaml_node *node,
                                           const char *const *skipped, size_t skipped_count);

static struct yaml_node *node_make(struct loader *loader, const struct yaml_node *at, enum yaml_kind kind,
                                   uint32_t capacity)
{
    struct yaml_node *node = ARENA_NEW(loader->arena, struct yaml_node);
    if (node) *node = *at;
    if (!node || capacity == UINT32_MAX) goto failed;
    node->kind = kind;
    node->count = 0;
    node->items =
        kind == YAML_SEQUENCE ? ARENA_NEW_ARRAY(loader->arena, const struct yaml_node *, capacity + 1) : NULL;
    node->pairs =
        kind == YAML_MAPPING ? ARENA_NEW_ARRAY(loader->arena, struct yaml_pair, capacity + 1) : NULL;
    if (kind == YAML_SCALAR || node->items || node->pairs) return node;
failed:
    error_set(loader->err, ERROR_LIMIT, "the rule file is too large");
    return NULL;
}

static const struct yaml_node *word_make(struct loader *loader, const struct yaml_node *at, const char *word)
{
    struct yaml_node *node = node_make(loader, at, YAML_SCALAR, 0);
    if (node) node->text = view_of_cstr(word);
    return node;
}

/* {word: value} */
static struct yaml_node *pair_make(struct loader *loader, const struct yaml_node *at, const char *word,
                                   const struct yaml_node *value)
{
    struct yaml_node *mapping = value ? node_make(loader, at, YAML_MAPPING, 1) : NULL;
    const struct yaml_node *key = mapping ? word_make(loader, at, word) : NULL;
    if (!key) return NULL;
    mapping->pairs[mapping->count++] = (struct yaml_pair){key, value};
    return mapping;
}

static bool key_refuse(struct loader *loader, const struct yaml_node *key, const char *const *words,
                       size_t count)
{
    if (word_is_in(key->text, later_words, COUNT(later_words)))
        return yaml_error(loader->err, ERROR_RULE, loader->path, key, "'%.*s' in match is not supported yet",
                          VIEW_ARGS(view_slice(key->text, 0, 40)));
    const char *nearest = error_nearest(key->text, words, count);
    yaml_error(loader->err, ERROR_RULE, loader->path, key, "unknown operator '%.*s' of match",
               VIEW_ARGS(view_slice(key->text, 0, 40)));
    return nearest
               ? error_remedy(loader->err, "did you mean '%s'?", nearest)
               : error_remedy(loader->err, "one of pattern, regex, query, all, any, not, inside, anywhere");
}

static const struct yaml_node *list_say(struct loader *loader, const struct yaml_node *list, const char *word)
{
    if (!expect_kind(loader, list, YAML_SEQUENCE, word)) return NULL;
    struct yaml_node *out = node_make(loader, list, YAML_SEQUENCE, list->count);
    for (uint32_t i = 0; out && i < list->count; i++) {
        out->items[i] = formula_say(loader, list->items[i]);
        if (!out->items[i]) return NULL;
        out->count++;
    }
    return out;
}

/* `not: X`: of a place what is within it, of a regex and of code what is equal. */
static const struct yaml_node *negation_say(struct loader *loader, const struct yaml_node *value)
{
    if (value->kind == YAML_SCALAR) return pair_make(loader, value, "pattern-not", value);
    const struct yaml_node *inside =
        value->kind == YAML_MAPPING && value->count == 1 ? yaml_get(value, "inside") : NULL;
    const struct yaml_node *regex =
        value->kind == YAML_MAPPING && value->count == 1 ? yaml_get(value, "regex") : NULL;
    if (regex) return pair_make(loader, value, "pattern-not-regex", regex);
    return pair_make(loader, value, inside ? "pattern-not-inside" : "pattern-not",
                     formula_say(loader, inside ? inside : value));
}

static const struct yaml_node *operator_say(struct loader *loader, const struct yaml_pair *pair)
{
    const struct yaml_node *key = pair->key, *value = pair->value;
    if (view_equals_cstr(key->text, "pattern")) return pair_make(loader, key, "pattern", value);
    if (view_equals_cstr(key->text, "regex")) return pair_make(loader, key, "pattern-regex", value);
    if (view_equals_cstr(key->text, "query")) return pair_make(loader, key, "query", value);
    if (view_equals_cstr(key->text, "all"))
        return pair_make(loader, key, "patterns", list_say(loader, value, "all"));
    if (view_equals_cstr(key->text, "any"))
        return pair_make(loader, key, "pattern-either", list_say(loader, value, "any"));
    if (view_equals_cstr(key->text, "not")) return negation_say(loader, value);
    if (view_equals_cstr(key->text, "inside"))
        return pair_make(loader, key, "pattern-inside", formula_say(loader, value));
    if (view_equals_cstr(key->text, "anywhere"))
        return pair_make(loader, key, "semgrep-internal-pattern-anywhere", formula_say(loader, value));
    key_refuse(loader, key, formula_words, COUNT(formula_words));
    return NULL;
}

/* The pairs of `from`, added to a mapping that has room for them. */
static void pairs_add(struct yaml_node *mapping, const struct yaml_node *from)
{
    memcpy(mapping->pairs + mapping->count, from->pairs, from->count * sizeof *from->pairs);
    mapping->count += from->count;
}

/* A condition on a metavariable by a formula: metavariable-pattern. */
static const struct yaml_node *nested_say(struct loader *loader, const struct yaml_node *item)
{
    static const char *const words[] = {"metavariable", "language"};
    const struct yaml_node *formula = mapping_say(loader, item, words, COUNT(words));
    struct yaml_node *out =
        formula ? node_make(loader, item, YAML_MAPPING, item->count + formula->count) : NULL;
    if (!out) return NULL;
    for (uint32_t i = 0; i < item->count; i++)
        if (word_is_in(item->pairs[i].key->text, words, COUNT(words)))
            out->pairs[out->count++] = item->pairs[i];
    pairs_add(out, formula);
    return pair_make(loader, item, "metavariable-pattern", out);
}

/* An item of `where`, as the condition that its keys say it is. */
static const struct yaml_node *condition_say(struct loader *loader, const struct yaml_node *item)
{
    if (!expect_kind(loader, item, YAML_MAPPING, "an item of where")) return NULL;
    const struct yaml_node *focus = yaml_get(item, "focus");
    if (focus && item->count == 1) return pair_make(loader, item, "focus-metavariable", focus);
    if (yaml_get(item, "comparison")) return pair_make(loader, item, "metavariable-comparison", item);
    if (yaml_get(item, "analyzer")) return pair_make(loader, item, "metavariable-analysis", item);
    if (yaml_get(item, "type") || yaml_get(item, "types"))
        return pair_make(loader, item, "metavariable-type", item);
    if (yaml_get(item, "regex") && item->count == 2)
        return pair_make(loader, item, "metavariable-regex", item);
    return nested_say(loader, item);
}

/* {patterns: [formula, condition ...]} */
static const struct yaml_node *constrained_say(struct loader *loader, const struct yaml_node *formula,
                                               const struct yaml_node *where)
{
    if (!expect_kind(loader, where, YAML_SEQUENCE, "where")) return NULL;
    const struct yaml_node *inner = yaml_get(formula, "patterns");
    uint32_t count = inner ? inner->count : 1;
    struct yaml_node *list = node_make(loader, where, YAML_SEQUENCE, count + where->count);
    if (!list) return NULL;
    if (inner && count)
        memcpy(list->items, inner->items, count * sizeof *list->items);
    else
        list->items[0] = formula;
    list->count = count;
    for (uint32_t i = 0; i < where->count; i++) {
        list->items[list->count] = condition_say(loader, where->items[i]);
        if (!list->items[list->count++]) return NULL;
    }
    return pair_make(loader, formula, "patterns", list);
}

/* A formula of the newer syntax as a mapping of one older operator. `skipped`: keys that are no part of it.
 */
static const struct yaml_node *mapping_say(struct loader *loader, const struct yaml_node *node,
                                           const char *const *skipped, size_t skipped_count)
{
    static const char *const additions[] = {"where", "as"};
    const struct yaml_node *formula = NULL, *where = yaml_get(node, "where"), *as = yaml_get(node, "as");
    for (uint32_t i = 0; i < node->count; i++) {
        const struct yaml_node *key = node->pairs[i].key;
        if (word_is_in(key->text, additions, COUNT(additions)) ||
            word_is_in(key->text, skipped, skipped_count))
            continue;
        if (formula) {
            yaml_error(loader->err, ERROR_RULE, loader->path, key, "a second operator beside another one");
            error_remedy(loader->err, "put both under 'all:'");
            return NULL;
        }
        formula = operator_say(loader, &node->pairs[i]);
        if (!formula) return NULL;
    }
    if (!formula) {
        yaml_error(loader->err, ERROR_RULE, loader->path, node, "no operator here");
        error_remedy(loader->err, "one of pattern, regex, query, all, any, not, inside, anywhere");
        return NULL;
    }
    if (where) formula = constrained_say(loader, formula, where);
    if (!as || !formula) return formula;
    struct yaml_node *out = node_make(loader, node, YAML_MAPPING, formula->count + 1);
    const struct yaml_node *word = out ? word_make(loader, as, "as") : NULL;
    if (!word) return NULL;
    pairs_add(out, formula);
    out->pairs[out->count++] = (struct yaml_pair){word, as};
    return out;
}

static const struct yaml_node *formula_say(struct loader *loader, const struct yaml_node *node)
{
    if (node->kind == YAML_SCALAR) return pair_make(loader, node, "pattern", node);
    if (!expect_kind(loader, node, YAML_MAPPING, "an operator")) return NULL;
    return mapping_say(loader, node, NULL, 0);
}

/* The clauses of one part of `taint:`. */
static const struct yaml_node *clauses_say(struct loader *loader, const struct yaml_node *list,
                                           const char *word)
{
    static const char *const words[] = {"exact",           "by-side-effect", "control", "label",
                                        "requires",        "from",           "to",      "not-conflicting",
                                        "not_conflicting", "replace-labels"};
    if (!expect_kind(loader, list, YAML_SEQUENCE, word)) return NULL;
    struct yaml_node *out = node_make(loader, list, YAML_SEQUENCE, list->count);
    for (uint32_t i = 0; out && i < list->count; i++) {
        const struct yaml_node *item = list->items[i];
        bool is_text = item->kind == YAML_SCALAR;
        const struct yaml_node *formula = is_text ? formula_say(loader, item)
                                          : expect_kind(loader, item, YAML_MAPPING, word)
                                              ? mapping_say(loader, item, words, COUNT(words))
                                              : NULL;
        struct yaml_node *clause =
            formula ? node_make(loader, item, YAML_MAPPING, (is_text ? 0 : item->count) + formula->count)
                    : NULL;
        if (!clause) return NULL;
        for (uint32_t k = 0; !is_text && k < item->count; k++) {
            struct yaml_pair pair = item->pairs[k];
            if (!word_is_in(pair.key->text, words, COUNT(words))) continue;
            if (view_equals_cstr(pair.key->text, "not-conflicting"))
                pair.key = word_make(loader, pair.key, "not_conflicting");
            if (!pair.key) return NULL;
            clause->pairs[clause->count++] = pair;
        }
        pairs_add(clause, formula);
        out->items[out->count++] = clause;
    }
    return out;
}

static bool taint_say(struct loader *loader, const struct yaml_node *taint, struct yaml_node *rule)
{
    static const char *const words[] = {"sources", "sinks", "sanitizers", "propagators"};
    static const char *const older[] = {"pattern-sources", "pattern-sinks", "pattern-sanitizers",
                                        "pattern-propagators"};
    if (!expect_kind(loader, taint, YAML_MAPPING, "taint")) return false;
    for (uint32_t i = 0; i < taint->count; i++) {
        const struct yaml_pair *pair = &taint->pairs[i];
        size_t word = 0;
        while (word < COUNT(words) && !view_equals_cstr(pair->key->text, words[word])) word++;
        if (word == COUNT(words)) return key_refuse(loader, pair->key, words, COUNT(words));
        const struct yaml_node *clauses = clauses_say(loader, pair->value, words[word]);
        const struct yaml_node *key = clauses ? word_make(loader, pair->key, older[word]) : NULL;
        if (!key) return false;
        rule->pairs[rule->count++] = (struct yaml_pair){key, clauses};
    }
    return true;
}

const struct yaml_node *rule_say_older(struct loader *loader, const struct yaml_node *mapping, bool *is_taint)
{
    const struct yaml_node *match = yaml_get(mapping, "match"), *taint = yaml_get(mapping, "taint");
    loader->is_newer = match || taint;
    if (!loader->is_newer) return mapping;
    struct yaml_node *rule = node_make(loader, mapping, YAML_MAPPING, mapping->count + 4);
    for (uint32_t i = 0; rule && i < mapping->count; i++) {
        const struct yaml_pair *pair = &mapping->pairs[i];
        if (pair->value == match || pair->value == taint) continue;
        if (!rule_word_is_known(pair->key->text)) {
            yaml_error(loader->err, ERROR_RULE, loader->path, pair->key, "'%.*s' beside '%s'",
                       VIEW_ARGS(view_slice(pair->key->text, 0, 40)), match ? "match" : "taint");
            error_remedy(loader->err, "the newer and the older syntax do not mix in one rule");
            return NULL;
        }
        rule->pairs[rule->count++] = *pair;
    }
    if (!rule) return NULL;
    if (taint) {
        *is_taint = true;
        if (!match) return taint_say(loader, taint, rule) ? rule : NULL;
        yaml_error(loader->err, ERROR_RULE, loader->path, match, "'match' beside 'taint'");
        return NULL;
    }
    const struct yaml_node *formula = formula_say(loader, match);
    if (!formula) return NULL;
    pairs_add(rule, formula);
    return rule;
}
