#include "cordon/service.h"

#include <sys/mman.h>

#include "base/io.h"
#include "cordon/modules.h"
#include "cordon/pipeline.h"
#include "cordon/report_json.h"
#include "cordon/rulepack.h"

/* A source and what the check makes of it, and twice the largest output. */
enum { ANSWER_ARENA_BYTES = 512 << 20 };

bool service_open(struct service *service, const struct options *options, uint32_t pool_cells,
                  struct error *err)
{
    const struct policy *policy = &options->policy;
    struct pool_options pooling = {.cells_max = pool_cells};
    *service = (struct service){.options = options};
    service->ruleset =
        rulepack_open(policy->uses_shipped_rules, policy->rule_paths.items, policy->rule_paths.count, err);
    if (!service->ruleset) return false;
    bool is_open = true, is_isolated = options->isolation != ISOLATION_OFF;
    if (is_isolated) { /* first of all: what the keeper is a copy of holds no secrets yet */
        ruleset_warm(service->ruleset);
        is_open = (service->isolate = isolate_open(service->ruleset, 0, err)) != NULL;
    }
    is_open = is_open && (policy->log.is_off || (service->log = audit_log_open(&policy->log, err)) != NULL);
    if (is_open && policy->secrets.count) {
        struct egress egress;
        is_open = egress_open(&egress, policy, NULL, err);
        service->kept = egress.keyring;
        if (is_open) keyring_wipe_environment(policy->secrets.items, policy->secrets.count);
    }
    if (is_open && pool_cells) is_open = (service->pool = pool_open(&pooling, err)) != NULL;
    if (!is_open) service_close(service);
    return is_open;
}

void service_close(struct service *service)
{
    pool_close(service->pool);
    audit_log_close(service->log);
    isolate_close(service->isolate);
    keyring_free(service->kept);
    ruleset_free(service->ruleset);
    *service = (struct service){0};
}

static bool is_wrong(struct error *err, const char *key, const char *what)
{
    return error_set(err, ERROR_INPUT, "'%.40s' must be %s", key, what);
}

static struct view text_of(const json_t *value)
{
    return view_make(json_string_value(value), json_string_length(value));
}

static bool has_nul(struct view text)
{
    return view_find_byte(text, '\0') != SIZE_MAX;
}

static bool language_take(struct service_request *request, const json_t *value, struct error *err)
{
    if (!json_is_string(value)) return is_wrong(err, "language", "text");
    request->source.language = language_of_word(text_of(value));
    if (request->source.language) return true;
    unsigned long count;
    const char *const *words = language_words(&count);
    const char *nearest = error_nearest(text_of(value), words, count);
    error_set(err, ERROR_INPUT, "unknown language '%.60s'", json_string_value(value));
    return error_remedy(err, "did you mean %s?", nearest ? nearest : "python, javascript or typescript");
}

static bool arguments_take(struct service_request *request, struct arena *arena, const json_t *value,
                           struct error *err)
{
    size_t at;
    const json_t *item;
    if (!json_is_array(value)) return is_wrong(err, "arguments", "a list of texts");
    json_array_foreach(value, at, item)
    {
        if (!json_is_string(item) || has_nul(text_of(item)))
            return is_wrong(err, "arguments", "a list of texts without NUL");
        if (!ARRAY_PUSH(arena, &request->arguments, arena_copy(arena, text_of(item)).bytes))
            return error_set(err, ERROR_LIMIT, "too many arguments");
    }
    return true;
}

