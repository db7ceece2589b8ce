/* library.c - libcordon: cordon.h over the pipeline. */
#include "cordon/cordon.h"

#include <stdio.h>
#include <stdlib.h>

#include "cordon/job.h"
#include "cordon/policy.h"
#include "cordon/report_json.h"
#include "cordon/rulepack.h"

enum { GATE_ARENA_BYTES = 1 << 20, ANSWER_ARENA_BYTES = 512 << 20 };

struct cordon_gate {
    struct arena arena;
    struct ruleset *ruleset;
    struct policy policy;
};

struct cordon_answer {
    struct arena arena;
    struct error error;
    char error_text[1400];
    bool is_approved, has_result;
    struct result result;
    char *json;
};

const char *cordon_version(void)
{
    return CORDON_VERSION;
}

static bool grant_parse(struct cordon_gate *gate, const char *text, struct error *err)
{
    struct view word, argument;
    view_split(view_of_cstr(text), '=', &word, &argument);
    enum capability_kind kind = capability_kind_of_word(word);
    if (kind != CAPABILITY_NONE)
        return policy_grant(&gate->policy, &gate->arena, kind, argument, "grants", 0, err);
    const char *nearest = capability_word_nearest(word);
    error_set(err, ERROR_USAGE, "unknown capability '%.*s'", VIEW_ARGS(view_slice(word, 0, 60)));
    return nearest ? error_remedy(err, "did you mean %s?", nearest) : false;
}

static bool gate_fill(struct cordon_gate *gate, const struct cordon_gate_options *options, struct error *err)
{
    struct policy *policy = &gate->policy;
    struct arena *arena = &gate->arena;
    if (options->struct_size < sizeof *options)
        return error_set(err, ERROR_USAGE, "struct_size is not the size of struct cordon_gate_options");
    if (!policy_open(policy, arena, options->policy ? options->policy : "agent", err)) return false;
    if (options->reject_at &&
        !policy_set_reject_at(policy, arena, view_of_cstr(options->reject_at), "reject_at", 0, err))
        return false;
    for (size_t i = 0; i < options->grant_count; i++)
        if (!grant_parse(gate, options->grants[i], err)) return false;
    for (size_t i = 0; i < options->rule_path_count; i++) {
        struct view path = arena_copy(arena, view_of_cstr(options->rule_paths[i]));
        if (!path.bytes || !policy_add_rules(policy, arena, path.bytes, "rule_paths", 0, err)) return false;
    }
    policy_seal(policy);
    gate->ruleset =
        rulepack_open(policy->uses_shipped_rules, policy->rule_paths.items, policy->rule_paths.count, err);
    return gate->ruleset != NULL;
}

struct cordon_gate *cordon_gate_open(const struct cordon_gate_options *options, char *error,
                                     size_t error_size)
{
    struct error err = {0};
    struct cordon_gate *gate = calloc(1, sizeof *gate);
    if (gate) {
        arena_init(&gate->arena, GATE_ARENA_BYTES);
        if (gate_fill(gate, options, &err)) return gate;
    } else {
        error_set(&err, ERROR_SYSTEM, "no memory for a gate");
    }
    if (error && error_size) error_format(&err, error, error_size);
    cordon_gate_close(gate);
    return NULL;
}

void cordon_gate_close(struct cordon_gate *gate)
{
    if (!gate) return;
    ruleset_free(gate->ruleset);
    arena_clear(&gate->arena);
    free(gate);
}

static bool source_set(struct job_source *source, const char *path, const char *language, const void *bytes,
                       size_t length, struct error *err)
{
    *source = (struct job_source){view_of_cstr(path ? path : "<memory>"), view_make(bytes, length),
                                  language ? language_of_word(view_of_cstr(language)) : NULL};
    if (source->language) return true;
    error_set(err, ERROR_USAGE, "unknown language '%.60s'", language ? language : "");
    return error_remedy(err, "python, javascript or typescript");
}

static bool gate_check(const struct cordon_gate *gate, const struct job_source *source, struct report *report,
                       struct error *err)
{
    struct checker_options options = {
        .ruleset = gate->ruleset,
        .policy = policy_verdict(&gate->policy, policy_today()),
        .source_limit_bytes = gate->policy.source_limit_bytes,
    };
    struct checker *checker = checker_new(&options, err);
    bool is_checked =
        checker && checker_check(checker, source->path, source->bytes, source->language, report, err);
    checker_free(checker);
    return is_checked;
}

static json_t *verdict_json(const struct cordon_gate *gate, const struct report *report, bool was_checked,
                            const struct error *err)
{
    static const struct verdict nothing = {0};
    const struct verdict *verdict = was_checked ? &report->verdict : &nothing;
    json_t *sources = json_array(), *errors = json_array();
    if (was_checked) json_array_append_new(sources, report_json_source(report));
    if (err->code != ERROR_NONE) json_array_append_new(errors, report_json_error(err));
    return report_json_verdict(sources, errors, verdict->decision == DECISION_APPROVE, &verdict->used,
                               &gate->policy.grant, &verdict->missing);
}

static void answer_finish(struct cordon_answer *answer, json_t *whole)
{
    answer->json = json_dumps(whole, JSON_INDENT(2));
    json_decref(whole);
    if (answer->error.code != ERROR_NONE)
        error_format(&answer->error, answer->error_text, sizeof answer->error_text);
}

static struct cordon_answer *answer_new(void)
{
    struct cordon_answer *answer = calloc(1, sizeof *answer);
    if (!answer) return NULL;
    arena_init(&answer->arena, ANSWER_ARENA_BYTES);
    answer->result = (struct result){.exit_code = -1, .limit = LIMIT_NONE};
    return answer;
}

