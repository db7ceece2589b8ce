/* cmd_run.c - `cordon run` and `cordon spec`. Standard output is the program's; what cordon says goes to
 * stderr. */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "base/io.h"
#include "cordon/commands.h"
#include "cordon/diagnostic.h"
#include "cordon/explain.h"
#include "cordon/job.h"
#include "cordon/pipeline.h"
#include "cordon/report_json.h"
#include "cordon/style.h"

static bool output_pass(void *context, enum cell_stream stream, struct view bytes)
{
    (void)context;
    struct error err;
    return io_write_all(stream == CELL_STDOUT ? STDOUT_FILENO : STDERR_FILENO, bytes, &err);
}

static enum status status_of_result(const struct result *result)
{
    switch (result->ended) {
    case ENDED_EXITED:
        return (enum status)result->exit_code;
    case ENDED_SIGNALED:
        return (enum status)(128 + result->signal);
    case ENDED_LIMIT:
        if (result->limit == LIMIT_MEMORY) return STATUS_MEMORY;
        return STATUS_TIME;
    case ENDED_REFUSED:
        return STATUS_GATE;
    case ENDED_CANCELED:
        return (enum status)(128 + SIGINT);
    case ENDED_FAILED:
        break;
    }
    return STATUS_FAILED;
}

static void ending_print(const struct options *options, const struct result *result)
{
    if (result->ended == ENDED_LIMIT)
        fprintf(stderr, "cordon: the program was ended at the limit %s (%" PRIu64 " %s)\n",
                limit_word(result->limit), options->policy.limits.values[result->limit],
                limit_unit(result->limit));
    if (result->out.is_truncated || result->err.is_truncated)
        fprintf(stderr, "cordon: output over %" PRIu64 " bytes was cut off (see --output)\n",
                options->policy.limits.values[LIMIT_OUTPUT]);
    const struct artifacts *artifacts = &result->artifacts;
    for (uint32_t i = 0; i < artifacts->skipped_count && i < ARTIFACTS_SKIPPED_MAX; i++) {
        fputs("cordon: not collected: ", stderr);
        style_put(stderr, artifacts->skipped[i].name);
        fprintf(stderr, ": %s\n", artifacts->skipped[i].reason);
    }
    if (artifacts->skipped_count > ARTIFACTS_SKIPPED_MAX)
        fprintf(stderr, "cordon: and %u more were not collected\n",
                artifacts->skipped_count - ARTIFACTS_SKIPPED_MAX);
    if (!options->has_stats) return;
    fprintf(stderr, "cordon: %s", ended_word(result->ended));
    if (result->ended == ENDED_EXITED) fprintf(stderr, " %d", result->exit_code);
    fprintf(stderr,
            "; wall %" PRIu64 " ms, cpu %" PRIu64 " ms, memory %" PRIu64
            " KiB, processes %u, scratch %" PRIu64 " bytes\n",
            result->wall_ms, result->cpu_ms, result->peak_memory_kib, result->peak_processes,
            result->disk_bytes);
}

/* The whole record of a run, with the check under "verdict". */
static void json_print(const struct options *options, const struct audit *audit,
                       const struct pipeline *pipeline, const struct error *err)
{
    json_t *sources = json_array(), *errors = json_array();
    static const struct verdict nothing = {0};
    const struct verdict *verdict = pipeline->was_checked ? &pipeline->report.verdict : &nothing;
    if (pipeline->was_checked) json_array_append_new(sources, report_json_source(&pipeline->report));
    if (err->code != ERROR_NONE) json_array_append_new(errors, report_json_error(err));
    bool is_approved = verdict->decision == DECISION_APPROVE;
    json_t *whole = json_pack("{s:s, s:o, s:s, s:o}", "record", audit->log ? audit->id : "", "verdict",
                              report_json_verdict(sources, errors, is_approved, &verdict->used,
                                                  &options->policy.grant, &verdict->missing),
                              "gate", options->policy.is_report_only ? "warn" : "enforce", "result",
                              result_to_json(&pipeline->result));
    json_dumpf(whole, stdout, JSON_INDENT(2));
    fputc('\n', stdout);
    json_decref(whole);
}

static bool operand_check(const struct options *options, struct error *err)
{
    if (options->operands.count == 1) return true;
    error_set(err, ERROR_USAGE, options->operands.count ? "more than one program" : "no program");
    return error_remedy(err, "name one file, or - for standard input; the program's arguments go behind --");
}

static bool source_open(const struct options *options, struct arena *arena, struct job_source *source,
                        struct error *err)
{
    return job_read(source, arena, options->operands.items[0], options->language,
                    options->policy.source_limit_bytes, true, err);
}

/* From the source to a cell that may start, or to a refusal; either is on record. False: cordon failed. */
static bool program_prepare(const struct options *options, struct arena *arena, struct audit *audit,
                            struct pipeline *pipeline, struct error *err)
{
    struct job_source source = {.path = view_of_cstr(options->operands.items[0])};
    bool is_ready =
        source_open(options, arena, &source, err) && pipeline_prepare(pipeline, arena, options, &source, err);
    keyring_wipe_environment(options->policy.secrets.items, options->policy.secrets.count);
    if (pipeline->ruleset) audit->rules = ruleset_digest(pipeline->ruleset);
    const struct report *report = pipeline->was_checked ? &pipeline->report : NULL;
    struct error log_err;
    if (!is_ready) return record_refuse(audit, source.path, source.bytes, report, err, &log_err) && false;
    if (options->format == FORMAT_TEXT && report->findings.count)
        diagnostic_print(stderr, report, false, style_is_on(options->color, stderr));
    if (pipeline->result.ended == ENDED_REFUSED)
        return record_refuse(audit, source.path, source.bytes, report, NULL, err);
    return record_start(audit, report, &pipeline->spec, err);
}

