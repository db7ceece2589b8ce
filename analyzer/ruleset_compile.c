/* Rules to programs. */
#include "analyzer/limits.h"
#include "analyzer/program.h"
#include "analyzer/query.h"
#include "analyzer/ruleset.h"
#include "analyzer/text_pattern.h"
#include "base/array.h"

struct compiler {
    struct ruleset *ruleset;
    struct pattern_context context;
    const struct rule *rule;
    uint32_t language_mask; /* of the patterns that are compiled now: the rule's, or a condition's own */
    bool is_text;           /* they are about text of no language */
    struct error *err;
};

static const struct program_formula *compile_formula(struct compiler *c, const struct formula *formula);

/* After something failed: whether the complaint was collected, so that the rest can be looked at. */
static bool complaint_noted(struct compiler *c)
{
    if (!c->ruleset->errors || !c->err || c->err->code != ERROR_RULE) return false;
    if (!ARRAY_PUSH(&c->ruleset->arena, c->ruleset->errors, *c->err)) return false;
    *c->err = (struct error){0};
    return true;
}

static bool no_memory(struct compiler *c)
{
    return error_set(c->err, ERROR_SYSTEM, "no memory for rules");
}

static void place(struct compiler *c, const struct rule_place *where)
{
    error_place(c->err, where->path, where->line, where->col);
    error_prefix(c->err, "rule %.*s", VIEW_ARGS(c->rule->id));
}

static const struct pattern *compile_for(struct compiler *c, const struct formula *formula,
                                         enum language_id language, struct error *err)
{
    const struct form_table *forms = form_table_of(&languages[language]);
    if (!forms) error_set(err, ERROR_UNSUPPORTED, "no patterns for %s", languages[language].word);
    const struct pattern *pattern = forms ? pattern_compile(&c->context, forms, formula->text, err) : NULL;
    arena_reset(c->context.scratch);
    return pattern;
}

/* Whether text that is no code of this language is code of one of its family: an element in TypeScript is
 * TSX, a typed parameter in JavaScript is TypeScript. No source of the language can match it then. */
static bool is_of_sibling(struct compiler *c, const struct formula *formula, enum language_id language,
                          const struct program_formula *out)
{
    for (int i = 0; i < LANGUAGE_COUNT; i++) {
        struct error ignored = {0};
        if (i == (int)language || languages[i].family != languages[language].family) continue;
        if (out->patterns[i] || compile_for(c, formula, (enum language_id)i, &ignored)) return true;
    }
    return false;
}

/* The pattern once for each language of the rule. */
static bool compile_pattern(struct compiler *c, const struct formula *formula, struct program_formula *out)
{
    if (c->is_text) {
        out->text =
            text_pattern_compile(&c->ruleset->arena, c->context.slots, formula->text, &c->rule->text, c->err);
        if (!out->text) place(c, &formula->place);
        if (!out->text) return false;
        struct view word = text_pattern_word(out->text);
        if (word.length >= NEEDLE_BYTES_MIN)
            out->text_needle = needle_symbol(&c->ruleset->arena, c->ruleset->symbols, word);
    }
    for (int i = 0; i < LANGUAGE_COUNT; i++) {
        struct error err = {0};
        enum language_id language = (enum language_id)i;
        if (!(c->language_mask & (1u << i))) continue;
        out->patterns[i] = compile_for(c, formula, language, &err);
        bool is_refused =
            !out->patterns[i] && (err.code != ERROR_RULE || !is_of_sibling(c, formula, language, out));
        if (!is_refused) continue;
        if (c->err) *c->err = err;
        place(c, &formula->place);
        return false;
    }
    return true;
}

/* The line of a byte of an operator's text; of a text that begins on its key's line, also the column. */
static void place_in_text(struct compiler *c, const struct formula *formula, size_t at)
{
    struct rule_place where = formula->place;
    size_t end =
        formula->text.length; /* what is missing at the end is missing on the last line that says something */
    while (end > 0 && strchr(" \t\r\n", formula->text.bytes[end - 1])) end--;
    for (size_t i = 0; i < at && i < end; i++)
        if (formula->text.bytes[i] == '\n') where.line++;
    place(c, &where);
}

/* The query once for each language; one of a family need not have its kinds of nodes. */
static bool compile_query(struct compiler *c, const struct formula *formula, struct program_formula *out)
{
    struct error first = {0};
    size_t at = 0;
    if (c->is_text) error_set(&first, ERROR_RULE, "a query is about nodes, and text of no language has none");
    uint32_t read = 0, refused = 0; /* families */
    for (int i = 0; i < LANGUAGE_COUNT && !c->is_text; i++) {
        struct error err = {0};
        size_t err_at = 0;
        if (!(c->language_mask & (1u << i))) continue;
        out->queries[i] = query_compile(&c->context, &languages[i], formula->text, &err_at, &err);
        *(out->queries[i] ? &read : &refused) |= 1u << languages[i].family;
        if (out->queries[i] || first.code) continue;
        first = err;
        at = err_at;
    }
    if (!c->is_text && !(refused & ~read)) return true;
    if (c->err) *c->err = first;
    place_in_text(c, formula, at);
    return false;
}

