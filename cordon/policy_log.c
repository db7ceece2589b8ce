/* policy_log.c - the section `log` of a policy, by its keys. */
#include <stdlib.h>

#include "cordon/policy.h"

enum log_key {
    LOG_PATH,
    LOG_SOURCES,
    LOG_SYNC,
    LOG_ROTATE,
    LOG_ANCHOR,
    LOG_OPTIONAL,
    LOG_EVENTS,
    LOG_KEY_COUNT
};

static const char *const keys[LOG_KEY_COUNT] = {"path",   "sources",  "sync",  "rotate",
                                                "anchor", "optional", "events"};

static bool word_choose(struct view value, const char *const *words, unsigned count, unsigned *choice,
                        struct error *err)
{
    for (*choice = 0; *choice < count; ++*choice)
        if (view_equals_cstr(value, words[*choice])) return true;
    const char *nearest = error_nearest(value, words, count);
    error_set(err, ERROR_POLICY, "unknown value '%.*s'", VIEW_ARGS(view_slice(value, 0, 60)));
    return error_remedy(err, "did you mean '%s'?", nearest ? nearest : words[0]);
}

static bool size_set(struct policy *policy, struct view value, struct error *err)
{
    struct limits limits = limits_default(); /* the same way of writing sizes */
    if (!limits_parse(&limits, LIMIT_DISK, value, err)) return error_prefix(err, "the size to rotate at");
    policy->log.rotate_bytes = limits.values[LIMIT_DISK];
    return true;
}

static bool events_set(struct policy *policy, const char *text, struct error *err)
{
    char *end;
    unsigned long long count = *text >= '0' && *text <= '9' ? strtoull(text, &end, 10) : 0;
    if (count == 0 || *end || count > AUDIT_EVENTS_MAX)
        return error_set(err, ERROR_POLICY, "the events of a run in the log are from 1 to %d",
                         AUDIT_EVENTS_MAX);
    policy->log.events_max = count;
    return true;
}

static bool value_set(struct policy *policy, enum log_key key, const char *text, struct error *err)
{
    struct view value = view_of_cstr(text);
    unsigned choice = 0;
    switch (key) {
    case LOG_PATH:
        if (!value.length) return error_set(err, ERROR_POLICY, "an empty path");
        policy->log.path = text;
        return true;
    case LOG_SOURCES:
        if (!word_choose(value, (const char *const[]){"none", "store"}, 2, &choice, err)) return false;
        policy->log.keeps_sources = choice == 1;
        return true;
    case LOG_SYNC:
        if (!word_choose(value, (const char *const[]){"run", "always", "never"}, 3, &choice, err))
            return false;
        policy->log.sync = (enum audit_sync)choice;
        return true;
    case LOG_ROTATE:
        return size_set(policy, value, err);
    case LOG_ANCHOR:
        policy->log.anchor = view_equals(value, VIEW("none")) ? NULL : text;
        if (!policy->log.anchor || value.bytes[0] == '/' || view_equals(value, VIEW("syslog"))) return true;
        error_set(err, ERROR_POLICY, "unknown anchor '%.60s'", text);
        return error_remedy(err, "syslog, none, or the absolute path of a datagram socket");
    case LOG_OPTIONAL:
        if (!word_choose(value, (const char *const[]){"false", "true"}, 2, &choice, err)) return false;
        policy->log.is_optional = choice == 1;
        return true;
    case LOG_EVENTS:
        return events_set(policy, text, err);
    case LOG_KEY_COUNT:
        break;
    }
    return false;
}

bool policy_set_log(struct policy *policy, struct arena *arena, struct view key, const char *value,
                    const char *origin, uint32_t line, struct error *err)
{
    int at = 0;
    while (at < LOG_KEY_COUNT && !view_equals_cstr(key, keys[at])) at++;
    if (at == LOG_KEY_COUNT) {
        const char *nearest = error_nearest(key, keys, LOG_KEY_COUNT);
        error_set(err, ERROR_POLICY, "unknown key '%.*s'", VIEW_ARGS(view_slice(key, 0, 60)));
        return nearest ? error_remedy(err, "did you mean '%s'?", nearest) : false;
    }
    return value_set(policy, (enum log_key)at, value, err) &&
           policy_note(policy, arena, (struct policy_entry){"log", key, view_of_cstr(value), origin, line},
                       err);
}
