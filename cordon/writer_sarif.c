/* writer_sarif.c - SARIF 2.1.0, within what code-scanning services take. */
#include <ctype.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/json.h"
#include "cordon/explain.h"
#include "cordon/place.h"
#include "cordon/writer.h"

enum {
    RESULTS_MAX = 25000,         /* of one run */
    RESULTS_BYTES_MAX = 9 << 20, /* the file: 10 MB, and the rules are in it */
    NOTIFICATION_LINE = 'e',     /* begins a line that is no result */
    TEXT_BYTES_MAX = 1000,       /* what services show of a text */
};

static const char *level_of(enum severity severity)
{
    static const char *const levels[SEVERITY_COUNT] = {"note", "warning", "error", "error"};
    return levels[severity];
}

/* As CVSS has it; services sort by it. */
static const char *security_severity_of(enum severity severity)
{
    static const char *const scores[SEVERITY_COUNT] = {"2.0", "5.0", "8.0", "9.5"};
    return scores[severity];
}

/* The text up to a bound, at the start of a character. */
static json_t *text_json(struct view text)
{
    size_t end = text.length < TEXT_BYTES_MAX ? text.length : TEXT_BYTES_MAX;
    while (end < text.length && end > 0 && ((unsigned char)text.bytes[end] & 0xc0) == 0x80) end--;
    return json_pack("{s:o}", "text", json_string_of_view(view_slice(text, 0, end)));
}

/* `endColumn` is the one behind the last character, as `end` is. */
static json_t *region_json(const struct source *source, const struct finding *finding)
{
    struct place start = source_place(source, finding->start), end = source_place(source, finding->end);
    if (finding->end <= finding->start) end = start;
    return json_pack("{s:I, s:I, s:I, s:I}", "startLine", (json_int_t)start.line, "startColumn",
                     (json_int_t)start.col, "endLine", (json_int_t)end.line, "endColumn",
                     (json_int_t)(end.line == start.line && end.col == start.col ? end.col + 1 : end.col));
}

static json_t *result_json(const struct report *report, const struct finding *finding, struct view uri)
{
    json_t *result = json_pack("{s:o, s:s, s:o, s:[{s:{s:{s:o}, s:o}}], s:{s:o}}", "ruleId",
                               json_string_of_view(finding->rule_id), "level", level_of(finding->severity),
                               "message", text_json(finding->message), "locations", "physicalLocation",
                               "artifactLocation", "uri", json_string_of_view(uri), "region",
                               region_json(&report->source, finding), "partialFingerprints",
                               "primaryLocationLineHash", json_string_of_view(finding->fingerprint));
    if (finding->suppression)
        json_object_set_new(result, "suppressions",
                            json_pack("[{s:s, s:s, s:o}]", "kind", "external", "status", "accepted",
                                      "justification",
                                      json_string_of_view(view_of_cstr(finding->suppression))));
    return result;
}

static void line_write(FILE *out, int first, json_t *value)
{
    fputc(first, out);
    json_dumpf(value, out, JSON_COMPACT);
    fputc('\n', out);
    json_decref(value);
}

void sarif_source(FILE *out, const struct report *report)
{
    AUTO_ARENA struct arena arena;
    arena_init(&arena, 1 << 20);
    struct view uri = place_uri(&arena, report->source.path);
    ARRAY_FOREACH (const struct finding, finding, &report->findings)
        if (finding->suppression || explain_stands(report, finding))
            line_write(out, '0' + (int)finding->severity, result_json(report, finding, uri));
}

void sarif_error(FILE *out, const struct error *error)
{
    char text[1400];
    line_write(out, NOTIFICATION_LINE,
               json_pack("{s:s, s:o}", "level", "error", "message",
                         text_json(view_of_cstr(error_format(error, text, sizeof text)))));
}

/* "CWE-78: ..." as the tag that services group by. */
static void weakness_tag(json_t *tags, struct view cwe)
{
    size_t at = view_find(cwe, VIEW("CWE-"));
    char tag[64];
    if (at == SIZE_MAX) return;
    unsigned long number = 0;
    for (at += 4; at < cwe.length && isdigit((unsigned char)cwe.bytes[at]) && number < 100000; at++)
        number = number * 10 + (unsigned long)(cwe.bytes[at] - '0');
    snprintf(tag, sizeof tag, "external/cwe/cwe-%03lu", number);
    json_array_append_new(tags, json_string(tag));
}

