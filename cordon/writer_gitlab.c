/* writer_gitlab.c - GitLab's SAST report, schema 15.0.6. */
#include <ctype.h>

#include "base/cleanup.h"
#include "base/json.h"
#include "cordon/explain.h"
#include "cordon/place.h"
#include "cordon/writer.h"

enum { NAME_BYTES_MAX = 250, SOLUTION_BYTES_MAX = 6900, NOTIFICATION_LINE = 'e' };

static const char *severity_of(enum severity severity)
{
    static const char *const words[SEVERITY_COUNT] = {"Info", "Medium", "High", "Critical"};
    return words[severity];
}

/* Weakness by number, where the rule's file names one. */
static void weakness_add(json_t *identifiers, struct view cwe)
{
    size_t at = view_find(cwe, VIEW("CWE-"));
    if (at == SIZE_MAX) return;
    size_t end = at += 4;
    while (end < cwe.length && isdigit((unsigned char)cwe.bytes[end])) end++;
    if (end == at) return;
    int length = (int)(end - at);
    json_array_append_new(
        identifiers,
        json_pack("{s:s, s:o, s:o, s:o}", "type", "cwe", "name",
                  json_sprintf("CWE-%.*s", length, cwe.bytes + at), "value",
                  json_sprintf("%.*s", length, cwe.bytes + at), "url",
                  json_sprintf("https://cwe.mitre.org/data/definitions/%.*s.html", length, cwe.bytes + at)));
}

/* The identity of a vulnerability: where the code is and what stays the same of it. */
static json_t *identity_json(struct view path, struct view fingerprint)
{
    AUTO_ARENA struct arena arena;
    arena_init(&arena, 1 << 16);
    return json_string(
        digest_sha256(arena_format(&arena, "%.*s\n%.*s", VIEW_ARGS(path), VIEW_ARGS(fingerprint))).hex);
}

static json_t *vulnerability_json(const struct report *report, const struct finding *finding,
                                  struct view path, struct view cwe)
{
    uint32_t first = source_place(&report->source, finding->start).line;
    uint32_t last =
        finding->end > finding->start ? source_place(&report->source, finding->end - 1).line : first;
    json_t *identifiers =
        json_pack("[{s:s, s:o, s:o}]", "type", "cordon_rule", "name", json_string_of_view(finding->rule_id),
                  "value", json_string_of_view(finding->rule_id));
    weakness_add(identifiers, cwe);
    json_t *object = json_pack(
        "{s:o, s:s, s:o, s:o, s:s, s:o, s:{s:o, s:I, s:I}}", "id", identity_json(path, finding->fingerprint),
        "category", "sast", "name", json_string_of_view(view_slice(finding->rule_id, 0, NAME_BYTES_MAX)),
        "description", json_string_of_view(finding->message), "severity", severity_of(finding->severity),
        "identifiers", identifiers, "location", "file", json_string_of_view(path), "start_line",
        (json_int_t)first, "end_line", (json_int_t)last);
    if (finding->help.length)
        json_object_set_new(object, "solution",
                            json_string_of_view(view_slice(finding->help, 0, SOLUTION_BYTES_MAX)));
    return object;
}

static void line_write(FILE *out, int first, json_t *value)
{
    fputc(first, out);
    json_dumpf(value, out, JSON_COMPACT);
    fputc('\n', out);
    json_decref(value);
}

void gitlab_source(FILE *out, const struct report *report, const struct ruleset *ruleset)
{
    AUTO_ARENA struct arena arena;
    arena_init(&arena, 1 << 20);
    struct view path = place_shown(&arena, report->source.path);
    ARRAY_FOREACH (const struct finding, finding, &report->findings) {
        if (!explain_stands(report, finding)) continue;
        const struct rule *rule = ruleset_find(ruleset, finding->rule_id);
        line_write(out, '0' + (int)finding->severity,
                   vulnerability_json(report, finding, path, rule ? rule->cwe : (struct view){0}));
    }
}

void gitlab_error(FILE *out, const struct error *error)
{
    char text[1400];
    line_write(out, NOTIFICATION_LINE,
               json_pack("{s:s, s:o}", "level", "fatal", "value",
                         json_string_of_view(view_of_cstr(error_format(error, text, sizeof text)))));
}

static void lines_write(FILE *out, struct view lines, bool wants_notifications)
{
    const char *before = "";
    struct view line, rest = lines;
    while (rest.length) {
        view_split(rest, '\n', &line, &rest);
        if (line.length == 0 || (line.bytes[0] == NOTIFICATION_LINE) != wants_notifications) continue;
        fprintf(out, "%s%.*s", before, (int)line.length - 1, line.bytes + 1);
        before = ",\n";
    }
}

void gitlab_write(FILE *out, struct view lines, const struct tally *tally)
{
    char started[32], ended[32];
    strftime(started, sizeof started, "%Y-%m-%dT%H:%M:%S", gmtime(&(time_t){tally->started}));
    strftime(ended, sizeof ended, "%Y-%m-%dT%H:%M:%S", gmtime(&(time_t){tally->ended}));
    static const char tool[] = "{\"id\":\"cordon\",\"name\":\"cordon\",\"version\":\"" CORDON_VERSION
                               "\",\"vendor\":{\"name\":\"cordon\"}}";
    fprintf(out,
            "{\"version\":\"15.0.6\",\n\"scan\":{\"type\":\"sast\",\"status\":\"%s\",\"start_time\":\"%s\","
            "\"end_time\":\"%s\",\"analyzer\":%s,\"scanner\":%s,\"messages\":[",
            tally->errors ? "failure" : "success", started, ended, tool, tool);
    lines_write(out, lines, true);
    fputs("]},\n\"vulnerabilities\":[\n", out);
    lines_write(out, lines, false);
    fputs("]}\n", out);
}