/* A limit of the request, within the policy's. */
static bool limit_take(const struct service *service, struct service_request *request, const char *word,
                       const json_t *value, struct error *err)
{
    const struct limits *most = &service->options->policy.limits;
    char number[32] = "";
    struct view text = text_of(value);
    if (json_is_integer(value) && json_integer_value(value) >= 0) {
        snprintf(number, sizeof number, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        text = view_of_cstr(number);
    } else if (!json_is_string(value)) {
        return is_wrong(err, "limits", "texts or whole numbers");
    }
    for (int limit = 0; limit < LIMIT_COUNT; limit++) {
        if (strcmp(word, limit_word((enum limit)limit)) != 0) continue;
        if (!limits_parse(&request->limits, (enum limit)limit, text, err)) return false;
        if (request->limits.values[limit] <= most->values[limit]) return true;
        error_set(err, ERROR_INPUT, "the limit %s is above the policy's", word);
        return error_remedy(err, "at most %llu %s", (unsigned long long)most->values[limit],
                            limit_unit((enum limit)limit));
    }
    return error_set(err, ERROR_INPUT, "unknown limit '%.40s'", word);
}

static bool limits_take(const struct service *service, struct service_request *request, const json_t *object,
                        struct error *err)
{
    const char *word;
    json_t *value;
    if (!json_is_object(object)) return is_wrong(err, "limits", "an object");
    json_object_foreach((json_t *)object, word, value)
    {
        if (!limit_take(service, request, word, value, err)) return false;
    }
    return true;
}

static bool text_take(struct view *text, const char *key, const json_t *value, struct arena *arena,
                      struct error *err)
{
    if (!json_is_string(value)) return is_wrong(err, key, "text");
    *text = arena_copy(arena, text_of(value));
    return text->bytes || error_set(err, ERROR_LIMIT, "no memory for '%s'", key);
}

bool service_request_parse(const struct service *service, struct service_request *request,
                           struct arena *arena, const json_t *object, bool for_run, struct error *err)
{
    static const char *const keys[] = {"language", "code", "name", "arguments", "stdin", "limits"};
    unsigned long known = for_run ? 6 : 3;
    const char *key;
    json_t *value;
    *request = (struct service_request){.source = {.path = VIEW("<request>")},
                                        .limits = service->options->policy.limits};
    if (!json_is_object(object)) return error_set(err, ERROR_INPUT, "the request is not an object");
    json_object_foreach((json_t *)object, key, value)
    {
        bool is_fine;
        if (strcmp(key, "language") == 0) {
            is_fine = language_take(request, value, err);
        } else if (strcmp(key, "code") == 0) {
            is_fine = text_take(&request->source.bytes, key, value, arena, err);
        } else if (strcmp(key, "name") == 0) {
            is_fine = text_take(&request->source.path, key, value, arena, err) &&
                      (!has_nul(request->source.path) || is_wrong(err, key, "text without NUL"));
        } else if (for_run && strcmp(key, "arguments") == 0) {
            is_fine = arguments_take(request, arena, value, err);
        } else if (for_run && strcmp(key, "stdin") == 0) {
            is_fine = text_take(&request->input, key, value, arena, err);
        } else if (for_run && strcmp(key, "limits") == 0) {
            is_fine = limits_take(service, request, value, err);
        } else {
            const char *nearest = error_nearest(view_of_cstr(key), keys, known);
            error_set(err, ERROR_INPUT, "unknown key '%.60s'", key);
            if (nearest) error_remedy(err, "did you mean '%s'?", nearest);
            is_fine = false;
        }
        if (!is_fine) return false;
    }
    if (!request->source.bytes.bytes) return error_set(err, ERROR_INPUT, "there is no 'code'");
    return request->source.language || error_set(err, ERROR_INPUT, "there is no 'language'");
}

/* Whether it came to a decision. */
static bool source_check(const struct service *service, const struct service_request *request,
                         struct service_answer *answer)
{
    const struct policy *policy = &service->options->policy;
    struct module_list modules;
    if (!modules_collect(&modules, &answer->arena, policy->packages, &policy->grant, NULL, &answer->error))
        return false;
    struct checker_options checks = {
        .ruleset = service->ruleset,
        .policy = policy_verdict(policy, policy_today()),
        .has_faults = policy->uses_shipped_rules,
        .modules = &modules,
        .source_limit_bytes = policy->source_limit_bytes,
    };
    const struct job_source *source = &request->source;
    answer->was_checked = isolate_check(service->isolate, &checks, source->path, source->bytes,
                                        source->language, &answer->report, &answer->error);
    return answer->was_checked;
}

static void answer_begin(const struct service *service, const struct caller *caller,
                         struct service_answer *answer, struct audit *audit)
{
    *answer = (struct service_answer){.result = {.exit_code = -1, .limit = LIMIT_NONE}};
    arena_init(&answer->arena, ANSWER_ARENA_BYTES);
    *audit = (struct audit){
        .log = service->log,
        .caller = caller,
        .policy = &service->options->policy,
        .rules = ruleset_digest(service->ruleset),
    };
    audit_id_make(audit);
    memcpy(answer->record, audit->id, sizeof answer->record);
}

void service_check(const struct service *service, const struct caller *caller,
                   const struct service_request *request, struct service_answer *answer)
{
    struct audit audit;
    struct error log_err = {0};
    answer_begin(service, caller, answer, &audit);
    bool is_checked = source_check(service, request, answer);
    if (record_check(&audit, request->source.path, request->source.bytes, is_checked ? &answer->report : NULL,
                     is_checked ? NULL : &answer->error, &log_err))
        return;
    answer->was_checked = false; /* what is not on record was not decided */
    answer->error = log_err;
}

/* The request's standard input as a file in memory; -1: none, or an error. */
static int input_open(struct view input, struct error *err)
{
    if (!input.length) return -1;
    AUTO_FD int fd = memfd_create("cordon-stdin", MFD_CLOEXEC);
    if (fd < 0) {
        error_set(err, ERROR_SYSTEM, "no memory for the standard input");
        return -1;
    }
    if (!io_write_all(fd, input, err) || lseek(fd, 0, SEEK_SET) < 0) return -1;
    return STEAL_FD(fd);
}

/* The plan and the cell, both on record. */
static bool cell_do(const struct service *service, const struct service_request *request,
                    const struct audit *audit, const struct cell_io *io, struct service_answer *answer)
{
    struct options options = *service->options;
    struct pipeline plan = {0};
    struct error log_err = {0}, *err = &answer->error;
    struct cell_io own = *io;
    options.arguments = request->arguments;
    options.policy.limits = request->limits;
    AUTO_FD int input = input_open(request->input, err);
    own.stdin_fd = input;
    bool is_planned = err->code == ERROR_NONE &&
                      egress_open(&plan.egress, &options.policy, service->kept, err) &&
                      pipeline_plan(&plan, &answer->arena, &options, &request->source, err);
    if (!is_planned) {
        egress_close(&plan.egress);
        record_refuse(audit, request->source.path, request->source.bytes, &answer->report, err, &log_err);
        return false;
    }
    bool has_run = record_start(audit, &answer->report, &plan.spec, err);
    if (has_run) {
        has_run = tooling_run(&plan.tooling, &plan.egress, service->pool, &answer->arena, &plan.spec, audit,
                              &own, &answer->result, err);
        if (!record_end(audit, &answer->result, has_run ? NULL : err, &log_err) && has_run) {
            *err = log_err;
            has_run = false;
        }
    }
    egress_close(&plan.egress);
    spec_clear(&plan.spec);
    return has_run;
}

void service_run(const struct service *service, const struct caller *caller,
                 const struct service_request *request, const struct cell_io *io,
                 struct service_answer *answer)
{
    struct audit audit;
    struct error log_err = {0};
    answer_begin(service, caller, answer, &audit);
    answer->is_run = true;
    bool is_checked = source_check(service, request, answer);
    bool may_run = is_checked && (service_is_approved(answer) || service->options->policy.is_report_only);
    if (may_run) {
        if (!cell_do(service, request, &audit, io, answer)) answer->result.ended = ENDED_FAILED;
        return;
    }
    if (is_checked) answer->result.ended = ENDED_REFUSED;
    if (record_refuse(&audit, request->source.path, request->source.bytes,
                      is_checked ? &answer->report : NULL, is_checked ? NULL : &answer->error, &log_err))
        return;
    answer->result.ended = ENDED_FAILED;
    answer->error = log_err;
}

void service_answer_clear(struct service_answer *answer)
{
    report_clear(&answer->report);
    arena_clear(&answer->arena);
}

bool service_is_approved(const struct service_answer *answer)
{
    return answer->was_checked && answer->report.verdict.decision == DECISION_APPROVE;
}

json_t *service_answer_json(const struct service *service, const struct service_answer *answer)
{
    static const struct verdict nothing = {0};
    const struct policy *policy = &service->options->policy;
    const struct verdict *verdict = answer->was_checked ? &answer->report.verdict : &nothing;
    json_t *sources = json_array(), *errors = json_array();
    if (answer->was_checked) json_array_append_new(sources, report_json_source(&answer->report));
    if (answer->error.code != ERROR_NONE) json_array_append_new(errors, report_json_error(&answer->error));
    json_t *check = report_json_verdict(sources, errors, service_is_approved(answer), &verdict->used,
                                        &policy->grant, &verdict->missing);
    if (!answer->is_run) return check;
    return json_pack("{s:s, s:o, s:s, s:o}", "record", service->log ? answer->record : "", "verdict", check,
                     "gate", policy->is_report_only ? "warn" : "enforce", "result",
                     result_to_json(&answer->result));
}
