/* cmd_check.c - `cordon check`: every source through the analyzer, on all processors, reported in the order
 * of the walk. */
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/io.h"
#include "cordon/commands.h"
#include "cordon/diagnostic.h"
#include "cordon/explain.h"
#include "cordon/job.h"
#include "cordon/report_json.h"
#include "cordon/rulepack.h"
#include "cordon/style.h"
#include "cordon/walk.h"

enum { THREADS_MAX = 16, PROGRESS_FROM_FILES = 200, PROGRESS_EVERY_MS = 200 };

/* What became of one file. */
struct outcome {
    enum { OUTCOME_PENDING, OUTCOME_CHECKED, OUTCOME_OTHER, OUTCOME_FAILED } state;
    bool is_approved;
    uint32_t finding_count;
    char *text; /* diagnostics */
    size_t text_bytes;
    json_t *json;
    struct error error;
    struct arena arena; /* of the capability sets */
    struct capability_set used, missing;
};

/* One check of many files, shared by its threads. */
struct sweep {
    const struct options *options;
    const struct ruleset *ruleset;
    const struct walk *walk;
    struct outcome *outcomes;
    bool has_color;
    uint32_t today; /* one day for the whole sweep */
    const struct audit *audit;
    atomic_uint next;
    pthread_mutex_t lock;
    pthread_cond_t done;
};

/* A use of a capability outlives its report in the outcome's own arena. */
static void set_copy(struct capability_set *to, struct arena *arena, const struct capability_set *from)
{
    ARRAY_FOREACH (const struct capability, item, from) {
        struct capability copy = *item;
        copy.argument = arena_copy(arena, item->argument);
        capability_set_add(to, arena, copy);
    }
}

static void outcome_report(const struct sweep *sweep, struct outcome *outcome, const struct report *report)
{
    outcome->is_approved = report->verdict.decision == DECISION_APPROVE;
    outcome->finding_count = report->findings.count;
    arena_init(&outcome->arena, 1 << 20);
    set_copy(&outcome->used, &outcome->arena, &report->verdict.used);
    set_copy(&outcome->missing, &outcome->arena, &report->verdict.missing);
    if (sweep->options->format == FORMAT_JSON) {
        outcome->json = report_json_source(report);
        return;
    }
    FILE *out = open_memstream(&outcome->text, &outcome->text_bytes);
    if (!out) return;
    if (sweep->options->format == FORMAT_AGENT)
        explain_agent(out, report);
    else
        diagnostic_print(out, report, true, sweep->has_color);
    if (sweep->options->has_explanation) explain_table(out, report);
    fclose(out);
}

static void file_check(const struct sweep *sweep, struct checker *checker, const struct walk_file *file,
                       struct outcome *outcome)
{
    AUTO_ARENA struct arena arena;
    arena_init(&arena, (size_t)LIMIT_SOURCE_BYTES_MAX * 4);
    struct job_source source;
    struct report report = {0};
    uint32_t limit = sweep->options->policy.source_limit_bytes;
    outcome->state = OUTCOME_FAILED;
    bool is_read =
        job_read(&source, &arena, file->path, file->language, limit, file->is_named, &outcome->error);
    if (is_read && !source.language) {
        outcome->state = OUTCOME_OTHER;
        return;
    }
    bool is_checked = is_read && checker_check(checker, source.path, source.bytes, source.language, &report,
                                               &outcome->error);
    if (!is_checked) error_place(&outcome->error, source.path, 0, 0);
    /* What is not on record was not decided. */
    struct error log_err = {0};
    bool is_recorded = record_check(sweep->audit, source.path, source.bytes, is_checked ? &report : NULL,
                                    is_checked ? NULL : &outcome->error, &log_err);
    if (is_checked && is_recorded) {
        outcome->state = OUTCOME_CHECKED;
        outcome_report(sweep, outcome, &report);
    } else if (is_checked) {
        outcome->error = log_err;
    }
    report_clear(&report);
}

static void *sweep_work(void *argument)
{
    struct sweep *sweep = argument;
    struct checker_options options = {
        .ruleset = sweep->ruleset,
        .policy = policy_verdict(&sweep->options->policy, sweep->today),
        .source_limit_bytes = sweep->options->policy.source_limit_bytes,
    };
    struct error err = {0};
    struct checker *checker = checker_new(&options, &err);
    for (;;) {
        unsigned at = atomic_fetch_add(&sweep->next, 1);
        if (at >= sweep->walk->files.count) break;
        struct outcome outcome = {.state = OUTCOME_FAILED, .error = err};
        if (checker) file_check(sweep, checker, &sweep->walk->files.items[at], &outcome);
        pthread_mutex_lock(&sweep->lock);
        sweep->outcomes[at] = outcome;
        pthread_cond_signal(&sweep->done);
        pthread_mutex_unlock(&sweep->lock);
    }
    checker_free(checker);
    return NULL;
}

