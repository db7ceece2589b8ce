#include "cordon/sweep.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/io.h"
#include "cordon/isolate.h"
#include "cordon/job.h"
#include "cordon/modules.h"
#include "cordon/narrow.h"
#include "cordon/place.h"
#include "cordon/style.h"

enum { THREADS_MAX = 16, PROGRESS_FROM_FILES = 200, PROGRESS_EVERY_MS = 200 };

/* What became of one file. */
struct outcome {
    enum { OUTCOME_PENDING, OUTCOME_CHECKED, OUTCOME_OTHER, OUTCOME_FAILED } state;
    bool is_approved;
    uint32_t finding_count, known_count;
    struct fragment fragments[WRITERS_MAX];
    struct error error;
    struct arena arena; /* of the capability sets */
    struct capability_set used, missing;
};

/* One check of many files, shared by its threads. */
struct sweep {
    const struct tally *tally; /* what is set before the check */
    struct verdict_policy policy;
    struct module_list modules;
    struct checker_options checks;
    struct isolate *isolate; /* where sources are checked; NULL: in the threads */
    const struct baseline *baseline;
    const struct audit *audit;
    const struct writer *writers;
    uint32_t writer_count;
    struct outcome *outcomes;
    bool has_color;
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
    for (uint32_t i = 0; i < sweep->writer_count; i++)
        fragment_make(&outcome->fragments[i], sweep->writers[i].format, sweep->tally, report,
                      sweep->has_color && !sweep->writers[i].path);
}

static bool source_check(const struct sweep *sweep, struct checker *checker, struct view path,
                         struct view bytes, const struct language *language, struct report *report,
                         struct error *err)
{
    return sweep->isolate ? isolate_check(sweep->isolate, &sweep->checks, path, bytes, language, report, err)
                          : checker_check(checker, path, bytes, language, report, err);
}

/* Leaves what is new: against the baseline, and against what the file was in the revision. */
static bool outcome_narrow(const struct sweep *sweep, struct checker *checker, const struct walk_file *file,
                           struct report *report, struct outcome *outcome)
{
    if (!sweep->baseline && !file->has_before) return true;
    AUTO_ARENA struct arena arena;
    arena_init(&arena, (size_t)512 << 20);
    struct report before = {0};
    struct line_set changed = {0};
    struct error ignored = {0};
    struct narrowing narrowing = {.baseline = sweep->baseline,
                                  .path = place_shown(&arena, report->source.path)};
    /* A version before that cannot be checked vouches for nothing: then everything is new. */
    if (file->has_before && line_diff(&changed, &arena, file->before, report->source.bytes) &&
        source_check(sweep, checker, report->source.path, file->before, report->source.language, &before,
                     &ignored)) {
        narrowing.before = &before;
        narrowing.changed = &changed;
    }
    bool is_decided = narrow_report(report, &narrowing, &sweep->policy, &outcome->known_count);
    report_clear(&before);
    return is_decided || error_set(&outcome->error, ERROR_LIMIT, "no memory left for the verdict");
}

static void file_check(const struct sweep *sweep, struct checker *checker, const struct walk_file *file,
                       struct outcome *outcome)
{
    AUTO_ARENA struct arena arena;
    arena_init(&arena, (size_t)LIMIT_SOURCE_BYTES_MAX * 4);
    struct job_source source;
    struct report report = {0};
    uint32_t limit = sweep->tally->options->policy.source_limit_bytes;
    outcome->state = OUTCOME_FAILED;
    bool is_read = true;
    if (file->has_bytes)
        job_of_bytes(&source, view_of_cstr(file->path), file->bytes, file->language);
    else
        is_read =
            job_read(&source, &arena, file->path, file->language, limit, file->is_named, &outcome->error);
    if (is_read && !source.language) {
        outcome->state = OUTCOME_OTHER;
        return;
    }
    bool is_checked = is_read && source_check(sweep, checker, source.path, source.bytes, source.language,
                                              &report, &outcome->error);
    is_checked = is_checked && outcome_narrow(sweep, checker, file, &report, outcome);
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
    struct error err = {0};
    struct checker *checker = checker_new(&sweep->checks, &err);
    for (;;) {
        unsigned at = atomic_fetch_add(&sweep->next, 1);
        if (at >= sweep->tally->walk->files.count) break;
        struct outcome outcome = {.state = OUTCOME_FAILED, .error = err};
        if (checker) file_check(sweep, checker, &sweep->tally->walk->files.items[at], &outcome);
        pthread_mutex_lock(&sweep->lock);
        sweep->outcomes[at] = outcome;
        pthread_cond_signal(&sweep->done);
        pthread_mutex_unlock(&sweep->lock);
    }
    checker_free(checker);
    return NULL;
}

