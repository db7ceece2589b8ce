#include "analyzer/match.h"

#include <stdlib.h>

#include "analyzer/guard.h"
#include "analyzer/match_formula.h"
#include "analyzer/match_report.h"
#include "analyzer/rule_unit.h"
#include "analyzer/taint.h"
#include "analyzer/vocabulary.h"
#include "base/array.h"
#include "base/utf8.h"

struct matcher {
    const struct ruleset *ruleset;
    struct regex_scratch *scratch;
    bool ignores_paths;
    struct syntax_parser *parser;  /* for texts in other languages; NULL until one is asked for */
    struct vocabulary *vocabulary; /* NULL: not worth making yet */
    size_t seen_bytes;
};

/* Making a vocabulary takes as long as looking for a few rules' words in this much source. */
enum { VOCABULARY_FROM_BYTES = 64 * 1024 };

/* One source, ready for any rule. */
struct session {
    struct evaluation evaluation;
    struct symbol_map map;
    struct text_token_list text_tokens[4]; /* made where a rule first asks */
    uint64_t steps_left;                   /* of all rules together */
    const uint64_t *marked; /* a bit for each rule that may have something to say; NULL: nobody looked */
};

struct matcher *matcher_new(const struct ruleset *ruleset)
{
    struct matcher *matcher = calloc(1, sizeof *matcher);
    if (!matcher) return NULL;
    matcher->ruleset = ruleset;
    matcher->scratch = regex_scratch_new();
    if (matcher->scratch) return matcher;
    free(matcher);
    return NULL;
}

void matcher_ignore_paths(struct matcher *matcher)
{
    matcher->ignores_paths = true;
}

void matcher_free(struct matcher *matcher)
{
    if (!matcher) return;
    regex_scratch_free(matcher->scratch);
    syntax_parser_free(matcher->parser);
    vocabulary_free(matcher->vocabulary);
    free(matcher);
}

void matcher_hurry(struct matcher *matcher)
{
    matcher->seen_bytes = VOCABULARY_FROM_BYTES;
}

/* What the rule set's symbols are in the source: looked up at once, or, for a little source, one by one as
 * they are asked for. False: memory is out. */
static bool symbols_find(struct session *session, struct matcher *matcher, struct arena *arena,
                         const struct syntax *syntax)
{
    uint32_t count = symbol_count(matcher->ruleset->symbols) + 1;
    struct vocabulary_answer answer;
    session->map.to = ARENA_NEW_ARRAY(arena, uint32_t, count + 1);
    if (!session->map.to) return false;
    memset(session->map.to, 0xff, (count + 1) * sizeof *session->map.to);
    matcher->seen_bytes += syntax->source->bytes.length;
    if (matcher->seen_bytes < VOCABULARY_FROM_BYTES) return true;
    if (!matcher->vocabulary) matcher->vocabulary = vocabulary_new(matcher->ruleset);
    if (!matcher->vocabulary || !vocabulary_find(matcher->vocabulary, arena, syntax, &session->map, &answer))
        return false;
    session->evaluation.m.found = answer.found;
    session->marked = answer.marked;
    return true;
}

static bool session_init(struct session *session, struct matcher *matcher, struct arena *arena,
                         const struct syntax *syntax, const struct names *names, struct error *err)
{
    const struct ruleset *ruleset = matcher->ruleset;
    const struct language *language = syntax->source->language;
    const struct form_table *forms = language ? form_table_of(language) : NULL;
    *session = (struct session){.map.from = ruleset->symbols};
    if (language && !forms) return error_set(err, ERROR_UNSUPPORTED, "no rules for %s", language->word);
    /* the regexes run without PCRE2's own check */
    if (utf8_find_invalid(syntax->source->bytes) != SIZE_MAX)
        return error_set(err, ERROR_INPUT, "the source is not UTF-8");
    struct evaluation *e = &session->evaluation;
    uint32_t class_count = symbol_count(syntax->symbols) + 1;
    uint64_t *classes = ARENA_NEW_ARRAY(arena, uint64_t, class_count);
    if (!classes || !symbols_find(session, matcher, arena, syntax) ||
        (forms && !kind_index_make(arena, syntax, names, forms, &e->kinds)))
        return error_set(err, ERROR_LIMIT, "the source needs more memory than one request may use");
    e->language = language ? language->id : LANGUAGE_COUNT;
    e->text_tokens = session->text_tokens;
    e->parser = &matcher->parser;
    session->steps_left = LIMIT_MATCH_STEPS_FLOOR + LIMIT_MATCH_STEPS_PER_BYTE * syntax->source->bytes.length;
    e->m = (struct tree_match){.arena = arena,
                               .syntax = syntax,
                               .names = names,
                               .forms = forms,
                               .map = &session->map,
                               .scratch = matcher->scratch,
                               .found = e->m.found,
                               .classes = classes,
                               .class_count = class_count,
                               .steps = &e->steps,
                               .is_undecided = &e->is_undecided};
    return true;
}

/* Whether the rule sees the source as code, not as text. */
static bool is_of_code(const struct evaluation *e, const struct rule *rule)
{
    return e->language != LANGUAGE_COUNT && (rule->language_mask & (1u << e->language));
}