/* Sums over all files, and the JSON that grows with them. */
struct tally {
    uint32_t checked, rejected, findings, errors, others;
    struct capability_set used, missing;
    json_t *sources, *error_list;
};

static void tally_error(struct tally *tally, const struct options *options, const struct error *err)
{
    tally->errors++;
    if (options->format == FORMAT_JSON)
        json_array_append_new(tally->error_list, report_json_error(err));
    else
        job_complain(err);
}

static void outcome_take(struct tally *tally, const struct options *options, struct arena *arena,
                         struct outcome *outcome)
{
    switch (outcome->state) {
    case OUTCOME_PENDING:
    case OUTCOME_FAILED:
        tally_error(tally, options, &outcome->error);
        break;
    case OUTCOME_OTHER:
        tally->others++;
        break;
    case OUTCOME_CHECKED:
        tally->checked++;
        tally->rejected += !outcome->is_approved;
        tally->findings += outcome->finding_count;
        set_copy(&tally->used, arena, &outcome->used);
        set_copy(&tally->missing, arena, &outcome->missing);
        if (outcome->json) json_array_append_new(tally->sources, outcome->json);
        if (outcome->text_bytes) fwrite(outcome->text, 1, outcome->text_bytes, stdout);
        break;
    }
    free(outcome->text);
    arena_clear(&outcome->arena);
    *outcome = (struct outcome){.state = outcome->state};
}

static void progress_print(uint32_t done, uint32_t count)
{
    fprintf(stderr, "\rcordon: checked %u of %u files", done, count);
    if (done == count) fputs("\r\x1b[K", stderr);
    fflush(stderr);
}

/* Waits for the outcomes in the order of the files and reports each as soon as it is there. */
static void outcomes_collect(struct sweep *sweep, struct tally *tally, struct arena *arena)
{
    uint32_t count = sweep->walk->files.count;
    bool has_progress = count >= PROGRESS_FROM_FILES && isatty(STDERR_FILENO) && !isatty(STDOUT_FILENO);
    uint64_t shown_ms = io_now_ms();
    for (uint32_t i = 0; i < count; i++) {
        pthread_mutex_lock(&sweep->lock);
        while (sweep->outcomes[i].state == OUTCOME_PENDING) pthread_cond_wait(&sweep->done, &sweep->lock);
        pthread_mutex_unlock(&sweep->lock);
        outcome_take(tally, sweep->options, arena, &sweep->outcomes[i]);
        bool is_due = has_progress && (io_now_ms() - shown_ms >= PROGRESS_EVERY_MS || i + 1 == count);
        if (!is_due) continue;
        progress_print(i + 1, count);
        shown_ms = io_now_ms();
    }
}

static bool sweep_run(struct sweep *sweep, struct tally *tally, struct arena *arena, struct error *err)
{
    sweep->outcomes = ARENA_NEW_ARRAY(arena, struct outcome, sweep->walk->files.count + 1);
    if (!sweep->outcomes) return error_set(err, ERROR_LIMIT, "too many files");
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    uint32_t wanted = processors < 1 ? 1 : processors > THREADS_MAX ? THREADS_MAX : (uint32_t)processors;
    if (wanted > sweep->walk->files.count) wanted = sweep->walk->files.count;
    pthread_t threads[THREADS_MAX];
    uint32_t started = 0;
    while (started < wanted && pthread_create(&threads[started], NULL, sweep_work, sweep) == 0) started++;
    if (started == 0 && wanted) return error_set(err, ERROR_SYSTEM, "cannot start a thread");
    outcomes_collect(sweep, tally, arena);
    for (uint32_t i = 0; i < started; i++) pthread_join(threads[i], NULL);
    return true;
}

