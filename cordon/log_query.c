#include "cordon/log_query.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

const char *log_text(const json_t *record, const char *key, const char *inner)
{
    const json_t *value = json_object_get(record, key);
    if (inner) value = json_object_get(value, inner);
    const char *text = json_string_value(value);
    return text ? text : "";
}

/* "90s", "10m", "2h", "7d": this long ago. */
static bool span_parse(const char *text, char out[32])
{
    char *end;
    long count = strtol(text, &end, 10);
    const char *unit = *end ? strchr("smhd", *end) : NULL;
    if (end == text || count < 0 || count > 100000000 || !unit || end[1]) return false;
    static const long seconds[] = {1, 60, 3600, 86400};
    time_t then = time(NULL) - count * seconds[unit - "smhd"];
    struct tm utc;
    return gmtime_r(&then, &utc) && strftime(out, 32, "%Y-%m-%dT%H:%M:%S", &utc) > 0;
}

/* A day, or a second in UTC, as far as it is written. */
static bool time_parse(const char *text, char out[32])
{
    static const char form[] = "dddd-dd-ddTdd:dd:dd";
    size_t length = strlen(text);
    if (length && text[length - 1] == 'Z') length--;
    if (length != 10 && length != 16 && length != 19) return false;
    for (size_t i = 0; i < length; i++) {
        bool is_digit = text[i] >= '0' && text[i] <= '9';
        if (form[i] == 'd' ? !is_digit : text[i] != form[i] && !(form[i] == 'T' && text[i] == ' '))
            return false;
    }
    snprintf(out, 32, "%.*s", (int)length, text);
    if (length > 10) out[10] = 'T';
    return true;
}

static bool moment_parse(const char *text, const char *flag, char out[32], struct error *err)
{
    if (!text || span_parse(text, out) || time_parse(text, out)) return true;
    error_set(err, ERROR_USAGE, "'%.60s' is no time for %s", text, flag);
    return error_remedy(err, "2027-01-31, 2027-01-31T12:00:00Z (UTC), or 90s, 10m, 2h, 7d ago");
}

bool log_filter_make(struct log_filter *filter, const struct log_query *query, const char *actor,
                     struct error *err)
{
    *filter = (struct log_filter){.query = query, .actor = actor};
    return moment_parse(query->since, "--since", filter->since, err) &&
           moment_parse(query->until, "--until", filter->until, err);
}

static bool has_rule(const json_t *record, const char *rule)
{
    size_t at;
    const json_t *finding;
    json_array_foreach(json_object_get(record, "findings"), at, finding)
    {
        if (fnmatch(rule, log_text(finding, "rule", NULL), 0) == 0) return true;
    }
    return false;
}

static bool event_fits(const char *wanted, const char *event)
{
    size_t length = strlen(wanted);
    return strncmp(event, wanted, length) == 0 && (event[length] == '\0' || event[length] == '.');
}

bool log_filter_fits(const struct log_filter *filter, const json_t *record)
{
    const struct log_query *query = filter->query;
    const char *time = log_text(record, "time", NULL);
    if (filter->since[0] && strcmp(time, filter->since) < 0) return false;
    if (filter->until[0] && strcmp(time, filter->until) >= 0) return false;
    if (filter->actor && fnmatch(filter->actor, log_text(record, "who", "actor"), 0) != 0) return false;
    if (query->event && !event_fits(query->event, log_text(record, "event", NULL))) return false;
    if (query->rule && !has_rule(record, query->rule)) return false;
    if (query->decision && strcmp(query->decision, log_text(record, "decision", NULL)) != 0 &&
        strcmp(query->decision, log_text(record, "result", "ended")) != 0)
        return false;
    size_t length = query->id ? strlen(query->id) : 0;
    return !query->id || strncmp(query->id, log_text(record, "id", NULL), length) == 0 ||
           strncmp(query->id, log_text(record, "result", "id"), length) == 0;
}
