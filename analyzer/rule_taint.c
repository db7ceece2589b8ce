/* rule_taint.c - the sources, sinks, sanitizers and propagators of a rule of `mode: taint`. */
#include <ctype.h>

#include "analyzer/rule_loader.h"
#include "analyzer/taint_rule.h"
#include "base/array.h"

enum {
    LABELS_MAX = 64, /* one bit each */
    EXPRESSION_DEPTH =
        20, /* of parentheses; at each at most two operands wait (STACK_MAX in taint_label.c) */
};

static const struct part {
    const char *key;
    enum taint_part part;
    bool is_required;
    const char *words[8]; /* the keys of a clause besides operators */
} parts[] = {
    {"pattern-sources", TAINT_SOURCE, true, {"exact", "by-side-effect", "control", "label", "requires"}},
    {"pattern-sinks", TAINT_SINK, true, {"exact", "requires"}},
    {"pattern-sanitizers", TAINT_SANITIZER, false, {"exact", "by-side-effect", "not_conflicting"}},
    {"pattern-propagators",
     TAINT_PROPAGATOR,
     false,
     {"from", "to", "by-side-effect", "label", "requires", "replace-labels"}},
};

/* What is read while the clauses of one rule are. */
struct taint_loader {
    struct loader *loader;
    ARRAY_OF(struct taint_clause) clauses;
    ARRAY_OF(struct view) labels;
};

static bool label_of(struct taint_loader *t, const struct yaml_node *node, struct view name, uint8_t *label)
{
    for (uint32_t i = 0; i < t->labels.count; i++) {
        *label = (uint8_t)i;
        if (view_equals(t->labels.items[i], name)) return true;
    }
    *label = (uint8_t)t->labels.count;
    if (t->labels.count < LABELS_MAX && ARRAY_PUSH(t->loader->arena, &t->labels, name)) return true;
    return yaml_error(t->loader->err, ERROR_RULE, t->loader->path, node, "more than %d labels", LABELS_MAX);
}

/* ---- requires: `A and not (B or C)` ---- */

struct expression_reader {
    struct taint_loader *t;
    const struct yaml_node *node;
    struct view rest;
    unsigned depth;
    ARRAY_OF(struct label_step) steps;
};

static struct view word_next(const struct expression_reader *r)
{
    size_t length = 0;
    while (length < r->rest.length &&
           (isalnum((unsigned char)r->rest.bytes[length]) || r->rest.bytes[length] == '_'))
        length++;
    return view_slice(r->rest, 0, length);
}

static void skip(struct expression_reader *r, size_t count)
{
    r->rest = view_slice(r->rest, count, r->rest.length);
    while (r->rest.length && isspace((unsigned char)r->rest.bytes[0]))
        r->rest = view_slice(r->rest, 1, r->rest.length);
}

static bool word_taken(struct expression_reader *r, const char *word)
{
    if (!view_equals_cstr(word_next(r), word)) return false;
    skip(r, strlen(word));
    return true;
}

static bool sign_taken(struct expression_reader *r, char sign)
{
    if (!r->rest.length || r->rest.bytes[0] != sign) return false;
    skip(r, 1);
    return true;
}

static bool step_push(struct expression_reader *r, enum label_op op, uint8_t label)
{
    struct label_step step = {(uint8_t)op, label};
    return ARRAY_PUSH(r->t->loader->arena, &r->steps, step);
}

static bool disjunction_read(struct expression_reader *r);

static bool operand_read(struct expression_reader *r)
{
    bool is_negated = false;
    while (word_taken(r, "not")) is_negated = !is_negated;
    if (sign_taken(r, '(')) {
        if (++r->depth > EXPRESSION_DEPTH || !disjunction_read(r) || !sign_taken(r, ')')) return false;
        r->depth--;
    } else if (word_taken(r, "True") || word_taken(r, "true")) {
        if (!step_push(r, LABEL_TRUE, 0)) return false;
    } else if (word_taken(r, "False") || word_taken(r, "false")) {
        if (!step_push(r, LABEL_FALSE, 0)) return false;
    } else {
        struct view word = word_next(r);
        uint8_t label;
        if (word.length == 0 || isdigit((unsigned char)word.bytes[0]) || view_equals_cstr(word, "and") ||
            view_equals_cstr(word, "or") || !label_of(r->t, r->node, word, &label))
            return false;
        skip(r, word.length);
        if (!step_push(r, LABEL_PUSH, label)) return false;
    }
    return !is_negated || step_push(r, LABEL_NOT, 0);
}

