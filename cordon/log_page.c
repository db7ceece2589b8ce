/* log_page.c - the audit log as one page. Everything that came from a program or a caller goes through
 * html_put; the page has no script, and its own policy forbids any. */
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <time.h>

#include "base/io.h"
#include "cordon/log_chart.h"
#include "cordon/log_event.h"
#include "cordon/log_html.h"
#include "cordon/log_query.h"
#include "cordon/log_show.h"

enum {
    CARDS_MAX = 2000,
    SOURCE_BYTES_MAX = 8 << 20,
    LINES_AROUND = 4,
    LINES_WHOLE = 300,
    EVENTS_SHOWN = 100
};

static const char page_head[] =
    "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
    "'unsafe-inline'\">\n"
    "<meta name=\"viewport\" content=\"width=device-width\">\n<title>cordon audit log</title>\n<style>\n"
    ":root{--bg:#fff;--fg:#1b1f24;--dim:#667;--line:#d8dce2;--card:#f6f7f9;--ok:#1a7f37;--ran:#0969da;--no:#"
    "cf222e;"
    "--bad:#b26a00}\n"
    "@media(prefers-color-scheme:dark){:root{--bg:#14171b;--fg:#e4e7eb;--dim:#98a1ad;--line:#31363e;--card:#"
    "1c2026;"
    "--ok:#4ac26b;--ran:#6cb6ff;--no:#ff7b72;--bad:#e3a13c}}\n"
    "body{background:var(--bg);color:var(--fg);font:15px/1.5 "
    "system-ui,sans-serif;max-width:72rem;margin:2rem auto;"
    "padding:0 1rem}\n"
    "h1{font-size:1.5rem;margin:0}h2{font-size:1.05rem;margin:2rem 0 .6rem}\n"
    ".dim{color:var(--dim)}.ok{color:var(--ok)}.ran{color:var(--ran)}.no{color:var(--no)}.bad{color:var(--"
    "bad)}\n"
    ".cols{display:grid;grid-template-columns:repeat(auto-fit,minmax(17rem,1fr));gap:2rem}\n"
    "table{border-collapse:collapse}td,th{padding:.1rem .9rem .1rem 0;text-align:left;vertical-align:top}\n"
    "td.n{text-align:right;font-variant-numeric:tabular-nums}\n"
    ".bar{display:inline-block;height:.7rem;border-radius:2px;background:currentColor}\n"
    "details.r{border:1px solid var(--line);border-radius:6px;margin:.4rem 0;background:var(--card)}\n"
    "summary{cursor:pointer;padding:.4rem .8rem;display:flex;gap:1rem;flex-wrap:wrap}\n"
    "summary .p{font-family:ui-monospace,monospace;overflow-wrap:anywhere;flex:1}\n"
    ".b{font-weight:600;min-width:6.5rem}.in{padding:.2rem .8rem .8rem}\n"
    "pre{margin:.6rem 0;overflow-x:auto;background:var(--bg);border:1px solid var(--line);border-radius:4px;"
    "padding:.4rem 0;font:13px/1.45 ui-monospace,monospace}\n"
    "pre "
    "i{display:inline-block;width:3.5rem;padding-right:.8rem;text-align:right;color:var(--dim);font-style:"
    "normal;"
    "user-select:none}\n"
    "pre .h{display:block;background:color-mix(in srgb,var(--no) 13%,transparent)}\n"
    "pre .g{display:block;background:color-mix(in srgb,var(--ok) 13%,transparent)}\n"
    "pre .m{display:block;padding-left:4.6rem;white-space:pre-wrap;color:var(--no)}pre "
    ".g+.m{color:var(--ok)}\n"
    "code{font:13px ui-monospace,monospace;overflow-wrap:anywhere}svg text{fill:var(--dim);font-size:11px}\n"
    "svg .ok{fill:var(--ok)}svg .ran{fill:var(--ran)}svg .no{fill:var(--no)}svg .bad{fill:var(--bad)}\n"
    "</style></head><body>\n";

static long line_of(const json_t *finding, size_t at)
{
    return (long)json_integer_value(json_array_get(json_object_get(finding, "at"), at));
}

static bool is_accepted(const json_t *finding)
{
    return json_is_true(json_object_get(finding, "granted")) || json_object_get(finding, "suppressed");
}

/* Whether a line of a long source is near a finding, or at the top. */
static bool is_shown(const json_t *findings, long line, long count)
{
    size_t at;
    const json_t *finding;
    if (count <= LINES_WHOLE || line <= LINES_AROUND) return true;
    json_array_foreach(findings, at, finding)
    {
        if (line >= line_of(finding, 0) - LINES_AROUND && line <= line_of(finding, 2) + LINES_AROUND)
            return true;
    }
    return false;
}

