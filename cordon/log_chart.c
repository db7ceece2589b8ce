#include "cordon/log_chart.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cordon/log_html.h"
#include "cordon/log_query.h"

enum kind { KIND_OK, KIND_RAN, KIND_NO, KIND_BAD, KIND_NONE };

static const struct {
    const char *word, *what;
} kinds[KIND_NONE] = {
    {"ok", "approved"}, {"ran", "ran"}, {"no", "refused"}, {"bad", "failed or ended by cordon"}};

enum { BUCKETS_MAX = 60, CHART_WIDTH = 1080, CHART_HEIGHT = 150, ROWS_MAX = 12 };

static enum kind kind_of(const json_t *record)
{
    const char *event = log_text(record, "event", NULL), *decision = log_text(record, "decision", NULL);
    if (strcmp(event, "run.end") == 0)
        return strcmp(log_text(record, "result", "ended"), "exited") == 0 ? KIND_RAN : KIND_BAD;
    if (strcmp(event, "run.failed") == 0 || strcmp(event, "recover") == 0) return KIND_BAD;
    if (strcmp(decision, "reject") == 0) return KIND_NO;
    if (strcmp(decision, "undecided") == 0) return KIND_BAD;
    return strcmp(event, "check") == 0 || strcmp(event, "run.start") == 0 ? KIND_OK : KIND_NONE;
}

const char *log_chart_class(const json_t *record)
{
    enum kind kind = kind_of(record);
    return kind == KIND_NONE ? "dim" : kinds[kind].word;
}

/* Seconds since 1970; 0: none. */
static long time_of(const json_t *record)
{
    struct tm utc = {0};
    return strptime(log_text(record, "time", NULL), "%Y-%m-%dT%H:%M:%S", &utc) ? (long)timegm(&utc) : 0;
}

/* A width that people count in, so that the whole span has at most BUCKETS_MAX of them. */
static long width_choose(long span)
{
    static const long widths[] = {1, 10, 60, 300, 900, 3600, 4 * 3600, 86400, 7 * 86400, 28 * 86400};
    for (size_t i = 0; i < sizeof widths / sizeof *widths; i++)
        if (span / widths[i] < BUCKETS_MAX) return widths[i];
    return span / (BUCKETS_MAX - 1) + 1;
}

static void label_put(FILE *out, long when, int x, const char *anchor)
{
    char text[32];
    time_t time = when;
    struct tm utc;
    strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", gmtime_r(&time, &utc));
    fprintf(out, "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\">%s</text>\n", x, CHART_HEIGHT + 16, anchor,
            text);
}

static void bars_put(FILE *out, unsigned counts[][KIND_NONE], long first, long width, long buckets)
{
    unsigned highest = 1;
    for (long i = 0; i < buckets; i++) {
        unsigned sum = 0;
        for (int kind = 0; kind < KIND_NONE; kind++) sum += counts[i][kind];
        if (sum > highest) highest = sum;
    }
    int step = CHART_WIDTH / (int)(buckets > 12 ? buckets : 12);
    fprintf(out,
            "<svg viewBox=\"0 0 %d %d\" width=\"100%%\" role=\"img\" aria-label=\"records over time\">\n",
            CHART_WIDTH, CHART_HEIGHT + 22);
    for (long i = 0; i < buckets; i++) {
        double top = CHART_HEIGHT;
        for (int kind = 0; kind < KIND_NONE; kind++) {
            if (!counts[i][kind]) continue;
            double height = (double)counts[i][kind] * (CHART_HEIGHT - 4) / highest;
            top -= height;
            fprintf(out,
                    "<rect class=\"%s\" x=\"%d\" y=\"%.1f\" width=\"%d\" height=\"%.1f\"><title>%u "
                    "%s</title></rect>\n",
                    kinds[kind].word, (int)i * step, top, step - 2, height, counts[i][kind],
                    kinds[kind].what);
        }
    }
    label_put(out, first, 0, "start");
    label_put(out, first + buckets * width, CHART_WIDTH, "end");
    fputs("</svg>\n<p>", out);
    for (int kind = 0; kind < KIND_NONE; kind++)
        fprintf(out, "<span class=\"%s\">\xe2\x96\xa0</span> %s &nbsp; ", kinds[kind].word, kinds[kind].what);
    fprintf(out, "<span class=\"dim\">highest: %u</span></p>\n", highest);
}