static bool conjunction_read(struct expression_reader *r)
{
    if (!operand_read(r)) return false;
    while (word_taken(r, "and"))
        if (!operand_read(r) || !step_push(r, LABEL_AND, 0)) return false;
    return true;
}

static bool disjunction_read(struct expression_reader *r)
{
    if (!conjunction_read(r)) return false;
    while (word_taken(r, "or"))
        if (!conjunction_read(r) || !step_push(r, LABEL_OR, 0)) return false;
    return true;
}

static bool requirement_read(struct taint_loader *t, const struct yaml_node *node,
                             struct label_expression *expression)
{
    struct expression_reader reader = {.t = t, .node = node, .rest = node->text};
    if (!expect_kind(t->loader, node, YAML_SCALAR, "requires")) return false;
    skip(&reader, 0);
    if (disjunction_read(&reader) && reader.rest.length == 0) {
        *expression = (struct label_expression){reader.steps.items, reader.steps.count};
        return true;
    }
    if (t->labels.count >= LABELS_MAX) return false; /* said already */
    yaml_error(t->loader->err, ERROR_RULE, t->loader->path, node, "'requires' is no expression over labels");
    return error_remedy(t->loader->err, "write labels with and, or, not and parentheses");
}

/* ---- clauses ---- */

static bool flag_read(struct loader *loader, const struct yaml_node *mapping, const char *key, bool *flag)
{
    const struct yaml_node *node = yaml_get(mapping, key);
    if (!node || yaml_bool(node, flag)) return true;
    return yaml_error(loader->err, ERROR_RULE, loader->path, node, "'%s' is true or false", key);
}

static bool side_effect_read(struct loader *loader, const struct yaml_node *mapping,
                             struct taint_clause *clause)
{
    const struct yaml_node *node = yaml_get(mapping, "by-side-effect");
    bool flag = false;
    clause->side_effect = clause->part == TAINT_PROPAGATOR ? SIDE_EFFECT_YES : SIDE_EFFECT_NO;
    if (!node) return true;
    if (node->kind == YAML_SCALAR && view_equals_cstr(node->text, "only") && clause->part == TAINT_SOURCE) {
        clause->side_effect = SIDE_EFFECT_ONLY;
        return true;
    }
    if (!yaml_bool(node, &flag))
        return yaml_error(loader->err, ERROR_RULE, loader->path, node,
                          "'by-side-effect' is true, false or (of a source) only");
    clause->side_effect = flag ? SIDE_EFFECT_YES : SIDE_EFFECT_NO;
    return true;
}

static bool labels_read(struct taint_loader *t, const struct yaml_node *mapping, struct taint_clause *clause)
{
    const struct yaml_node *label = yaml_get(mapping, "label"), *requires = yaml_get(mapping, "requires");
    const struct yaml_node *replaced = yaml_get(mapping, "replace-labels");
    if (label) {
        if (!expect_kind(t->loader, label, YAML_SCALAR, "label") ||
            !label_of(t, label, label->text, &clause->label))
            return false;
        clause->has_label = true;
    }
    if (replaced && !expect_kind(t->loader, replaced, YAML_SEQUENCE, "replace-labels")) return false;
    for (uint32_t i = 0; replaced && i < replaced->count; i++) {
        uint8_t number;
        if (!expect_kind(t->loader, replaced->items[i], YAML_SCALAR, "replace-labels") ||
            !label_of(t, replaced, replaced->items[i]->text, &number))
            return false;
        clause->replaced |= 1ull << number;
    }
    return !requires || requirement_read(t, requires, &clause->requirement);
}

static bool endpoint_read(struct loader *loader, const struct yaml_node *mapping, const char *key,
                          struct view *name)
{
    const struct yaml_node *node = yaml_get(mapping, key);
    if (!node)
        return yaml_error(loader->err, ERROR_RULE, loader->path, mapping, "'%s' is missing in the propagator",
                          key);
    return metavariable_read(loader, node, name);
}

/* The operators of a clause, without its own keys. */
static bool clause_formula_read(struct loader *loader, const struct part *part,
                                const struct yaml_node *mapping, struct taint_clause *clause)
{
    struct yaml_node operators = *mapping;
    operators.pairs = ARENA_NEW_ARRAY(loader->arena, struct yaml_pair, mapping->count + 1);
    if (!operators.pairs) return error_set(loader->err, ERROR_LIMIT, "the rule file is too large");
    operators.count = 0;
    for (uint32_t i = 0; i < mapping->count; i++) {
        size_t count = 0;
        while (count < COUNT(part->words) && part->words[count]) count++;
        if (!word_is_in(mapping->pairs[i].key->text, part->words, count))
            operators.pairs[operators.count++] = mapping->pairs[i];
    }
    clause->formula = formula_of_mapping(loader, &operators, false);
    return clause->formula != NULL;
}

