#include "analyzer/analyzer.h"

#include <stdlib.h>

#include "analyzer/fingerprint.h"
#include "analyzer/guard.h"
#include "analyzer/match.h"
#include "analyzer/names.h"
#include "analyzer/syntax.h"
#include "analyzer/syntax_print.h"
#include "base/trace.h"

struct checker {
    struct checker_options options;
    struct syntax_parser *parser;
    struct matcher *matcher;
};

struct checker *checker_new(const struct checker_options *options, struct error *err)
{
    if (options->source_limit_bytes > LIMIT_SOURCE_BYTES_MAX) {
        error_set(err, ERROR_LIMIT, "a source limit of %u bytes", options->source_limit_bytes);
        error_remedy(err, "at most %u", LIMIT_SOURCE_BYTES_MAX);
        return NULL;
    }
    struct checker *checker = calloc(1, sizeof *checker);
    if (checker) {
        checker->options = *options;
        if (!checker->options.source_limit_bytes) checker->options.source_limit_bytes = LIMIT_SOURCE_BYTES;
        if (!checker->options.parse_deadline_ms) checker->options.parse_deadline_ms = LIMIT_PARSE_MS;
        checker->parser = syntax_parser_new();
        checker->matcher = matcher_new(options->ruleset);
    }
    if (checker && checker->matcher && options->ignores_rule_paths) matcher_ignore_paths(checker->matcher);
    if (checker && checker->matcher && options->is_hurried) matcher_hurry(checker->matcher);
    if (checker && checker->parser && checker->matcher) return checker;
    checker_free(checker);
    error_set(err, ERROR_SYSTEM, "no memory for a checker");
    return NULL;
}

void checker_free(struct checker *checker)
{
    if (!checker) return;
    syntax_parser_free(checker->parser);
    matcher_free(checker->matcher);
    free(checker);
}

void report_init(struct report *report, size_t source_bytes, size_t judged_bytes)
{
    *report = (struct report){0};
    /* The line table of a source over the limit is bounded by its own size, once. */
    arena_init(&report->arena,
               LIMIT_ARENA_FLOOR_BYTES + LIMIT_ARENA_BYTES_PER_BYTE * judged_bytes + 8 * source_bytes);
}

void report_clear(struct report *report)
{
    arena_clear(&report->arena);
    *report = (struct report){0};
}

/* Through the guards and the parser. `syntax->count` 0 or findings: go no further. */
static bool source_parse(struct checker *checker, struct view path, struct view bytes,
                         const struct language *language, struct report *report, struct syntax *syntax,
                         struct error *err)
{
    *syntax = (struct syntax){0};
    size_t judged_bytes = bytes.length < checker->options.source_limit_bytes
                              ? bytes.length
                              : checker->options.source_limit_bytes;
    report_init(report, bytes.length, judged_bytes);
    return source_init(&report->source, &report->arena, path, bytes, language, err) &&
           guard_scan(&report->source, checker->options.source_limit_bytes, &report->arena, &report->findings,
                      err) &&
           (report->findings.count ||
            syntax_parse(checker->parser, &report->arena, &report->source, checker->options.parse_deadline_ms,
                         syntax, &report->findings, err));
}

/* Whether the tree is all there, if not all of it is code: then the rules run too, so that a refusal for its
 * syntax says all that is wrong with a source. */
static bool tree_is_there(const struct syntax *syntax, const struct finding_list *findings)
{
    bool is_there = syntax->count > 0;
    ARRAY_FOREACH (const struct finding, finding, findings)
        is_there &= view_equals_cstr(finding->rule_id, guard_id(GUARD_SYNTAX)) ||
                    view_equals_cstr(finding->rule_id, guard_id(GUARD_AMBIGUOUS));
    return is_there;
}

static int finding_order(const void *left, const void *right)
{
    const struct finding *a = left, *b = right;
    if (a->start != b->start) return a->start < b->start ? -1 : 1;
    if (a->end != b->end) return a->end < b->end ? -1 : 1;
    return view_compare(a->rule_id, b->rule_id);
}