/* False: cordon failed. */
static bool program_run(const struct options *options, struct arena *arena, struct audit *audit,
                        struct pipeline *pipeline, struct error *err)
{
    cgroup_prepare(); /* while the program is checked */
    if (!program_prepare(options, arena, audit, pipeline, err)) {
        pipeline->result.ended = ENDED_FAILED;
        return false;
    }
    if (pipeline->result.ended == ENDED_REFUSED) return true;
    bool is_source_stdin = strcmp(options->operands.items[0], "-") == 0;
    AUTO_FD int signals = job_signals_watch();
    struct cell_io io = {
        .stdin_fd = is_source_stdin ? -1 : STDIN_FILENO,
        .on_output = options->format == FORMAT_TEXT ? output_pass : NULL,
        .cancel_fd = signals,
    };
    pipeline->has_run = tooling_run(&pipeline->tooling, &pipeline->egress, NULL, arena, &pipeline->spec,
                                    audit, &io, &pipeline->result, err);
    struct error log_err = {0};
    bool is_recorded = record_end(audit, &pipeline->result, pipeline->has_run ? NULL : err, &log_err);
    if (is_recorded || !pipeline->has_run) return pipeline->has_run;
    *err = log_err;
    return false;
}

enum status command_run(const struct options *options, struct arena *arena)
{
    struct error err = {0};
    AUTO_AUDIT struct audit audit = {0};
    struct caller caller;
    struct pipeline pipeline = {.result = {.exit_code = -1, .limit = LIMIT_NONE}};
    bool is_done = operand_check(options, &err) && job_audit_open(&audit, &caller, options, &err) &&
                   program_run(options, arena, &audit, &pipeline, &err);
    if (!is_done && options->format != FORMAT_JSON) job_complain(&err);
    if (is_done && options->format == FORMAT_TEXT && pipeline.result.ended == ENDED_REFUSED)
        fputs("cordon: the gate rejected the program; it was not run\n", stderr);
    else if (is_done && options->format == FORMAT_TEXT)
        ending_print(options, &pipeline.result);
    if (is_done && options->format == FORMAT_AGENT) {
        explain_agent(stdout, &pipeline.report);
        if (pipeline.result.ended != ENDED_REFUSED) explain_agent_result(stdout, &pipeline.result);
    }
    if (options->format == FORMAT_JSON) json_print(options, &audit, &pipeline, &err);
    enum status status = is_done ? status_of_result(&pipeline.result) : STATUS_FAILED;
    pipeline_clear(&pipeline);
    return status;
}

static void spec_text_print(const struct spec *spec)
{
    printf("runs      %s", spec->runtime.interpreter);
    for (uint32_t i = 0; i < spec->runtime.argument_count; i++) printf(" %s", spec->runtime.arguments[i]);
    printf(" %s", spec->runtime.program_file);
    for (uint32_t i = 0; i < spec->argument_count; i++) {
        putchar(' ');
        style_put(stdout, view_of_cstr(spec->arguments[i]));
    }
    printf("\nin        %s (writable, %" PRIu64 " bytes; also /tmp)\n", SPEC_SCRATCH,
           spec->limits.values[LIMIT_DISK]);
    puts(spec->has_network ? "network   loopback alone; on it the gateway, which connects to what is granted"
                           : "network   none");
    puts("user      nobody (65534), no capabilities, no new privileges");
    printf("variables %u", spec->environment_count);
    for (uint32_t i = 0; i < spec->environment_count; i++) {
        struct view name, value;
        view_split(view_of_cstr(spec->environment[i]), '=', &name, &value);
        putchar(' ');
        style_put(stdout, name); /* never the value: it may be a secret */
    }
    puts("\nreads");
    for (uint32_t i = 0; i < spec->runtime.path_count; i++) printf("  %s\n", spec->runtime.paths[i]);
    if (spec->runtime.library_count)
        printf("  %s  (%u libraries of the runtime and what was granted)\n", spec->runtime.library_place,
               spec->runtime.library_count);
    for (uint32_t i = 0; i < spec->bind_count; i++) {
        fputs("  ", stdout);
        style_put(stdout, view_of_cstr(spec->binds[i].path));
        puts(spec->binds[i].place         ? "  (packages)"
             : spec->binds[i].is_writable ? "  (granted, writable)"
                                          : "  (granted)");
    }
    puts("limits");
    for (int i = 0; i < LIMIT_COUNT; i++)
        printf("  %-14s %" PRIu64 " %s\n", limit_word((enum limit)i), spec->limits.values[i],
               limit_unit((enum limit)i));
}

enum status command_spec(const struct options *options, struct arena *arena)
{
    struct error err = {0};
    struct job_source source;
    struct pipeline pipeline = {0};
    if (!operand_check(options, &err) || !source_open(options, arena, &source, &err) ||
        !pipeline_plan(&pipeline, arena, options, &source, &err))
        return job_complain(&err);
    if (options->format == FORMAT_JSON) {
        json_t *spec = spec_to_json(&pipeline.spec);
        json_dumpf(spec, stdout, JSON_INDENT(2));
        fputc('\n', stdout);
        json_decref(spec);
    } else {
        spec_text_print(&pipeline.spec);
    }
    pipeline_clear(&pipeline);
    return STATUS_OK;
}
