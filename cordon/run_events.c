#include "cordon/run_events.h"

/* Whether there is room for it; the first without is said by a record of its own. */
static bool has_room(struct run_events *events, bool is_refusal, struct error *err)
{
    uint64_t most = events->audit->policy->log.events_max;
    if (most == 0) most = AUDIT_EVENTS;
    if (is_refusal) most = (most + 9) / 10;
    if (events->noted[is_refusal] < most) {
        events->noted[is_refusal]++;
        return true;
    }
    if (events->beyond[is_refusal]++ == 0)
        record_event(events->audit, "run.events",
                     json_pack("{s:s, s:I, s:s}", "of", is_refusal ? "refusals" : "actions", "recorded",
                               (json_int_t)most, "more", "counted in run.end"),
                     err);
    return false;
}

static bool event_take(void *context, const char *event, bool is_refusal, json_t *fields)
{
    struct run_events *events = context;
    struct error err = {0};
    bool is_put = false;
    if (events->error.code != ERROR_NONE) { /* it waited for the log once, and nothing goes ahead any more */
        json_decref(fields);
        return false;
    }
    if (has_room(events, is_refusal, &err))
        is_put = record_event(events->audit, event, fields, &err);
    else
        json_decref(fields);
    is_put |= err.code == ERROR_NONE;
    if (!is_put && events->error.code == ERROR_NONE) events->error = err;
    return is_put;
}

bool run_events_open(struct run_events *events, const struct audit *audit, struct error *err)
{
    *events = (struct run_events){.audit = audit};
    if (!audit->log) return true;
    events->journal = journal_new(event_take, events);
    return events->journal || error_set(err, ERROR_LIMIT, "no memory for the events of a run");
}

bool run_events_close(struct run_events *events, json_t **counts, struct error *err)
{
    *counts = NULL;
    if (!events->journal) return true;
    journal_close(events->journal);
    journal_free(events->journal);
    events->journal = NULL;
    *counts = json_pack("{s:I, s:I}", "recorded", (json_int_t)(events->noted[0] + events->noted[1]),
                        "unrecorded", (json_int_t)(events->beyond[0] + events->beyond[1]));
    if (events->error.code == ERROR_NONE) return true;
    *err = events->error;
    return false;
}