/* Whether the rule says anything of this source. */
static bool is_for(const struct matcher *matcher, const struct evaluation *e, const struct rule *rule)
{
    if (rule->is_inapplicable || !(is_of_code(e, rule) || rule->is_text)) return false;
    return matcher->ignores_paths || rule_paths_allow(&rule->paths, e->m.syntax->source->path);
}

/* The ranges of one rule; sets is_undecided where a budget ended. */
static void run(struct session *session, const struct program *program, struct range_list *ranges)
{
    struct evaluation *e = &session->evaluation;
    struct binding unbound[LIMIT_METAVARIABLES] = {0};
    uint32_t length = (uint32_t)e->m.syntax->source->bytes.length;
    const struct scope scope = {0, length, 0, length, unbound};
    uint64_t steps = session->steps_left < LIMIT_MATCH_STEPS ? session->steps_left : LIMIT_MATCH_STEPS;
    e->steps = steps;
    e->is_undecided = false;
    e->m.slot_count = program->slots.count;
    e->m.slots = &program->slots;
    e->m.is_negated = false;
    e->m.is_of_capability = program->rule->capability != CAPABILITY_NONE;
    e->is_text = !is_of_code(e, program->rule);
    e->m.options = program->rule->options;
    memset(e->m.bindings, 0, sizeof e->m.bindings);
    if (program->rule->taint)
        taint_evaluate(e, program, &scope, ranges);
    else
        formula_evaluate(e, program->formula, &scope, ranges);
    session->steps_left -= steps - e->steps;
}

static bool is_possible(struct evaluation *e, const struct program *program)
{
    return program->rule->taint ? taint_is_possible(e, program) : formula_is_possible(e, program->formula);
}

bool match_run(struct matcher *matcher, struct arena *arena, const struct syntax *syntax,
               const struct names *names, struct finding_list *findings, struct error *err)
{
    const struct ruleset *ruleset = matcher->ruleset;
    struct session *session = ARENA_NEW(arena, struct session);
    if (!session) return error_set(err, ERROR_LIMIT, "the source needs more memory than one request may use");
    bool has_code = syntax->count > 0 || !syntax->source->language;
    if (!has_code || ruleset_count(ruleset) == 0) return true;
    if (!session_init(session, matcher, arena, syntax, names, err)) return false;
    const struct language *language = syntax->source->language;
    for (uint32_t i = 0; i < ruleset_count(ruleset); i++) {
        if (session->marked && !(session->marked[i / 64] >> (i % 64) & 1)) continue;
        if (!ruleset_concerns(ruleset, i, language ? 1u << language->id : 0)) continue;
        if (language && !ruleset_may_match(ruleset, i, language->id, &session->map, syntax->symbols))
            continue;
        const struct program *program = ruleset_program(ruleset, i);
        struct range_list ranges = {0};
        if (!is_for(matcher, &session->evaluation, program->rule)) continue;
        session->evaluation.is_text = !is_of_code(&session->evaluation, program->rule);
        if (!is_possible(&session->evaluation, program)) continue;
        run(session, program, &ranges);
        if (arena->is_exhausted)
            return error_set(err, ERROR_LIMIT, "rule %.*s needs more memory than one request may use",
                             VIEW_ARGS(program->rule->id));
        if (session->evaluation.is_undecided) {
            if (!guard_report(findings, arena, GUARD_BUDGET, 0, 0, "rule %.*s ran out of steps",
                              VIEW_ARGS(program->rule->id)))
                return error_set(err, ERROR_LIMIT, "no memory for findings");
            continue;
        }
        if (!report_ranges(&session->evaluation, program, &ranges, findings))
            return error_set(err, ERROR_LIMIT, "no memory for findings");
    }
    return report_sort(findings, arena) || error_set(err, ERROR_LIMIT, "no memory for findings");
}

bool match_explain(struct matcher *matcher, struct arena *arena, const struct syntax *syntax,
                   const struct names *names, const struct rule *rule, struct view *text, struct error *err)
{
    const struct ruleset *ruleset = matcher->ruleset;
    struct session *session = ARENA_NEW(arena, struct session);
    struct explanation explanation = {0};
    if (!session || syntax->count == 0) return error_set(err, ERROR_INPUT, "there is nothing to match");
    if (!session_init(session, matcher, arena, syntax, names, err)) return false;
    session->evaluation.explanation = &explanation;
    for (uint32_t i = 0; i < ruleset_count(ruleset); i++) {
        const struct program *program = ruleset_program(ruleset, i);
        if (program->rule != rule) continue;
        struct range_list ranges = {0};
        if (!is_for(matcher, &session->evaluation, rule)) {
            explain(&session->evaluation, "the rule is not for %s, or not for this path or version",
                    syntax->source->language->word);
        } else {
            run(session, program, &ranges);
            explain(&session->evaluation, "%s: %u finding%s",
                    session->evaluation.is_undecided ? "undecided, out of steps" : "done", ranges.count,
                    ranges.count == 1 ? "" : "s");
        }
    }
    *text = view_make(explanation.text.items, explanation.text.count);
    return !arena->is_exhausted || error_set(err, ERROR_LIMIT, "no memory for the explanation");
}
