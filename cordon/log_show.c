#include "cordon/log_show.h"

#include <inttypes.h>

#include "cordon/log_event.h"
#include "cordon/log_query.h"
#include "cordon/style.h"

const char *log_outcome(const json_t *record, char out[80])
{
    const json_t *result = json_object_get(record, "result");
    const char *ended = log_text(result, "ended", NULL);
    if (!result) {
        const char *decision = log_text(record, "decision", NULL);
        snprintf(out, 80, "%.40s", *decision ? decision : log_event_outcome(record));
    } else if (strcmp(ended, "exited") == 0) {
        snprintf(out, 80, "exited %" JSON_INTEGER_FORMAT,
                 json_integer_value(json_object_get(result, "exit_code")));
    } else if (strcmp(ended, "signaled") == 0) {
        snprintf(out, 80, "signal %" JSON_INTEGER_FORMAT,
                 json_integer_value(json_object_get(result, "signal")));
    } else if (strcmp(ended, "limit") == 0) {
        snprintf(out, 80, "limit %.40s", log_text(result, "limit", NULL));
    } else {
        snprintf(out, 80, "%.40s", ended);
    }
    return out;
}

static void text_put(FILE *out, const char *text)
{
    style_put(out, view_of_cstr(text));
}

static enum style style_of(const json_t *record)
{
    const char *decision = log_text(record, "decision", NULL), *ended = log_text(record, "result", "ended");
    const char *event = log_text(record, "event", NULL);
    if (strcmp(log_event_outcome(record), "refuse") == 0) return STYLE_RED;
    if (strcmp(decision, "reject") == 0 || strcmp(decision, "undecided") == 0) return STYLE_RED;
    if (strcmp(event, "run.failed") == 0 || strcmp(event, "recover") == 0) return STYLE_RED;
    if (strcmp(ended, "limit") == 0 || strcmp(ended, "signaled") == 0) return STYLE_YELLOW;
    if (strcmp(ended, "failed") == 0) return STYLE_RED;
    return *decision || *ended ? STYLE_GREEN : STYLE_BLUE;
}

static void who_put(FILE *out, const json_t *record)
{
    const json_t *who = json_object_get(record, "who");
    const char *actor = log_text(who, "actor", NULL), *client = log_text(who, "client", NULL);
    if (!who) return;
    fprintf(out, "  by ");
    if (*actor)
        text_put(out, actor);
    else
        fprintf(out, "uid %" JSON_INTEGER_FORMAT, json_integer_value(json_object_get(who, "uid")));
    fputs(" (", out);
    text_put(out, log_text(who, "via", NULL));
    if (*client) fputc(' ', out), text_put(out, client);
    fputc(')', out);
}

static void findings_put(FILE *out, const json_t *record)
{
    size_t at;
    const json_t *finding;
    json_array_foreach(json_object_get(record, "findings"), at, finding)
    {
        if (json_is_true(json_object_get(finding, "granted")) || json_object_get(finding, "suppressed"))
            continue;
        fprintf(out, "      line %" JSON_INTEGER_FORMAT ": ",
                json_integer_value(json_array_get(json_object_get(finding, "at"), 0)));
        text_put(out, log_text(finding, "rule", NULL));
        fputs(": ", out);
        text_put(out, log_text(finding, "message", NULL));
        fputc('\n', out);
    }
}

static void attempts_put(FILE *out, const json_t *result)
{
    size_t at;
    const json_t *attempt, *attempts = json_object_get(json_object_get(result, "activity"), "attempts");
    json_array_foreach(attempts, at, attempt)
    {
        fputs("      tried ", out);
        text_put(out, log_text(attempt, "kind", NULL));
        fputc(' ', out);
        text_put(out, log_text(attempt, "target", NULL));
        json_int_t count = json_integer_value(json_object_get(attempt, "count"));
        if (count > 1) fprintf(out, ", %" JSON_INTEGER_FORMAT " times", count);
        fputs(json_is_true(json_object_get(attempt, "denied")) ? " (denied)\n" : "\n", out);
    }
}

static void calls_put(FILE *out, const json_t *result)
{
    size_t at;
    const json_t *call, *calls = json_object_get(json_object_get(result, "tools"), "calls");
    json_array_foreach(calls, at, call)
    {
        const char *reason = log_text(call, "reason", NULL);
        fputs("      called the tool ", out);
        text_put(out, log_text(call, "tool", NULL));
        fputs(": ", out);
        text_put(out, log_text(call, "outcome", NULL));
        if (*reason) fputs(", ", out), text_put(out, reason);
        fprintf(out, " (%" JSON_INTEGER_FORMAT " ms)\n", json_integer_value(json_object_get(call, "ms")));
    }
}

void log_show_record(FILE *out, const json_t *record, bool has_color)
{
    char outcome[80], what[LOG_EVENT_BYTES];
    const char *time = log_text(record, "time", NULL), *path = log_text(record, "source", "path");
    const char *message = log_text(record, "error", "message");
    const json_t *result = json_object_get(record, "result");
    fprintf(out, "%s%6" JSON_INTEGER_FORMAT "%s  ", style_code(has_color, STYLE_BOLD),
            json_integer_value(json_object_get(record, "seq")), style_code(has_color, STYLE_PLAIN));
    text_put(out, time);
    fputs("  ", out);
    unsigned columns = style_put(out, view_of_cstr(log_text(record, "event", NULL)));
    fprintf(out, "%*s  %s", columns < 11 ? (int)(11 - columns) : 0, "",
            style_code(has_color, style_of(record)));
    columns = style_put(out, view_of_cstr(log_outcome(record, outcome)));
    fprintf(out, "%s%*s", style_code(has_color, STYLE_PLAIN), columns < 12 ? (int)(12 - columns) : 0, "");
    fputs("  ", out);
    if (*path) text_put(out, path);
    if (log_event_is(record)) text_put(out, log_event_text(record, what));
    if (result)
        fprintf(out,
                "wall %" JSON_INTEGER_FORMAT " ms, cpu %" JSON_INTEGER_FORMAT
                " ms, memory %" JSON_INTEGER_FORMAT " KiB",
                json_integer_value(json_object_get(result, "wall_ms")),
                json_integer_value(json_object_get(result, "cpu_ms")),
                json_integer_value(json_object_get(result, "peak_memory_kib")));
    who_put(out, record);
    fprintf(out, "  %.8s\n", log_text(record, "id", NULL));
    findings_put(out, record);
    attempts_put(out, result);
    calls_put(out, result);
    if (!*message) return;
    fputs("      ", out);
    text_put(out, message);
    fputc('\n', out);
}