/* NULL: none covers the line. */
static const json_t *finding_at(const json_t *findings, long line)
{
    size_t at;
    const json_t *finding, *found = NULL;
    json_array_foreach(findings, at, finding)
    {
        if (line < line_of(finding, 0) || line > line_of(finding, 2)) continue;
        if (!found || is_accepted(found)) found = finding;
    }
    return found;
}

static void messages_put(FILE *out, const json_t *findings, long line)
{
    size_t at;
    const json_t *finding;
    json_array_foreach(findings, at, finding)
    {
        if (line_of(finding, 0) != line) continue;
        fprintf(out, "<span class=\"m\">%s ", is_accepted(finding) ? "accepted:" : "\xe2\x96\xb2");
        html_cstr(out, log_text(finding, "rule", NULL));
        fputs(": ", out);
        html_cstr(out, log_text(finding, "message", NULL));
        fputs("</span>", out);
    }
}

static void source_put(FILE *out, struct view bytes, const json_t *findings)
{
    long count = 1, line = 0;
    bool was_left_out = false, has_more = true;
    for (size_t i = 0; i < bytes.length; i++) count += bytes.bytes[i] == '\n';
    fputs("<pre>", out);
    for (struct view rest = bytes, text; has_more;) {
        has_more = view_split(rest, '\n', &text, &rest);
        line++;
        if (!has_more && !text.length) break;
        if (!is_shown(findings, line, count)) {
            if (!was_left_out) fputs("<i>\xe2\x8b\xae</i>\n", out);
            was_left_out = true;
            continue;
        }
        was_left_out = false;
        const json_t *finding = finding_at(findings, line);
        if (finding) fprintf(out, "<span class=\"%s\">", is_accepted(finding) ? "g" : "h");
        fprintf(out, "<i>%ld</i>", line);
        html_code(out, text);
        fputs(finding ? "</span>" : "\n", out);
        messages_put(out, findings, line);
    }
    fputs("</pre>\n", out);
}

/* Only what is there under its own digest; otherwise the findings alone. */
static void source_find(FILE *out, const char *path, const json_t *record)
{
    char name[PATH_MAX];
    struct view bytes;
    const json_t *findings = json_object_get(record, "findings");
    const char *sha256 = log_text(record, "source", "sha256");
    AUTO_ARENA struct arena arena;
    arena_init(&arena, 4u * SOURCE_BYTES_MAX);
    snprintf(name, sizeof name, "%s.sources/%.2s/%s", path, sha256, sha256);
    bool is_name =
        strlen(sha256) == DIGEST_HEX_BYTES && strspn(sha256, "0123456789abcdef") == DIGEST_HEX_BYTES;
    if (is_name && io_read_file(&arena, name, SOURCE_BYTES_MAX, &bytes, NULL) &&
        strcmp(digest_sha256(bytes).hex, sha256) == 0) {
        source_put(out, bytes, findings);
        return;
    }
    if (json_is_true(json_object_get(json_object_get(record, "source"), "kept")))
        fputs("<p class=\"bad\">The source is not in the store under its digest.</p>", out);
    if (!json_array_size(findings)) return;
    fputs("<pre>", out);
    size_t at;
    const json_t *finding;
    json_array_foreach(findings, at, finding)
    {
        fprintf(out, "<span class=\"%s\"><i>%ld</i>", is_accepted(finding) ? "g" : "h", line_of(finding, 0));
        html_cstr(out, log_text(finding, "rule", NULL));
        fputs(": ", out);
        html_cstr(out, log_text(finding, "message", NULL));
        fputs("</span>", out);
    }
    fputs("</pre>\n", out);
}

static void fact_put(FILE *out, const char *name, const char *text)
{
    if (!*text) return;
    fprintf(out, "<tr><td class=\"dim\">%s</td><td><code>", name);
    html_cstr(out, text);
    fputs("</code></td></tr>\n", out);
}

static void uses_put(FILE *out, const char *name, const json_t *uses)
{
    size_t at;
    const json_t *use;
    if (!json_array_size(uses)) return;
    fprintf(out, "<tr><td class=\"dim\">%s</td><td><code>", name);
    json_array_foreach(uses, at, use)
    {
        if (at) fputs(", ", out);
        html_cstr(out, log_text(use, "capability", NULL));
        const json_t *argument = json_object_get(use, "argument");
        if (argument) fputc('=', out);
        html_cstr(out, json_is_null(argument) ? "?" : log_text(use, "argument", NULL));
    }
    fputs("</code></td></tr>\n", out);
}