/* Findings in their order, and what they come to. */
static bool report_end(struct checker *checker, struct report *report, struct error *err)
{
    struct arena *arena = &report->arena;
    struct view path = report->source.path;
    if (report->findings.count)
        qsort(report->findings.items, report->findings.count, sizeof *report->findings.items, finding_order);
    ARRAY_FOREACH (struct finding, finding, &report->findings)
        if (finding->capability.kind != CAPABILITY_NONE)
            capability_use_normalize(&finding->capability, arena, VIEW("/scratch"));
    if (!fingerprint_findings(&report->source, arena, &report->findings))
        return error_set(err, ERROR_LIMIT, "no memory left for the findings");
    if (!verdict_decide(&report->verdict, arena, &checker->options.policy, report->source.digest.hex,
                        &report->findings))
        return error_set(err, ERROR_LIMIT, "no memory left for the verdict");
    TRACE("verdict", "%.*s: %u findings, %s", VIEW_ARGS(path), report->findings.count,
          decision_word(report->verdict.decision));
    return true;
}

bool checker_check(struct checker *checker, struct view path, struct view bytes,
                   const struct language *language, struct report *report, struct error *err)
{
    struct syntax syntax;
    struct names names;
    struct arena *arena = &report->arena;
    if (!source_parse(checker, path, bytes, language, report, &syntax, err)) return false;
    TRACE("syntax", "%.*s: %u nodes, %u guard findings", VIEW_ARGS(path), syntax.count,
          report->findings.count);
    bool is_there = tree_is_there(&syntax, &report->findings), is_whole = is_there && !report->findings.count;
    if (is_there && !names_resolve(arena, &syntax, &names, &report->findings, err)) return false;
    if (is_there && tree_is_there(&syntax, &report->findings) &&
        !match_run(checker->matcher, arena, &syntax, &names, &report->findings, err))
        return false;
    if (is_whole && checker->options.has_faults &&
        !fault_scan(arena, &syntax, &names, checker->options.modules, &report->findings, err))
        return false;
    return report_end(checker, report, err);
}

bool checker_check_text(struct checker *checker, struct view path, struct view bytes, struct report *report,
                        struct error *err)
{
    struct syntax syntax = {.source = &report->source};
    struct names names = {0};
    *report = (struct report){0};
    arena_init(&report->arena, LIMIT_ARENA_FLOOR_BYTES + LIMIT_ARENA_BYTES_PER_BYTE * bytes.length);
    if (bytes.length > checker->options.source_limit_bytes)
        return error_set(err, ERROR_LIMIT, "the text has more than %u bytes",
                         checker->options.source_limit_bytes);
    if (!source_init(&report->source, &report->arena, path, bytes, NULL, err)) return false;
    syntax.symbols = symbol_table_new(&report->arena, 16);
    if (!syntax.symbols) return error_set(err, ERROR_LIMIT, "no memory left for the text");
    return match_run(checker->matcher, &report->arena, &syntax, &names, &report->findings, err) &&
           report_end(checker, report, err);
}

bool checker_read_shell(struct checker *checker, struct view path, struct view bytes, struct report *report,
                        struct shell_text *text, struct error *err)
{
    struct syntax syntax;
    struct names names;
    *text = (struct shell_text){0};
    if (!source_parse(checker, path, bytes, &languages[LANGUAGE_BASH], report, &syntax, err)) return false;
    if (!syntax.count) return true;
    return names_resolve(&report->arena, &syntax, &names, &report->findings, err) &&
           shell_text_read(text, &report->arena, &syntax, &names, err);
}

bool checker_print_tree(struct checker *checker, struct view path, struct view bytes,
                        const struct language *language, struct report *report, struct view *text,
                        struct error *err)
{
    struct syntax syntax;
    *text = (struct view){0};
    if (!source_parse(checker, path, bytes, language, report, &syntax, err)) return false;
    return !syntax.count || syntax_print(&report->arena, &syntax, text, err);
}

bool checker_print_names(struct checker *checker, struct view path, struct view bytes,
                         const struct language *language, struct report *report, struct view *text,
                         struct error *err)
{
    struct syntax syntax;
    struct names names;
    *text = (struct view){0};
    if (!source_parse(checker, path, bytes, language, report, &syntax, err)) return false;
    if (!syntax.count || report->findings.count) return true;
    return names_resolve(&report->arena, &syntax, &names, &report->findings, err) &&
           names_print(&report->arena, &syntax, &names, text, err);
}

bool checker_explain(struct checker *checker, const struct rule *rule, struct view path, struct view bytes,
                     const struct language *language, struct report *report, struct view *text,
                     struct error *err)
{
    struct syntax syntax;
    struct names names;
    *text = (struct view){0};
    if (!source_parse(checker, path, bytes, language, report, &syntax, err)) return false;
    if (!syntax.count || report->findings.count) return true;
    return names_resolve(&report->arena, &syntax, &names, &report->findings, err) &&
           match_explain(checker->matcher, &report->arena, &syntax, &names, rule, text, err);
}