struct cordon_answer *cordon_check(const struct cordon_gate *gate, const char *path, const char *language,
                                   const void *bytes, size_t length)
{
    struct cordon_answer *answer = answer_new();
    if (!answer) return NULL;
    struct job_source source;
    struct report report = {0};
    bool was_checked = source_set(&source, path, language, bytes, length, &answer->error) &&
                       gate_check(gate, &source, &report, &answer->error);
    answer->is_approved = was_checked && report.verdict.decision == DECISION_APPROVE;
    answer_finish(answer, verdict_json(gate, &report, was_checked, &answer->error));
    report_clear(&report);
    return answer;
}

static bool limits_read(const struct cordon_gate *gate, struct limits *limits,
                        const struct cordon_run_options *options, struct error *err)
{
    *limits = gate->policy.limits;
    for (size_t i = 0; i < options->limit_count; i++) {
        struct view word, value;
        view_split(view_of_cstr(options->limits[i]), '=', &word, &value);
        int limit = 0;
        while (limit < LIMIT_COUNT && !view_equals_cstr(word, limit_word((enum limit)limit))) limit++;
        if (limit == LIMIT_COUNT)
            return error_set(err, ERROR_USAGE, "unknown limit '%.*s'", VIEW_ARGS(view_slice(word, 0, 60)));
        if (!limits_parse(limits, (enum limit)limit, value, err)) return false;
    }
    return true;
}

/* A variable goes into the cell only under a name that is granted. */
static bool environment_check(const struct cordon_gate *gate, const struct cordon_run_options *options,
                              struct error *err)
{
    for (size_t i = 0; i < options->environment_count; i++) {
        struct capability use = {.kind = CAPABILITY_ENV, .is_known = true};
        struct view value;
        bool is_pair = view_split(view_of_cstr(options->environment[i]), '=', &use.argument, &value);
        if (is_pair && capability_set_allows(&gate->policy.grant, use)) continue;
        error_set(err, ERROR_POLICY, "the variable '%.*s' is not granted",
                  VIEW_ARGS(view_slice(use.argument, 0, 60)));
        return error_remedy(err, "write NAME=VALUE, and grant env=NAME");
    }
    return true;
}

static bool answer_run(struct cordon_answer *answer, const struct cordon_gate *gate,
                       const struct job_source *source, const struct cordon_run_options *options)
{
    struct spec_job job = {
        .source = source->bytes,
        .language = view_of_cstr(source->language->word),
        .is_module = job_is_module(source),
        .arguments = options->arguments,
        .argument_count = (uint32_t)options->argument_count,
        .environment = options->environment,
        .environment_count = (uint32_t)options->environment_count,
    };
    AUTO_SPEC struct spec spec = {0};
    struct cell_io io = {
        .stdin_fd = options->stdin_fd > 0 ? options->stdin_fd : -1,
        .cancel_fd = options->cancel_fd > 0 ? options->cancel_fd : -1,
    };
    return limits_read(gate, &job.limits, options, &answer->error) &&
           environment_check(gate, options, &answer->error) &&
           spec_from_grant(&spec, &answer->arena, &gate->policy.grant, &job, &answer->error) &&
           cell_run(&answer->arena, &spec, &io, &answer->result, &answer->error);
}

struct cordon_answer *cordon_run(const struct cordon_gate *gate, const char *path, const char *language,
                                 const void *bytes, size_t length, const struct cordon_run_options *options)
{
    struct cordon_answer *answer = answer_new();
    if (!answer) return NULL;
    struct job_source source;
    struct report report = {0};
    answer->has_result = true;
    bool runs_rejected = options->runs_rejected || gate->policy.is_report_only;
    bool was_checked = options->struct_size >= sizeof *options
                           ? source_set(&source, path, language, bytes, length, &answer->error) &&
                                 gate_check(gate, &source, &report, &answer->error)
                           : error_set(&answer->error, ERROR_USAGE,
                                       "struct_size is not the size of struct cordon_run_options");
    answer->is_approved = was_checked && report.verdict.decision == DECISION_APPROVE;
    if (was_checked && !answer->is_approved && !runs_rejected)
        answer->result.ended = ENDED_REFUSED;
    else if (was_checked)
        answer_run(answer, gate, &source, options);
    answer_finish(answer,
                  json_pack("{s:o, s:s, s:o}", "verdict",
                            verdict_json(gate, &report, was_checked, &answer->error), "gate",
                            runs_rejected ? "warn" : "enforce", "result", result_to_json(&answer->result)));
    report_clear(&report);
    return answer;
}

bool cordon_answer_is_approved(const struct cordon_answer *answer)
{
    return answer->is_approved;
}

const char *cordon_answer_error(const struct cordon_answer *answer)
{
    return answer->error.code == ERROR_NONE ? NULL : answer->error_text;
}

const char *cordon_answer_json(const struct cordon_answer *answer)
{
    return answer->json ? answer->json : "";
}

static const char *output_of(const struct output *output, size_t *length)
{
    *length = output->bytes.length;
    return output->bytes.length ? output->bytes.bytes : "";
}

const char *cordon_answer_stdout(const struct cordon_answer *answer, size_t *length)
{
    return output_of(&answer->result.out, length);
}

const char *cordon_answer_stderr(const struct cordon_answer *answer, size_t *length)
{
    return output_of(&answer->result.err, length);
}

const char *cordon_answer_ended(const struct cordon_answer *answer)
{
    return answer->has_result ? ended_word(answer->result.ended) : "";
}

int cordon_answer_exit_code(const struct cordon_answer *answer)
{
    return answer->result.exit_code;
}

void cordon_answer_free(struct cordon_answer *answer)
{
    if (!answer) return;
    free(answer->json);
    arena_clear(&answer->arena);
    free(answer);
}