/* The slots of a regex's groups with names; NULL: there are none. */
static bool names_compile(struct compiler *c, const struct regex *regex, const uint16_t **slots)
{
    struct arena *arena = &c->ruleset->arena;
    uint32_t count = regex_group_count(regex);
    if (count > LIMIT_REGEX_GROUPS) count = LIMIT_REGEX_GROUPS;
    uint16_t *named = NULL;
    for (uint32_t i = 1; i <= count; i++) {
        struct view own = regex_group_name(regex, i);
        if (!own.length) continue;
        if (!named) {
            named = ARENA_NEW_ARRAY(arena, uint16_t, count + 1);
            if (!named) return no_memory(c);
            memset(named, 0xFF, (count + 1) * sizeof *named); /* UINT16_MAX */
        }
        if (!slot_of(arena, c->context.slots, arena_format(arena, "$%.*s", VIEW_ARGS(own)), &named[i]))
            return no_memory(c);
    }
    *slots = named;
    return true;
}

/* A regex's groups are the metavariables $1, $2 ...; those with a name also that. */
static bool compile_regex(struct compiler *c, const struct formula *formula, struct program_formula *out)
{
    struct arena *arena = &c->ruleset->arena;
    out->regex = regex_compile(arena, &c->ruleset->regexes, formula->text, REGEX_SEARCH, c->err);
    if (!out->regex) {
        place(c, &formula->place);
        return false;
    }
    uint32_t count = regex_group_count(out->regex);
    if (count > LIMIT_REGEX_GROUPS) count = LIMIT_REGEX_GROUPS;
    uint16_t *slots = ARENA_NEW_ARRAY(arena, uint16_t, count + 1);
    if (!slots) return no_memory(c);
    for (uint32_t i = 1; i <= count; i++) {
        struct view name = arena_format(arena, "$%u", i);
        if (!slot_of(arena, c->context.slots, name, &slots[i])) return no_memory(c);
    }
    out->group_slots = slots;
    return names_compile(c, out->regex, &out->name_slots);
}

static bool compile_condition(struct compiler *c, const struct condition *condition,
                              struct program_condition *out)
{
    struct arena *arena = &c->ruleset->arena;
    out->condition = condition;
    out->slot = UINT16_MAX;
    if (condition->metavariable.length &&
        !slot_of(arena, c->context.slots, condition->metavariable, &out->slot))
        return no_memory(c);
    bool is_fine = true;
    uint32_t language_mask = c->language_mask;
    bool was_text = c->is_text;
    switch (condition->kind) {
    case CONDITION_METAVARIABLE_REGEX:
        out->regex = regex_compile(arena, &c->ruleset->regexes, condition->text, REGEX_ANCHORED, c->err);
        is_fine = out->regex != NULL;
        if (is_fine && !names_compile(c, out->regex, &out->name_slots)) return false;
        break;
    case CONDITION_METAVARIABLE_PATTERN:
        if (condition->language_mask || condition->is_text) {
            c->language_mask = condition->language_mask;
            c->is_text = condition->language_mask == 0;
        }
        out->formula = compile_formula(c, condition->formula);
        c->language_mask = language_mask;
        c->is_text = was_text;
        return out->formula != NULL;
    case CONDITION_METAVARIABLE_COMPARISON:
        out->comparison =
            comparison_compile(arena, c->context.slots, &c->ruleset->regexes, condition->text, c->err);
        is_fine = out->comparison != NULL;
        break;
    case CONDITION_METAVARIABLE_TYPE:
    case CONDITION_METAVARIABLE_ANALYSIS:
    case CONDITION_METAVARIABLE_NAME:
    case CONDITION_FOCUS:
        break;
    }
    if (!is_fine) place(c, &condition->place);
    return is_fine;
}

static const struct program_formula *compile_formula(struct compiler *c, const struct formula *formula)
{
    struct arena *arena = &c->ruleset->arena;
    struct program_formula *out = ARENA_NEW(arena, struct program_formula);
    const struct program_formula **children =
        ARENA_NEW_ARRAY(arena, const struct program_formula *, formula->child_count + 1);
    struct program_condition *conditions =
        ARENA_NEW_ARRAY(arena, struct program_condition, formula->condition_count + 1);
    if (!out || !children || !conditions) {
        no_memory(c);
        return NULL;
    }
    out->formula = formula;
    out->children = children;
    out->conditions = conditions;
    out->as_slot = UINT16_MAX;
    if (formula->as.length && !slot_of(arena, c->context.slots, formula->as, &out->as_slot)) {
        no_memory(c);
        return NULL;
    }
    bool has_complaint = (formula->kind == FORMULA_PATTERN && !compile_pattern(c, formula, out)) ||
                         (formula->kind == FORMULA_QUERY && !compile_query(c, formula, out)) ||
                         (formula->kind == FORMULA_REGEX && !compile_regex(c, formula, out));
    if (has_complaint) {
        complaint_noted(c);
        return NULL;
    }
    for (uint32_t i = 0; i < formula->child_count; i++) {
        children[i] = compile_formula(c, formula->children[i]);
        has_complaint |= !children[i];
        if (!children[i] && !c->ruleset->errors) return NULL;
    }
    for (uint32_t i = 0; i < formula->condition_count; i++)
        if (!compile_condition(c, &formula->conditions[i], &conditions[i])) {
            has_complaint = true;
            if (!complaint_noted(c) && !c->ruleset->errors) return NULL;
        }
    return has_complaint ? NULL : out;
}