static void result_put(FILE *out, const json_t *end)
{
    const json_t *result = json_object_get(end, "result"), *attempt;
    char outcome[80];
    size_t at;
    if (!result) return;
    fact_put(out, "ended", log_outcome(end, outcome));
    fprintf(out,
            "<tr><td class=\"dim\">used</td><td>wall %lld ms, cpu %lld ms, memory %lld KiB, output %lld "
            "bytes</td></tr>\n",
            json_integer_value(json_object_get(result, "wall_ms")),
            json_integer_value(json_object_get(result, "cpu_ms")),
            json_integer_value(json_object_get(result, "peak_memory_kib")),
            json_integer_value(json_object_get(json_object_get(result, "stdout"), "bytes")));
    json_array_foreach(json_object_get(json_object_get(result, "activity"), "attempts"), at, attempt)
    {
        fputs(at ? "<tr><td></td><td><code>" : "<tr><td class=\"dim\">tried</td><td><code>", out);
        html_cstr(out, log_text(attempt, "kind", NULL));
        fputc(' ', out);
        html_cstr(out, log_text(attempt, "target", NULL));
        fprintf(out, "</code> %s</td></tr>\n",
                json_is_true(json_object_get(attempt, "denied")) ? "<span class=\"no\">denied</span>" : "");
    }
}

/* What the run did outside its cell, in its order. */
static void events_put(FILE *out, const json_t *events)
{
    char what[LOG_EVENT_BYTES];
    size_t at, count = json_array_size(events);
    const json_t *event;
    json_array_foreach(events, at, event)
    {
        if (at == EVENTS_SHOWN) break;
        fputs(at ? "<tr><td></td><td><code>" : "<tr><td class=\"dim\">did</td><td><code>", out);
        html_cstr(out, log_text(event, "event", NULL));
        fprintf(out, "</code> <span class=\"%s\">",
                strcmp(log_event_outcome(event), "refuse") == 0 ? "no" : "dim");
        html_cstr(out, log_event_outcome(event));
        fputs("</span> ", out);
        html_cstr(out, log_event_text(event, what));
        fputs("</td></tr>\n", out);
    }
    if (count > EVENTS_SHOWN)
        fprintf(out, "<tr><td></td><td class=\"dim\">and %zu more: cordon log show --id</td></tr>\n",
                count - EVENTS_SHOWN);
}

static void who_put(FILE *out, const json_t *who)
{
    char uid[120];
    const json_t *peer = json_object_get(who, "peer_uid");
    snprintf(uid, sizeof uid, "uid %lld, process %lld", json_integer_value(json_object_get(who, "uid")),
             json_integer_value(json_object_get(who, "pid")));
    fact_put(out, "actor", log_text(who, "actor", NULL));
    fact_put(out, "asked by", uid);
    if (peer) {
        snprintf(uid, sizeof uid, "uid %lld, process %lld", json_integer_value(peer),
                 json_integer_value(json_object_get(who, "peer_pid")));
        fact_put(out, "peer", uid);
    }
    fact_put(out, "through", log_text(who, "via", NULL));
    fact_put(out, "client", log_text(who, "client", NULL));
    fact_put(out, "trace", log_text(who, "traceparent", NULL));
}

