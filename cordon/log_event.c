#include "cordon/log_event.h"

#include <stdio.h>
#include <string.h>

#include "cordon/log_query.h"

enum event { EVENT_DECISION, EVENT_CONNECTION, EVENT_CALL, EVENT_END, EVENT_FULL, EVENT_OTHER };

static const char *const names[EVENT_OTHER] = {"gateway.decision", "gateway.connection", "tool.call",
                                               "tool.end", "run.events"};

static enum event event_of(const json_t *record)
{
    const char *name = log_text(record, "event", NULL);
    int event = 0;
    while (event < EVENT_OTHER && strcmp(name, names[event]) != 0) event++;
    return (enum event)event;
}

bool log_event_is(const json_t *record)
{
    return event_of(record) != EVENT_OTHER;
}

const char *log_event_outcome(const json_t *record)
{
    switch (event_of(record)) {
    case EVENT_DECISION:
    case EVENT_CALL:
        return log_text(record, "decision", NULL);
    case EVENT_CONNECTION:
        return json_is_true(json_object_get(record, "connected")) ? "connected" : "failed";
    case EVENT_END:
        return log_text(record, "outcome", NULL);
    case EVENT_FULL:
        return "full";
    case EVENT_OTHER:
        break;
    }
    return log_text(record, "event", NULL);
}

static long long number_of(const json_t *record, const char *key)
{
    return json_integer_value(json_object_get(record, key));
}

const char *log_event_text(const json_t *record, char out[LOG_EVENT_BYTES])
{
    enum event event = event_of(record);
    const char *reason = log_text(record, "reason", NULL), *secret = log_text(record, "secret", NULL);
    int length = 0;
    if (event == EVENT_DECISION || event == EVENT_CONNECTION)
        length = snprintf(out, LOG_EVENT_BYTES, "%.20s %.200s:%lld%s%.64s%s%s%.64s",
                          log_text(record, "method", NULL), log_text(record, "host", NULL),
                          number_of(record, "port"), *log_text(record, "address", NULL) ? " at " : "",
                          log_text(record, "address", NULL),
                          json_is_true(json_object_get(record, "intercepted")) ? ", intercepted" : "",
                          *secret ? ", secret " : "", secret);
    if (event == EVENT_CONNECTION)
        length += snprintf(out + length, LOG_EVENT_BYTES - (size_t)length,
                           ", %lld bytes out, %lld in, %lld ms", number_of(record, "sent_bytes"),
                           number_of(record, "received_bytes"), number_of(record, "ms"));
    if (event == EVENT_CALL)
        length = snprintf(out, LOG_EVENT_BYTES, "%.64s, %lld bytes", log_text(record, "tool", NULL),
                          number_of(record, "arguments_bytes"));
    if (event == EVENT_END)
        length = snprintf(out, LOG_EVENT_BYTES, "%.64s, %lld bytes, %lld ms", log_text(record, "tool", NULL),
                          number_of(record, "result_bytes"), number_of(record, "ms"));
    if (event == EVENT_FULL)
        length = snprintf(out, LOG_EVENT_BYTES, "%lld %.20s are on record, more are counted",
                          number_of(record, "recorded"), log_text(record, "of", NULL));
    snprintf(out + length, LOG_EVENT_BYTES - (size_t)length, "%s%.200s", *reason ? ": " : "", reason);
    return out;
}
