#include "cordon/report_json.h"

#include "base/json.h"

static json_t *place_json(const struct source *source, uint32_t offset)
{
    struct place place = source_place(source, offset);
    return json_pack("{s:I, s:I, s:I}", "line", (json_int_t)place.line, "col", (json_int_t)place.col,
                     "offset", (json_int_t)place.offset);
}

static json_t *captures_json(const struct report *report, const struct finding *finding)
{
    json_t *object = json_object();
    for (uint32_t i = 0; i < finding->capture_count; i++) {
        const struct capture *capture = &finding->captures[i];
        struct view text = view_slice(report->source.bytes, capture->start, capture->end);
        json_t *value =
            json_pack("{s:o, s:o, s:o}", "start", place_json(&report->source, capture->start), "end",
                      place_json(&report->source, capture->end), "text", json_string_of_view(text));
        if (capture->value.length) json_object_set_new(value, "value", json_string_of_view(capture->value));
        json_object_setn_new(object, capture->name.bytes, capture->name.length, value);
    }
    return object;
}

static json_t *finding_json(const struct report *report, const struct finding *finding)
{
    json_t *object = json_pack(
        "{s:o, s:s, s:o, s:o, s:o, s:o}", "rule_id", json_string_of_view(finding->rule_id), "severity",
        severity_word(finding->severity), "message", json_string_of_view(finding->message), "start",
        place_json(&report->source, finding->start), "end", place_json(&report->source, finding->end),
        "metavars", captures_json(report, finding));
    json_object_set_new(object, "fingerprint", json_string_of_view(finding->fingerprint));
    if (finding->help.length) json_object_set_new(object, "help", json_string_of_view(finding->help));
    if (finding->has_fix)
        json_object_set_new(object, "fix",
                            json_pack("{s:o, s:o, s:o}", "start", place_json(&report->source, finding->start),
                                      "end", place_json(&report->source, finding->end), "replacement",
                                      json_string_of_view(finding->fix)));
    if (finding->suppression) json_object_set_new(object, "suppressed", json_string(finding->suppression));
    const struct capability *use = &finding->capability;
    if (use->kind == CAPABILITY_NONE) return object;
    json_object_set_new(object, "capability", json_string(capability_word(use->kind)));
    json_object_set_new(object, "argument", use->is_known ? json_string_of_view(use->argument) : json_null());
    json_object_set_new(object, "granted", json_boolean(finding->is_granted));
    return object;
}

json_t *report_json_source(const struct report *report)
{
    json_t *findings = json_array();
    ARRAY_FOREACH (const struct finding, finding, &report->findings)
        json_array_append_new(findings, finding_json(report, finding));
    return json_pack("{s:o, s:s, s:I, s:s, s:s, s:o}", "path", json_string_of_view(report->source.path),
                     "language", report->source.language->word, "bytes",
                     (json_int_t)report->source.bytes.length, "sha256", report->source.digest.hex, "decision",
                     decision_word(report->verdict.decision), "findings", findings);
}

static json_t *set_json(const struct capability_set *set)
{
    json_t *list = json_array();
    ARRAY_FOREACH (const struct capability, item, set) {
        json_t *object = json_pack("{s:s}", "capability", capability_word(item->kind));
        json_object_set_new(object, "argument",
                            item->is_known ? json_string_of_view(item->argument) : json_null());
        json_array_append_new(list, object);
    }
    return list;
}

json_t *report_json_verdict(json_t *sources, json_t *errors, bool is_approved,
                            const struct capability_set *used, const struct capability_set *granted,
                            const struct capability_set *missing)
{
    return json_pack("{s:s, s:s, s:o, s:{s:o, s:o, s:o}, s:o}", "version", CORDON_VERSION, "decision",
                     decision_word(is_approved ? DECISION_APPROVE : DECISION_REJECT), "sources", sources,
                     "capabilities", "used", set_json(used), "granted", set_json(granted), "missing",
                     set_json(missing), "errors", errors);
}

json_t *report_json_error(const struct error *err)
{
    json_t *object = json_pack("{s:s, s:s}", "code", error_code_word(err->code), "message", err->message);
    if (err->path[0]) json_object_set_new(object, "path", json_string_of_view(view_of_cstr(err->path)));
    if (err->line) json_object_set_new(object, "line", json_integer((json_int_t)err->line));
    if (err->line) json_object_set_new(object, "col", json_integer((json_int_t)err->col));
    if (err->remedy[0]) json_object_set_new(object, "remedy", json_string_of_view(view_of_cstr(err->remedy)));
    return object;
}