static bool clause_read(struct taint_loader *t, const struct part *part, const struct yaml_node *mapping)
{
    struct taint_clause clause = {.part = part->part, .place = place_of(t->loader, mapping)};
    if (!expect_kind(t->loader, mapping, YAML_MAPPING, part->key) ||
        !flag_read(t->loader, mapping, "exact", &clause.is_exact) ||
        !flag_read(t->loader, mapping, "control", &clause.is_control) ||
        !flag_read(t->loader, mapping, "not_conflicting", &clause.is_not_conflicting) ||
        !side_effect_read(t->loader, mapping, &clause) || !labels_read(t, mapping, &clause))
        return false;
    clause.is_loose = yaml_get(mapping, "exact") && !clause.is_exact;
    if (part->part == TAINT_PROPAGATOR && (!endpoint_read(t->loader, mapping, "from", &clause.from) ||
                                           !endpoint_read(t->loader, mapping, "to", &clause.to)))
        return false;
    if (part->part == TAINT_SINK && clause.requirement.count == 0) {
        struct label_step *step = ARENA_NEW(t->loader->arena, struct label_step);
        if (!step) return error_set(t->loader->err, ERROR_LIMIT, "the rule file is too large");
        clause.requirement = (struct label_expression){step, 1}; /* LABEL_PUSH of the label without a name */
    }
    if (!clause_formula_read(t->loader, part, mapping, &clause)) return false;
    return ARRAY_PUSH(t->loader->arena, &t->clauses, clause) ||
           error_set(t->loader->err, ERROR_LIMIT, "the rule file is too large");
}

static bool part_read(struct taint_loader *t, const struct part *part, const struct yaml_node *mapping)
{
    const struct yaml_node *list = yaml_get(mapping, part->key);
    if (!list) {
        if (!part->is_required) return true;
        return yaml_error(t->loader->err, ERROR_RULE, t->loader->path, mapping, "'%s' is missing in the rule",
                          part->key);
    }
    if (!expect_kind(t->loader, list, YAML_SEQUENCE, part->key)) return false;
    for (uint32_t i = 0; i < list->count; i++)
        if (!clause_read(t, part, list->items[i]) && !complaint_noted(t->loader)) return false;
    return true;
}

static bool taint_options_read(struct loader *loader, const struct yaml_node *mapping,
                               struct taint_rule *taint)
{
    const struct yaml_node *options = yaml_get(mapping, "options");
    const struct {
        const char *word;
        bool *flag;
    } flags[] = {
        {"taint_unify_mvars", &taint->unifies_metavariables},
        {"taint_assume_safe_functions", &taint->assumes_safe_functions},
        {"taint_assume_safe_indexes", &taint->assumes_safe_indexes},
        {"taint_assume_safe_booleans", &taint->assumes_safe_booleans},
        {"taint_assume_safe_numbers", &taint->assumes_safe_numbers},
        {"taint_assume_safe_comparisons", &taint->assumes_safe_comparisons},
        {"taint_only_propagate_through_assignments", &taint->is_by_assignment_only},
    };
    for (size_t i = 0; options && i < COUNT(flags); i++)
        if (!flag_read(loader, options, flags[i].word, flags[i].flag)) return false;
    return true;
}

bool taint_of_mapping(struct loader *loader, const struct yaml_node *mapping)
{
    struct taint_loader t = {.loader = loader};
    struct taint_rule *taint = ARENA_NEW(loader->arena, struct taint_rule);
    if (!taint || !ARRAY_PUSH(loader->arena, &t.labels, arena_copy(loader->arena, VIEW("__SOURCE__"))))
        return error_set(loader->err, ERROR_LIMIT, "the rule file is too large");
    for (uint32_t i = 0; i < mapping->count; i++) {
        const struct yaml_node *key = mapping->pairs[i].key;
        bool is_known = rule_word_is_known(key->text);
        for (size_t k = 0; k < COUNT(parts); k++) is_known |= view_equals_cstr(key->text, parts[k].key);
        if (!is_known) return refuse_word(loader, key, "key of a taint rule");
    }
    if (!taint_options_read(loader, mapping, taint)) return false;
    for (size_t k = 0; k < COUNT(parts); k++)
        if (!part_read(&t, &parts[k], mapping)) return false;
    taint->clauses = t.clauses.items;
    taint->clause_count = t.clauses.count;
    taint->labels = t.labels.items;
    taint->label_count = t.labels.count;
    loader->rule->taint = taint;
    return true;
}