static bool compile_clauses(struct compiler *c, const struct taint_rule *taint, struct program *out)
{
    struct arena *arena = &c->ruleset->arena;
    struct program_clause *clauses = ARENA_NEW_ARRAY(arena, struct program_clause, taint->clause_count + 1);
    if (!clauses) return no_memory(c);
    bool has_complaint = false;
    for (uint32_t i = 0; i < taint->clause_count; i++) {
        const struct taint_clause *clause = &taint->clauses[i];
        struct program_clause *compiled = &clauses[i];
        compiled->clause = clause;
        compiled->formula = compile_formula(c, clause->formula);
        if (!compiled->formula && !c->ruleset->errors) return false;
        has_complaint |= !compiled->formula;
        if (clause->part != TAINT_PROPAGATOR) continue;
        compiled->from = slot_find(&out->slots, clause->from);
        compiled->to = slot_find(&out->slots, clause->to);
        if (compiled->from != UINT16_MAX && compiled->to != UINT16_MAX) continue;
        error_set(c->err, ERROR_RULE, "the propagator's pattern does not bind both %.*s and %.*s",
                  VIEW_ARGS(clause->from), VIEW_ARGS(clause->to));
        place(c, &clause->place);
        return false;
    }
    out->clauses = clauses;
    return !has_complaint;
}

static bool argument_slot_find(struct compiler *c, const struct rule *rule, const struct program *out,
                               struct view name, uint16_t *slot)
{
    *slot = slot_find(&out->slots, name);
    if (*slot != UINT16_MAX) return true;
    error_set(c->err, ERROR_RULE, "metadata.argument: no pattern binds %.*s", VIEW_ARGS(name));
    place(c, &rule->place);
    return false;
}

/* "$X" or "$HOST:$PORT"; anything else is the argument itself. */
static bool argument_compile(struct compiler *c, const struct rule *rule, struct program *out)
{
    struct view name = rule->capability_argument, port;
    if (!name.length || name.bytes[0] != '$') return true;
    bool has_port = view_split(name, ':', &name, &port);
    return argument_slot_find(c, rule, out, name, &out->argument_slot) &&
           (!has_port || argument_slot_find(c, rule, out, port, &out->port_slot));
}

static bool compile_rule(struct compiler *c, const struct rule *rule, struct program *out)
{
    c->rule = rule;
    c->language_mask = rule->language_mask;
    c->is_text = rule->is_text;
    c->context.has_operand_lists = rule->options & RULE_OPTION_OPERANDS;
    c->context.slots = &out->slots;
    out->rule = rule;
    out->argument_slot = out->port_slot = UINT16_MAX;
    if (rule->taint) {
        if (!compile_clauses(c, rule->taint, out)) return false;
    } else {
        out->formula = compile_formula(c, rule->formula);
        if (!out->formula) return false;
    }
    if (rule->fix_regex.length) {
        out->fix_regex =
            regex_compile(&c->ruleset->arena, &c->ruleset->regexes, rule->fix_regex, REGEX_SEARCH, c->err);
        if (!out->fix_regex) place(c, &rule->fix_place);
        if (!out->fix_regex) return false;
    }
    return argument_compile(c, rule, out);
}

bool ruleset_compile(struct ruleset *ruleset, struct error *err)
{
    AUTO_ARENA struct arena scratch;
    arena_init(&scratch, LIMIT_ARENA_FLOOR_BYTES);
    struct program *programs = ARENA_NEW_ARRAY(&ruleset->arena, struct program, ruleset->rules.count + 1);
    struct syntax_parser *parser = syntax_parser_new();
    struct compiler compiler = {.ruleset = ruleset, .err = err};
    compiler.context = (struct pattern_context){.arena = &ruleset->arena,
                                                .scratch = &scratch,
                                                .parser = parser,
                                                .symbols = ruleset->symbols,
                                                .regexes = &ruleset->regexes};
    bool is_fine = programs && parser ? true : error_set(err, ERROR_SYSTEM, "no memory for rules");
    for (uint32_t i = 0; i < ruleset->rules.count && is_fine; i++) {
        is_fine = compile_rule(&compiler, &ruleset->rules.items[i], &programs[i]) ||
                  complaint_noted(&compiler) ||
                  (ruleset->errors && ruleset->errors->count > 0 && err && err->code == ERROR_NONE);
    }
    syntax_parser_free(parser);
    if (is_fine) ruleset->programs = programs;
    return is_fine;
}