/* One request: its record, and for a run the one of its end and those between (NULL: none). */
static void card_put(FILE *out, const char *path, const json_t *record, const json_t *end,
                     const json_t *events)
{
    char outcome[80];
    const json_t *said = end ? end : record, *who = json_object_get(record, "who");
    bool is_lost = !end && strcmp(log_text(record, "event", NULL), "run.start") == 0;
    const char *actor = log_text(who, "actor", NULL);
    const char *time = log_text(record, "time", NULL);
    fputs("<details class=\"r\"><summary><span class=\"dim\">", out);
    html_put(out, view_make(time, strnlen(time, strlen("2027-01-31T12:00:00"))));
    fprintf(out, "</span><span class=\"b %s\">", log_chart_class(said));
    html_cstr(out, is_lost ? "no end" : log_outcome(said, outcome));
    fputs("</span><span class=\"p\">", out);
    html_cstr(out, log_text(record, "source", "path"));
    fputs("</span><span class=\"dim\">", out);
    html_cstr(out, *actor ? actor : log_text(who, "via", NULL));
    fputs("</span></summary><div class=\"in\"><table>\n", out);
    if (is_lost)
        fputs("<tr><td></td><td class=\"bad\">It was started and its end is not on record: it still runs, or "
              "cordon was killed (and the cell with it).</td></tr>\n",
              out);
    fact_put(out, "event", log_text(record, "event", NULL));
    fact_put(out, "id", log_text(record, "id", NULL));
    fact_put(out, "decision", log_text(record, "decision", NULL));
    fact_put(out, "gate", log_text(record, "gate", NULL));
    result_put(out, end ? end : record);
    events_put(out, events);
    fact_put(out, "error", log_text(said, "error", "message"));
    who_put(out, who);
    uses_put(out, "missing", json_object_get(record, "missing"));
    uses_put(out, "used", json_object_get(record, "used"));
    uses_put(out, "granted", json_object_get(record, "granted"));
    fact_put(out, "source", log_text(record, "source", "sha256"));
    fact_put(out, "policy", log_text(record, "policy", "sha256"));
    fact_put(out, "rules", log_text(record, "rules", "sha256"));
    fact_put(out, "lost", log_text(record, "lost", NULL));
    fputs("</table>\n", out);
    source_find(out, path, record);
    fputs("</div></details>\n", out);
}

/* Another event of the run with this id. */
static void event_add(json_t *events, const char *id, json_t *record)
{
    if (!json_object_get(events, id)) json_object_set_new(events, id, json_array());
    json_array_append(json_object_get(events, id), record);
}

/* Newest first; the end of a run, and what it did, stand in the card of its start. */
static void cards_put(FILE *out, const char *path, const json_t *records)
{
    json_t *ends = json_object(), *starts = json_object(), *events = json_object();
    size_t at, count = json_array_size(records), cards = 0;
    json_t *record;
    json_array_foreach(records, at, record)
    {
        const char *event = log_text(record, "event", NULL), *id = log_text(record, "id", NULL);
        if (log_event_is(record)) event_add(events, id, record);
        if (strcmp(event, "run.end") == 0) json_object_set(ends, id, record);
        if (strcmp(event, "run.start") == 0) json_object_set(starts, id, record);
    }
    fputs("<h2>Records</h2>\n", out);
    for (at = count; at-- > 0 && cards < CARDS_MAX;) {
        record = json_array_get(records, at);
        const char *event = log_text(record, "event", NULL), *id = log_text(record, "id", NULL);
        bool is_part = strcmp(event, "run.end") == 0 || log_event_is(record);
        if (is_part && json_object_get(starts, id)) continue;
        bool is_start = strcmp(event, "run.start") == 0;
        card_put(out, path, record, is_start ? json_object_get(ends, id) : NULL,
                 is_start ? json_object_get(events, id) : NULL);
        cards++;
    }
    if (cards == CARDS_MAX)
        fprintf(
            out,
            "<p class=\"dim\">The newest %d are listed; older ones are counted above. --since and --until "
            "choose others.</p>\n",
            CARDS_MAX);
    json_decref(ends);
    json_decref(events);
    json_decref(starts);
}

static void integrity_put(FILE *out, const struct audit_verdict *verdict)
{
    fprintf(out,
            "<p><b class=\"%s\">%s</b> <span class=\"dim\">%" PRIu64 " records in %" PRIu64
            " file%s; the last is %" PRIu64 ":%s</span></p>\n",
            verdict->is_intact ? "ok" : "no",
            verdict->is_intact ? "The chain is intact." : "The chain is broken.", verdict->records,
            verdict->files, verdict->files == 1 ? "" : "s", verdict->end.seq, verdict->end.digest.hex);
    if (!verdict->faults.count) return;
    fputs("<table>\n", out);
    ARRAY_FOREACH (const struct audit_fault, fault, &verdict->faults) {
        fprintf(out, "<tr><td class=\"%s\">line %" PRIu64 "</td><td>", fault->is_note ? "bad" : "no",
                fault->line);
        html_cstr(out, fault->message);
        fputs("</td></tr>\n", out);
    }
    fputs("</table>\n", out);
}

void log_page_write(FILE *out, const char *path, const json_t *records, const struct audit_verdict *verdict)
{
    fputs(page_head, out);
    fputs("<h1>cordon audit log</h1>\n<p class=\"dim\"><code>", out);
    html_cstr(out, path);
    fputs("</code></p>\n", out);
    integrity_put(out, verdict);
    log_chart_put(out, records);
    cards_put(out, path, records);
    fputs("</body></html>\n", out);
}
