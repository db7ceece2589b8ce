/* cmd_check.c - `cordon check`: which files, measured by what; reported in which formats; decided. */
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "cordon/change.h"
#include "cordon/commands.h"
#include "cordon/job.h"
#include "cordon/rulepack.h"
#include "cordon/style.h"
#include "cordon/sweep.h"

/* What was looked at and what was not, so that nobody takes silence for a clean bill. */
static void left_out_print(const struct tally *tally)
{
    const struct walk *walk = tally->walk;
    const struct {
        uint32_t count;
        const char *what;
    } left_out[] = {
        {walk->excluded_count, "excluded"},     {walk->ignored_count, "ignored by git"},
        {walk->link_count, "symbolic links"},   {walk->other_count + tally->others, "of another language"},
        {walk->special_count, "special files"}, {walk->unchanged_count, "unchanged"},
    };
    const char *before = "; not looked at: ";
    for (size_t i = 0; i < sizeof left_out / sizeof *left_out; i++) {
        if (left_out[i].count == 0) continue;
        fprintf(stderr, "%s%u %s", before, left_out[i].count, left_out[i].what);
        before = ", ";
    }
}

static void summary_print(const struct tally *tally, bool has_color)
{
    const char *plain = style_code(has_color, STYLE_PLAIN);
    if (tally->rejected || tally->errors)
        fprintf(stderr, "%srejected%s", style_code(has_color, STYLE_RED), plain);
    else if (!tally->is_approved)
        fprintf(stderr, "%snothing was checked%s", style_code(has_color, STYLE_YELLOW), plain);
    else
        fprintf(stderr, "%sapproved%s", style_code(has_color, STYLE_GREEN), plain);
    fprintf(stderr, ": %u source%s checked, %u rejected, %u finding%s", tally->checked,
            tally->checked == 1 ? "" : "s", tally->rejected, tally->findings,
            tally->findings == 1 ? "" : "s");
    if (tally->known) fprintf(stderr, " besides %u known", tally->known);
    if (tally->errors) fprintf(stderr, ", %u could not be read", tally->errors);
    left_out_print(tally);
    fputc('\n', stderr);
}

static void walk_errors_take(const struct walk *walk, struct tally *tally, struct writer *writers,
                             uint32_t count, const struct audit *audit)
{
    ARRAY_FOREACH (const struct walk_error, item, &walk->errors) {
        struct error err = {0};
        error_set(&err, ERROR_INPUT, "%s", item->message);
        error_place(&err, view_of_cstr(item->path), 0, 0);
        struct error log_err;
        if (!record_check(audit, view_of_cstr(item->path), (struct view){0}, NULL, &err, &log_err))
            sweep_error(tally, writers, count, &log_err);
        sweep_error(tally, writers, count, &err);
    }
}

/* Which files, with which contents. */
static bool files_find(struct walk *walk, struct arena *arena, const struct options *options,
                       struct error *err)
{
    if (options->is_staged) return change_staged(walk, arena, options, err);
    if (options->operands.count == 0) {
        error_set(err, ERROR_USAGE, "nothing to check");
        return error_remedy(err, "cordon check PATH..., or - for standard input");
    }
    return walk_collect(walk, arena, options, err) &&
           (!options->diff || change_since(walk, arena, options->diff, err));
}

static bool writers_open(struct writer *writers, uint32_t *count, const struct options *options,
                         struct error *err)
{
    if (options->outputs.count >= WRITERS_MAX)
        return error_set(err, ERROR_LIMIT, "at most %d reports", WRITERS_MAX);
    if (!writer_open(&writers[(*count)++], options->format, NULL, err)) return false;
    ARRAY_FOREACH (const struct report_output, output, &options->outputs)
        if (!writer_open(&writers[(*count)++], output->format, output->path, err)) return false;
    return true;
}

/* True where every report is whole where it should be. */
static bool writers_close(struct writer *writers, uint32_t count, const struct tally *tally)
{
    bool is_whole = true;
    for (uint32_t i = 0; i < count; i++) {
        struct error err = {0};
        if (writer_close(&writers[i], tally, &err)) continue;
        job_complain(&err);
        is_whole = false;
    }
    return is_whole;
}

/* Between the files and the decision. False: no decision. */
static bool files_check(struct tally *tally, const struct audit *audit, struct arena *arena,
                        struct error *err)
{
    const struct options *options = tally->options;
    struct writer writers[WRITERS_MAX] = {0};
    struct baseline baseline;
    uint32_t count = 0;
    if (options->baseline && !baseline_read(&baseline, arena, options->baseline, err)) return false;
    bool has_run = writers_open(writers, &count, options, err);
    if (has_run) {
        walk_errors_take(tally->walk, tally, writers, count, audit);
        has_run = sweep_run(tally, writers, count, options->baseline ? &baseline : NULL, audit, arena, err);
    }
    tally->ended = time(NULL);
    bool has_checked = tally->checked > 0 || tally->walk->is_of_changes;
    tally->is_approved = has_run && tally->rejected == 0 && tally->errors == 0 && has_checked;
    if (has_run && !writers_close(writers, count, tally)) tally->errors++;
    for (uint32_t i = 0; i < count; i++) writer_abandon(&writers[i]);
    return has_run;
}

enum status command_check(const struct options *options, struct arena *arena)
{
    struct error err = {0};
    struct walk walk;
    struct tally tally = {.options = options, .walk = &walk, .started = time(NULL)};
    AUTO_AUDIT struct audit audit = {0};
    struct caller caller;
    if (!files_find(&walk, arena, options, &err) || !job_audit_open(&audit, &caller, options, &err))
        return job_complain(&err);
    struct ruleset *ruleset =
        rulepack_open(options->policy.uses_shipped_rules, options->policy.rule_paths.items,
                      options->policy.rule_paths.count, &err);
    if (!ruleset) return job_complain(&err);
    audit.rules = ruleset_digest(ruleset);
    tally.ruleset = ruleset;
    bool has_run = files_check(&tally, &audit, arena, &err);
    ruleset_free(ruleset);
    if (!has_run) return job_complain(&err);
    if (!report_format_carries_errors(options->format))
        summary_print(&tally, style_is_on(options->color, stderr));
    if (tally.errors || (!tally.rejected && !tally.is_approved)) return STATUS_UNDECIDED;
    return tally.rejected && !options->policy.is_report_only ? STATUS_REJECTED : STATUS_OK;
}