void sweep_error(struct tally *tally, struct writer *writers, uint32_t writer_count, const struct error *err)
{
    tally->errors++;
    for (uint32_t i = 0; i < writer_count; i++) writer_error(&writers[i], err);
    if (!report_format_carries_errors(tally->options->format)) job_complain(err);
}

static void outcome_take(struct sweep *sweep, struct tally *tally, struct writer *writers,
                         struct arena *arena, struct outcome *outcome)
{
    switch (outcome->state) {
    case OUTCOME_PENDING:
    case OUTCOME_FAILED:
        sweep_error(tally, writers, sweep->writer_count, &outcome->error);
        break;
    case OUTCOME_OTHER:
        tally->others++;
        break;
    case OUTCOME_CHECKED:
        tally->checked++;
        tally->rejected += !outcome->is_approved;
        tally->findings += outcome->finding_count;
        tally->known += outcome->known_count;
        set_copy(&tally->used, arena, &outcome->used);
        set_copy(&tally->missing, arena, &outcome->missing);
        for (uint32_t i = 0; i < sweep->writer_count; i++) writer_add(&writers[i], &outcome->fragments[i]);
        break;
    }
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
static void outcomes_collect(struct sweep *sweep, struct tally *tally, struct writer *writers,
                             struct arena *arena)
{
    uint32_t count = tally->walk->files.count;
    bool has_progress = count >= PROGRESS_FROM_FILES && isatty(STDERR_FILENO) && !isatty(STDOUT_FILENO);
    uint64_t shown_ms = io_now_ms();
    for (uint32_t i = 0; i < count; i++) {
        pthread_mutex_lock(&sweep->lock);
        while (sweep->outcomes[i].state == OUTCOME_PENDING) pthread_cond_wait(&sweep->done, &sweep->lock);
        pthread_mutex_unlock(&sweep->lock);
        outcome_take(sweep, tally, writers, arena, &sweep->outcomes[i]);
        bool is_due = has_progress && (io_now_ms() - shown_ms >= PROGRESS_EVERY_MS || i + 1 == count);
        if (!is_due) continue;
        progress_print(i + 1, count);
        shown_ms = io_now_ms();
    }
}

bool sweep_run(struct tally *tally, struct writer *writers, uint32_t writer_count,
               const struct baseline *baseline, const struct audit *audit, struct arena *arena,
               struct error *err)
{
    uint32_t count = tally->walk->files.count;
    struct sweep sweep = {
        .tally = tally,
        .policy = policy_verdict(&tally->options->policy, policy_today()), /* one day for the whole sweep */
        .baseline = baseline,
        .audit = audit,
        .writers = writers,
        .writer_count = writer_count,
        .outcomes = ARENA_NEW_ARRAY(arena, struct outcome, count + 1),
        .has_color = style_is_on(tally->options->color, stdout),
        .lock = PTHREAD_MUTEX_INITIALIZER,
        .done = PTHREAD_COND_INITIALIZER,
    };
    if (!sweep.outcomes) return error_set(err, ERROR_LIMIT, "too many files");
    if (!modules_collect(&sweep.modules, arena, tally->options->policy.packages,
                         &tally->options->policy.grant, tally->walk, err))
        return false;
    sweep.checks = (struct checker_options){
        .ruleset = tally->ruleset,
        .policy = sweep.policy,
        .has_faults = tally->options->policy.uses_shipped_rules,
        .modules = &sweep.modules,
        .source_limit_bytes = tally->options->policy.source_limit_bytes,
    };
    bool is_isolated = tally->options->isolation == ISOLATION_ON;
    if (is_isolated && !(sweep.isolate = isolate_open(tally->ruleset, 0, err))) return false;
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    uint32_t wanted = processors < 1 ? 1 : processors > THREADS_MAX ? THREADS_MAX : (uint32_t)processors;
    if (wanted > count) wanted = count;
    pthread_t threads[THREADS_MAX];
    uint32_t started = 0;
    json_object_seed(0);                /* before threads share jansson */
    if (count == 1) sweep_work(&sweep); /* a thread takes longer to make than a small file to check */
    while (count > 1 && started < wanted && pthread_create(&threads[started], NULL, sweep_work, &sweep) == 0)
        started++;
    bool has_begun = started > 0 || count <= 1 || error_set(err, ERROR_SYSTEM, "cannot start a thread");
    if (has_begun) outcomes_collect(&sweep, tally, writers, arena);
    for (uint32_t i = 0; i < started; i++) pthread_join(threads[i], NULL);
    isolate_close(sweep.isolate);
    return has_begun;
}
