/* cmd_stages.c - `cordon tree`, `names` and `match --explain`: what each stage of the analyzer saw. */
#include <stdio.h>

#include "cordon/commands.h"
#include "cordon/diagnostic.h"
#include "cordon/job.h"
#include "cordon/rulepack.h"
#include "cordon/style.h"

enum stage { STAGE_TREE, STAGE_NAMES, STAGE_MATCH };

static bool stage_print(enum stage stage, struct checker *checker, const struct rule *rule,
                        const struct job_source *source, struct report *report, struct view *text,
                        struct error *err)
{
    switch (stage) {
    case STAGE_TREE:
        return checker_print_tree(checker, source->path, source->bytes, source->language, report, text, err);
    case STAGE_NAMES:
        return checker_print_names(checker, source->path, source->bytes, source->language, report, text, err);
    case STAGE_MATCH:
        return checker_explain(checker, rule, source->path, source->bytes, source->language, report, text,
                               err);
    }
    return false;
}

static const struct rule *rule_find(const struct ruleset *ruleset, const char *id, struct error *err)
{
    const struct rule *rule = ruleset_find(ruleset, view_of_cstr(id));
    if (rule) return rule;
    error_set(err, ERROR_USAGE, "no rule '%.100s'", id);
    error_remedy(err, "cordon rules list shows the ids");
    return NULL;
}

static enum status stage_run(enum stage stage, const struct options *options, struct arena *arena)
{
    struct error err = {0};
    struct job_source source;
    if (options->operands.count != 1 || (stage == STAGE_MATCH && !options->explain)) {
        error_set(&err, ERROR_USAGE, options->operands.count == 1 ? "no rule" : "one file is wanted");
        error_remedy(&err, stage == STAGE_MATCH ? "cordon match --explain RULE FILE"
                                                : "name a file, or - for standard input");
        return job_complain(&err);
    }
    uint32_t limit = options->policy.source_limit_bytes;
    if (!job_read(&source, arena, options->operands.items[0], options->language, limit, true, &err))
        return job_complain(&err);
    struct ruleset *ruleset = stage == STAGE_MATCH ? rulepack_open(options->policy.uses_shipped_rules,
                                                                   options->policy.rule_paths.items,
                                                                   options->policy.rule_paths.count, &err)
                                                   : ruleset_new();
    if (!ruleset || (stage != STAGE_MATCH && !ruleset_compile(ruleset, &err))) return job_complain(&err);
    struct checker_options checks = {.ruleset = ruleset, .source_limit_bytes = limit};
    struct checker *checker = checker_new(&checks, &err);
    const struct rule *rule = stage == STAGE_MATCH ? rule_find(ruleset, options->explain, &err) : NULL;
    struct report report = {0};
    struct view text = {0};
    bool is_printed = checker && (stage != STAGE_MATCH || rule) &&
                      stage_print(stage, checker, rule, &source, &report, &text, &err);
    if (is_printed) {
        fwrite(text.bytes ? text.bytes : "", 1, text.length, stdout);
        fflush(stdout);
        diagnostic_print(stderr, &report, true, style_is_on(options->color, stderr));
    } else {
        job_complain(&err);
    }
    bool is_refused = report.findings.count > 0;
    report_clear(&report);
    checker_free(checker);
    ruleset_free(ruleset);
    return !is_printed ? STATUS_UNDECIDED : is_refused ? STATUS_REJECTED : STATUS_OK;
}

enum status command_tree(const struct options *options, struct arena *arena)
{
    return stage_run(STAGE_TREE, options, arena);
}

enum status command_names(const struct options *options, struct arena *arena)
{
    return stage_run(STAGE_NAMES, options, arena);
}

enum status command_match(const struct options *options, struct arena *arena)
{
    return stage_run(STAGE_MATCH, options, arena);
}