static json_t *descriptor_json(struct view id, enum severity severity, struct view message, struct view help,
                               json_t *tags)
{
    if (help.length == 0) help = VIEW("Write it without this, or let the policy grant it.");
    return json_pack("{s:o, s:o, s:o, s:o, s:{s:s}, s:{s:o, s:s}}", "id", json_string_of_view(id),
                     "shortDescription", text_json(message), "fullDescription", text_json(message), "help",
                     text_json(help), "defaultConfiguration", "level", level_of(severity), "properties",
                     "tags", tags, "security-severity", security_severity_of(severity));
}

static json_t *rule_json(const struct rule *rule)
{
    json_t *tags = json_pack("[s]", "security");
    weakness_tag(tags, rule->cwe);
    if (rule->capability != CAPABILITY_NONE)
        json_array_append_new(tags, json_sprintf("capability/%s", capability_word(rule->capability)));
    json_t *descriptor = descriptor_json(rule->id, rule->severity, rule->message, rule->help, tags);
    struct view uri = rule->reference_count ? rule->references[0] : (struct view){0};
    if (view_starts_with(uri, VIEW("https://")) && view_find_byte(uri, ' ') == SIZE_MAX)
        json_object_set_new(descriptor, "helpUri", json_string_of_view(uri));
    return descriptor;
}

static json_t *rules_json(const struct ruleset *ruleset)
{
    json_t *rules = json_array();
    for (uint32_t i = 0; i < ruleset_count(ruleset); i++)
        json_array_append_new(rules, rule_json(ruleset_rule(ruleset, i)));
    for (int i = 0; i < GUARD_COUNT; i++) {
        struct view id = view_of_cstr(guard_id((enum guard)i));
        json_t *tags = json_pack("[s, s]", "security", "guard");
        json_array_append_new(rules, descriptor_json(id, SEVERITY_CRITICAL,
                                                     VIEW("The source is not read any further"),
                                                     view_of_cstr(guard_help((enum guard)i)), tags));
    }
    return rules;
}

/* Which results are in: all of the severer ones before any of the less severe. */
static uint32_t results_write(FILE *out, struct view lines)
{
    uint32_t written = 0, left_out = 0;
    size_t bytes = 0;
    for (int severity = SEVERITY_COUNT - 1; severity >= 0; severity--) {
        struct view line, rest = lines;
        while (rest.length) {
            view_split(rest, '\n', &line, &rest);
            if (line.length == 0 || line.bytes[0] != '0' + severity) continue;
            if (written == RESULTS_MAX || bytes + line.length > RESULTS_BYTES_MAX) {
                left_out++;
                continue;
            }
            fprintf(out, "%s%.*s", written ? ",\n" : "", (int)line.length - 1, line.bytes + 1);
            bytes += line.length + 1;
            written++;
        }
    }
    return left_out;
}

static void notifications_write(FILE *out, struct view lines, uint32_t left_out)
{
    const char *before = "";
    struct view line, rest = lines;
    while (rest.length) {
        view_split(rest, '\n', &line, &rest);
        if (line.length == 0 || line.bytes[0] != NOTIFICATION_LINE) continue;
        fprintf(out, "%s%.*s", before, (int)line.length - 1, line.bytes + 1);
        before = ",\n";
    }
    if (left_out)
        fprintf(out,
                "%s{\"level\":\"warning\",\"message\":{\"text\":\"%u results are left out, the least severe "
                "ones: a run has "
                "at most %d results and %d MiB of them\"}}",
                before, left_out, RESULTS_MAX, RESULTS_BYTES_MAX >> 20);
}

void sarif_write(FILE *out, struct view lines, const struct tally *tally)
{
    fputs("{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\",\"version\":\"2.1.0\",\"runs\":[{\n"
          "\"columnKind\":\"unicodeCodePoints\",\n\"results\":[\n",
          out);
    uint32_t left_out = results_write(out, lines);
    fprintf(out, "],\n\"invocations\":[{\"executionSuccessful\":%s,\"toolExecutionNotifications\":[",
            tally->errors ? "false" : "true");
    notifications_write(out, lines, left_out);
    fputs("]}],\n\"tool\":{\"driver\":", out);
    json_t *driver = json_pack("{s:s, s:s, s:s, s:o}", "name", "cordon", "version", CORDON_VERSION,
                               "semanticVersion", CORDON_VERSION, "rules", rules_json(tally->ruleset));
    json_dumpf(driver, out, JSON_COMPACT);
    json_decref(driver);
    fputs("}\n}]}\n", out);
}
