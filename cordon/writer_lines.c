/* writer_lines.c - the formats that are written as they come: JUnit's XML, GitHub's workflow commands, JSON
 * lines. */
#include "base/cleanup.h"
#include "base/json.h"
#include "base/utf8.h"
#include "cordon/explain.h"
#include "cordon/place.h"
#include "cordon/report_json.h"
#include "cordon/style.h"
#include "cordon/writer.h"

/* Text for XML 1.0: what it cannot hold becomes U+FFFD. */
static void xml_put(FILE *out, struct view text)
{
    for (size_t at = 0; at < text.length;) {
        uint32_t code = 0;
        unsigned length = utf8_decode(view_slice(text, at, text.length), &code);
        bool is_allowed =
            length && (code >= 0x20 || code == '\t' || code == '\n') && code != 0xfffe && code != 0xffff;
        if (!is_allowed)
            fputs("&#xFFFD;", out);
        else if (code == '<' || code == '>' || code == '&' || code == '"' || code == '\'' || code == '\n' ||
                 code == '\t')
            fprintf(out, "&#%u;", code);
        else
            fwrite(text.bytes + at, 1, length, out);
        at += length ? length : 1;
    }
}

/* Only what Jenkins' schema knows, since its xUnit plugin refuses a report with anything else: the place is
 * in the name and the text. */
static void junit_case(FILE *out, const struct report *report, const struct finding *finding,
                       struct view path, bool rejects)
{
    struct place place = source_place(&report->source, finding->start);
    fputs("<testcase classname=\"", out);
    xml_put(out, path);
    fputs("\" name=\"", out);
    xml_put(out, finding->rule_id);
    fprintf(out, " (line %u, column %u)\">", place.line, place.col);
    fputs(rejects ? "<failure type=\"" : "<system-out>", out);
    if (rejects) fprintf(out, "%s\" message=\"", severity_word(finding->severity));
    xml_put(out, finding->message);
    if (rejects) {
        fputs("\">", out);
        xml_put(out, path);
        fprintf(out, ":%u:%u: ", place.line, place.col);
        xml_put(out, view_trim(view_slice(source_line(&report->source, place.line), 0, 200)));
        fputs("&#10;", out);
        xml_put(out, finding->help);
    }
    fputs(rejects ? "</failure></testcase>\n" : "</system-out></testcase>\n", out);
}

void junit_source(FILE *out, const struct report *report, enum severity reject_at)
{
    AUTO_ARENA struct arena arena;
    arena_init(&arena, 1 << 20);
    struct view path = place_shown(&arena, report->source.path);
    uint32_t tests = 0, failures = 0;
    ARRAY_FOREACH (const struct finding, finding, &report->findings) {
        tests += explain_stands(report, finding);
        failures += explain_rejects(report, finding, reject_at);
    }
    fputs("<testsuite name=\"", out);
    xml_put(out, path);
    fprintf(out, "\" tests=\"%u\" failures=\"%u\" errors=\"0\">\n", tests ? tests : 1, failures);
    if (tests == 0) {
        fputs("<testcase classname=\"", out);
        xml_put(out, path);
        fputs("\" name=\"cordon\"/>\n", out);
    }
    ARRAY_FOREACH (const struct finding, finding, &report->findings)
        if (explain_stands(report, finding))
            junit_case(out, report, finding, path, explain_rejects(report, finding, reject_at));
    fputs("</testsuite>\n", out);
}

void junit_error(FILE *out, const struct error *error)
{
    char text[1400];
    struct view path = view_of_cstr(error->path[0] ? error->path : "cordon");
    fputs("<testsuite name=\"", out);
    xml_put(out, path);
    fputs("\" tests=\"1\" failures=\"0\" errors=\"1\">\n<testcase classname=\"", out);
    xml_put(out, path);
    fprintf(out, "\" name=\"cordon\"><error type=\"%s\" message=\"", error_code_word(error->code));
    xml_put(out, view_of_cstr(error_format(error, text, sizeof text)));
    fputs("\"/></testcase>\n</testsuite>\n", out);
}