/* What was looked at and what was not, so that nobody takes silence for a clean bill. */
static void summary_print(const struct tally *tally, const struct walk *walk, bool has_color)
{
    const char *plain = style_code(has_color, STYLE_PLAIN);
    if (tally->rejected || tally->errors)
        fprintf(stderr, "%srejected%s", style_code(has_color, STYLE_RED), plain);
    else if (tally->checked == 0)
        fprintf(stderr, "%snothing was checked%s", style_code(has_color, STYLE_YELLOW), plain);
    else
        fprintf(stderr, "%sapproved%s", style_code(has_color, STYLE_GREEN), plain);
    fprintf(stderr, ": %u source%s checked, %u rejected, %u finding%s", tally->checked,
            tally->checked == 1 ? "" : "s", tally->rejected, tally->findings,
            tally->findings == 1 ? "" : "s");
    if (tally->errors) fprintf(stderr, ", %u could not be read", tally->errors);
    const struct {
        uint32_t count;
        const char *what;
    } left_out[] = {
        {walk->excluded_count, "excluded"},     {walk->ignored_count, "ignored by git"},
        {walk->link_count, "symbolic links"},   {walk->other_count + tally->others, "of another language"},
        {walk->special_count, "special files"},
    };
    const char *before = "; not looked at: ";
    for (size_t i = 0; i < sizeof left_out / sizeof *left_out; i++) {
        if (left_out[i].count == 0) continue;
        fprintf(stderr, "%s%u %s", before, left_out[i].count, left_out[i].what);
        before = ", ";
    }
    fputc('\n', stderr);
}

static void json_print(const struct options *options, const struct walk *walk, const struct tally *tally,
                       bool is_approved)
{
    json_t *verdict = report_json_verdict(tally->sources, tally->error_list, is_approved, &tally->used,
                                          &options->policy.grant, &tally->missing);
    json_object_set_new(verdict, "left_out",
                        json_pack("{s:I, s:I, s:I, s:I, s:I}", "excluded", (json_int_t)walk->excluded_count,
                                  "ignored", (json_int_t)walk->ignored_count, "links",
                                  (json_int_t)walk->link_count, "other_language",
                                  (json_int_t)(walk->other_count + tally->others), "special",
                                  (json_int_t)walk->special_count));
    json_dumpf(verdict, stdout, JSON_INDENT(2));
    fputc('\n', stdout);
    json_decref(verdict);
}

static void walk_errors_take(const struct walk *walk, struct tally *tally, const struct options *options,
                             const struct audit *audit)
{
    ARRAY_FOREACH (const struct walk_error, item, &walk->errors) {
        struct error err = {0};
        error_set(&err, ERROR_INPUT, "%s", item->message);
        error_place(&err, view_of_cstr(item->path), 0, 0);
        struct error log_err;
        if (!record_check(audit, view_of_cstr(item->path), (struct view){0}, NULL, &err, &log_err))
            tally_error(tally, options, &log_err);
        tally_error(tally, options, &err);
    }
}

enum status command_check(const struct options *options, struct arena *arena)
{
    struct error err = {0};
    struct walk walk;
    if (options->operands.count == 0) {
        error_set(&err, ERROR_USAGE, "nothing to check");
        error_remedy(&err, "cordon check PATH..., or - for standard input");
        return job_complain(&err);
    }
    AUTO_AUDIT struct audit audit = {0};
    struct caller caller;
    if (!walk_collect(&walk, arena, options, &err) || !job_audit_open(&audit, &caller, options, &err))
        return job_complain(&err);
    struct ruleset *ruleset =
        rulepack_open(options->policy.uses_shipped_rules, options->policy.rule_paths.items,
                      options->policy.rule_paths.count, &err);
    if (!ruleset) return job_complain(&err);
    audit.rules = ruleset_digest(ruleset);
    struct tally tally = {.sources = json_array(), .error_list = json_array()};
    struct sweep sweep = {
        .options = options,
        .ruleset = ruleset,
        .walk = &walk,
        .has_color = style_is_on(options->color, stdout),
        .today = policy_today(),
        .audit = &audit,
        .lock = PTHREAD_MUTEX_INITIALIZER,
        .done = PTHREAD_COND_INITIALIZER,
    };
    json_object_seed(0); /* before threads share jansson */
    walk_errors_take(&walk, &tally, options, &audit);
    bool has_run = sweep_run(&sweep, &tally, arena, &err);
    ruleset_free(ruleset);
    if (!has_run) return job_complain(&err);
    bool is_approved = tally.rejected == 0 && tally.errors == 0 && tally.checked > 0;
    if (options->format == FORMAT_JSON) {
        json_print(options, &walk, &tally, is_approved);
    } else {
        fflush(stdout);
        summary_print(&tally, &walk, style_is_on(options->color, stderr));
        json_decref(tally.sources);
        json_decref(tally.error_list);
    }
    if (tally.errors || tally.checked == 0) return STATUS_UNDECIDED;
    return tally.rejected && !options->policy.is_report_only ? STATUS_REJECTED : STATUS_OK;
}
