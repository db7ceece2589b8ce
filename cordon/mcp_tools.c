#include "cordon/mcp_tools.h"

#include <stdlib.h>

#include "base/embed.h"
#include "base/json.h"
#include "cordon/explain.h"
#include "cordon/tooling.h"

extern const struct embedded_file mcp_data_files[];

/* In one result: a model reads them all. */
enum { FINDINGS_MAX = 50 };

json_t *mcp_tools_list(void)
{
    struct view bytes = embedded_bytes(&mcp_data_files[0]);
    return json_loadb(bytes.bytes, bytes.length, 0, NULL);
}

/* Takes the reference. */
static json_t *result_make(json_t *structured, bool is_error)
{
    char *text = json_dumps(structured, JSON_COMPACT);
    json_t *result = json_pack("{s:[{s:s, s:s}], s:o}", "content", "type", "text", "text", text ? text : "",
                               "structuredContent", structured);
    if (is_error) json_object_set_new(result, "isError", json_true());
    free(text);
    return result;
}

json_t *mcp_error_result(const struct error *err)
{
    char text[1400];
    json_t *message = json_string_of_view(view_of_cstr(error_format(err, text, sizeof text)));
    return json_pack("{s:[{s:s, s:o}], s:b}", "content", "type", "text", "text", message, "isError", 1);
}

static json_t *argument_json(const struct capability *use)
{
    bool has_argument = capability_argument_of(use->kind) != CAPABILITY_ARGUMENT_NONE;
    return has_argument && use->is_known ? json_string_of_view(use->argument) : json_null();
}

static json_t *uses_json(const struct capability_set *set)
{
    json_t *list = json_array();
    ARRAY_FOREACH (const struct capability, use, set)
        json_array_append_new(list, json_pack("{s:s, s:o}", "capability", capability_word(use->kind),
                                              "argument", argument_json(use)));
    return list;
}

static json_t *finding_json(const struct report *report, const struct finding *finding)
{
    struct place place = source_place(&report->source, finding->start);
    json_t *object =
        json_pack("{s:o, s:s, s:o, s:I, s:I, s:b}", "rule_id", json_string_of_view(finding->rule_id),
                  "severity", severity_word(finding->severity), "message",
                  json_string_of_view(finding->message), "line", (json_int_t)place.line, "column",
                  (json_int_t)place.col, "accepted", finding->is_granted || finding->suppression);
    if (finding->help.length) json_object_set_new(object, "help", json_string_of_view(finding->help));
    if (finding->capability.kind == CAPABILITY_NONE) return object;
    json_object_set_new(object, "capability", json_string(capability_word(finding->capability.kind)));
    json_object_set_new(object, "argument", argument_json(&finding->capability));
    return object;
}

static json_t *explanation_json(const struct service_answer *answer)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    if (!out) return json_string("");
    if (answer->was_checked) explain_agent(out, &answer->report);
    if (answer->error.code != ERROR_NONE) {
        char message[1400];
        fprintf(out, "cordon could not do it: %s\n", error_format(&answer->error, message, sizeof message));
    }
    fclose(out);
    json_t *explanation = json_string_of_view(view_make(text, length));
    free(text);
    return explanation;
}

static void result_set(json_t *object, const struct service *service, const struct service_answer *answer)
{
    static const char *const keys[] = {"ended",   "exit_code",        "signal",         "limit",
                                       "stdout",  "stdout_truncated", "stderr",         "stderr_truncated",
                                       "wall_ms", "cpu_ms",           "peak_memory_kib"};
    json_t *result = result_to_json(&answer->result);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        json_object_set(object, keys[i], json_object_get(result, keys[i]));
    json_decref(result);
    json_object_set_new(object, "record", json_string(service->log ? answer->record : ""));
}

json_t *mcp_answer_result(const struct service *service, const struct service_answer *answer)
{
    const struct report *report = &answer->report;
    const char *decision = answer->was_checked ? decision_word(report->verdict.decision) : "undecided";
    json_t *findings = json_array();
    for (uint32_t i = 0; answer->was_checked && i < report->findings.count && i < FINDINGS_MAX; i++)
        json_array_append_new(findings, finding_json(report, &report->findings.items[i]));
    json_t *object = json_pack("{s:s, s:o, s:I, s:o, s:o}", "decision", decision, "explanation",
                               explanation_json(answer), "finding_count", (json_int_t)report->findings.count,
                               "findings", findings, "missing", uses_json(&report->verdict.missing));
    if (answer->error.code != ERROR_NONE)
        json_object_set_new(object, "error", json_string_of_view(view_of_cstr(answer->error.message)));
    if (answer->is_run) result_set(object, service, answer);
    bool has_ended = answer->result.ended != ENDED_REFUSED && answer->result.ended != ENDED_FAILED;
    bool is_done = answer->error.code == ERROR_NONE && (!answer->is_run || has_ended);
    return result_make(object, !is_done);
}

/* What a program may call of its host, for whoever writes it. */
static json_t *tools_json(const struct policy *policy)
{
    json_t *list = json_array();
    struct tooling tooling;
    struct error ignored;
    if (!tooling_make(&tooling, policy, NULL, 0, &ignored)) return list;
    for (uint32_t i = 0; i < tooling.count; i++) {
        const struct tool *tool = tooling.tools[i];
        json_t *result = tool->result ? json_loads(tool->result, JSON_DECODE_ANY, NULL) : NULL;
        json_array_append_new(list, json_pack("{s:s, s:s, s:o, s:o?}", "name", tool->name, "description",
                                              tool->description, "parameters",
                                              json_loads(tool->parameters, 0, NULL), "result", result));
    }
    return list;
}

json_t *mcp_policy_result(const struct service *service)
{
    const struct policy *policy = &service->options->policy;
    json_t *limits = json_object(), *unknown = json_object();
    for (int i = 0; i < LIMIT_COUNT; i++)
        json_object_set_new(limits, limit_word((enum limit)i),
                            json_pack("{s:I, s:s}", "value", (json_int_t)policy->limits.values[i], "unit",
                                      limit_unit((enum limit)i)));
    for (int i = CAPABILITY_NONE + 1; i < CAPABILITY_KIND_COUNT; i++) {
        enum capability_kind kind = (enum capability_kind)i;
        if (capability_argument_of(kind) == CAPABILITY_ARGUMENT_NONE) continue;
        bool is_cell = policy->unknown[kind] == CAPABILITY_UNKNOWN_CELL;
        json_object_set_new(unknown, capability_word(kind), json_string(is_cell ? "cell" : "reject"));
    }
    return result_make(json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:I, s:s}", "mode",
                                 policy->is_report_only ? "report" : "enforce", "reject_at",
                                 severity_word(policy->reject_at), "grants", uses_json(&policy->grant),
                                 "tools", tools_json(policy), "limits", limits, "unknown", unknown, "rules",
                                 (json_int_t)ruleset_count(service->ruleset), "sha256", policy->digest),
                       false);
}