/* Text in a workflow command: nothing in it can end the command or begin another one. Control characters are
 * shown as style_put shows them; "##[" began commands in an older form that runners still look for anywhere
 * in a line. */
static void command_put(FILE *out, struct view text, bool is_property)
{
    AUTO_FREE char *shown = NULL;
    size_t shown_bytes = 0;
    FILE *buffer = open_memstream(&shown, &shown_bytes);
    if (!buffer) return;
    style_put(buffer, text);
    fclose(buffer);
    for (size_t i = 0; i < shown_bytes; i++) {
        char byte = shown[i];
        bool is_special = byte == '%' || (is_property && (byte == ':' || byte == ','));
        if (is_special)
            fprintf(out, "%%%02X", (unsigned)byte);
        else
            fputc(byte, out);
        if (byte == '#' && i + 1 < shown_bytes && (shown[i + 1] == '#' || shown[i + 1] == '['))
            fputc(' ', out);
    }
}

static void github_finding(FILE *out, const struct report *report, const struct finding *finding,
                           struct view path)
{
    static const char *const levels[SEVERITY_COUNT] = {"notice", "warning", "error", "error"};
    struct place start = source_place(&report->source, finding->start);
    struct place end =
        finding->end > finding->start ? source_place(&report->source, finding->end - 1) : start;
    fprintf(out, "::%s file=", levels[finding->severity]);
    command_put(out, path, true);
    fprintf(out, ",line=%u,endLine=%u", start.line, end.line);
    /* columns hold within one line only; the last one is in it */
    if (start.line == end.line) fprintf(out, ",col=%u,endColumn=%u", start.col, end.col);
    fputs(",title=", out);
    command_put(out, finding->rule_id, true);
    fputs("::", out);
    command_put(out, finding->message, false);
    if (finding->help.length) fputs("%0A", out);
    command_put(out, finding->help, false);
    fputc('\n', out);
}

void github_source(FILE *out, const struct report *report)
{
    AUTO_ARENA struct arena arena;
    arena_init(&arena, 1 << 20);
    struct view path = place_shown(&arena, report->source.path);
    ARRAY_FOREACH (const struct finding, finding, &report->findings)
        if (explain_stands(report, finding)) github_finding(out, report, finding, path);
}

void github_error(FILE *out, const struct error *error)
{
    char text[1400];
    fputs("::error title=cordon::", out);
    command_put(out, view_of_cstr(error_format(error, text, sizeof text)), false);
    fputc('\n', out);
}

static void line_write(FILE *out, json_t *value)
{
    json_dumpf(value, out, JSON_COMPACT);
    fputc('\n', out);
    json_decref(value);
}

void jsonl_source(FILE *out, const struct report *report)
{
    size_t index;
    json_t *finding, *source = report_json_source(report), *path = json_object_get(source, "path");
    json_t *findings = json_incref(json_object_get(source, "findings"));
    json_object_set_new(source, "type", json_string("source"));
    json_object_set_new(source, "findings", json_integer((json_int_t)json_array_size(findings)));
    json_array_foreach(findings, index, finding)
    {
        json_object_set_new(finding, "type", json_string("finding"));
        json_object_set(finding, "path", path);
        line_write(out, json_incref(finding));
    }
    line_write(out, source);
    json_decref(findings);
}

void jsonl_error(FILE *out, const struct error *error)
{
    json_t *object = report_json_error(error);
    json_object_set_new(object, "type", json_string("error"));
    line_write(out, object);
}

void jsonl_end(FILE *out, const struct tally *tally)
{
    line_write(out, json_pack("{s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:I}", "type", "summary", "version",
                              CORDON_VERSION, "decision",
                              decision_word(tally->is_approved ? DECISION_APPROVE : DECISION_REJECT),
                              "sources", (json_int_t)tally->checked, "rejected", (json_int_t)tally->rejected,
                              "findings", (json_int_t)tally->findings, "known_findings",
                              (json_int_t)tally->known, "errors", (json_int_t)tally->errors));
}