static void time_put(FILE *out, const json_t *records)
{
    static unsigned zero[BUCKETS_MAX][KIND_NONE];
    unsigned counts[BUCKETS_MAX][KIND_NONE];
    long first = 0, last = 0;
    size_t at;
    const json_t *record;
    memcpy(counts, zero, sizeof counts);
    json_array_foreach(records, at, record)
    {
        long when = time_of(record);
        if (when && (!first || when < first)) first = when;
        if (when > last) last = when;
    }
    if (!first) return;
    long width = width_choose(last - first), buckets = (last - first) / width + 1;
    json_array_foreach(records, at, record)
    {
        long when = time_of(record);
        enum kind kind = kind_of(record);
        if (when && kind != KIND_NONE) counts[(when - first) / width][kind]++;
    }
    fputs("<h2>Over time</h2>\n", out);
    bars_put(out, counts, first, width, buckets);
}

static void count_add(json_t *counts, const char *key)
{
    if (!*key) return;
    json_int_t count = json_integer_value(json_object_get(counts, key));
    json_object_set_new(counts, key, json_integer(count + 1));
}

/* The key with the highest count, which is taken out; NULL: none is left. The caller frees it. */
static char *highest_take(json_t *counts, json_int_t *count)
{
    const char *key, *highest = NULL;
    json_t *value;
    *count = 0;
    json_object_foreach(counts, key, value)
    {
        if (json_integer_value(value) <= *count) continue;
        *count = json_integer_value(value);
        highest = key;
    }
    char *name = highest ? strdup(highest) : NULL;
    if (name) json_object_del(counts, name);
    return name;
}

/* Takes the reference. */
static void table_put(FILE *out, const char *title, const char *kind, json_t *counts)
{
    json_int_t count, highest = 0;
    fprintf(out, "<div><h2>%s</h2>\n<table>\n", title);
    for (int i = 0; i < ROWS_MAX; i++) {
        char *name = highest_take(counts, &count);
        if (!name) break;
        if (!highest) highest = count;
        fputs("<tr><td><code>", out);
        html_cstr(out, name);
        fprintf(out,
                "</code></td><td class=\"n\">%lld</td><td class=\"%s\"><span class=\"bar\" "
                "style=\"width:%dpx\"></span></td></tr>\n",
                count, kind, (int)(1 + 90 * count / highest));
        free(name);
    }
    fprintf(out, "</table>%s</div>\n", highest ? "" : "<p class=\"dim\">none</p>");
    json_decref(counts);
}

void log_chart_put(FILE *out, const json_t *records)
{
    json_t *missing = json_object(), *rules = json_object(), *limits = json_object(), *actors = json_object();
    size_t at, i;
    const json_t *record, *item;
    json_array_foreach(records, at, record)
    {
        bool is_refused = kind_of(record) == KIND_NO;
        json_array_foreach(json_object_get(record, "missing"), i, item)
        {
            if (is_refused) count_add(missing, log_text(item, "capability", NULL));
        }
        json_array_foreach(json_object_get(record, "findings"), i, item)
        {
            if (is_refused) count_add(rules, log_text(item, "rule", NULL));
        }
        count_add(limits, log_text(record, "result", "limit"));
        if (kind_of(record) != KIND_NONE) count_add(actors, log_text(record, "who", "actor"));
    }
    time_put(out, records);
    fputs("<div class=\"cols\">\n", out);
    table_put(out, "Refused, by capability that was missing", "no", missing);
    table_put(out, "Refused, by rule", "no", rules);
    table_put(out, "Limits reached", "bad", limits);
    table_put(out, "By actor", "ran", actors);
    fputs("</div>\n", out);
}
