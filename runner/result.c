#include "runner/result.h"

#include "base/json.h"
#include "base/utf8.h"

const char *ended_word(enum ended ended)
{
    switch (ended) {
    case ENDED_FAILED:
        return "failed";
    case ENDED_EXITED:
        return "exited";
    case ENDED_SIGNALED:
        return "signaled";
    case ENDED_LIMIT:
        return "limit";
    case ENDED_REFUSED:
        return "refused";
    case ENDED_CANCELED:
        return "canceled";
    }
    return "failed";
}

/* The text, and the bytes themselves where the text cannot hold them. */
static void output_put(json_t *object, const char *name, const char *truncated, const char *base64,
                       const struct output *output)
{
    json_object_set_new(object, name, json_string_of_view(output->bytes));
    json_object_set_new(object, truncated, json_boolean(output->is_truncated));
    if (utf8_find_invalid(output->bytes) != SIZE_MAX)
        json_object_set_new(object, base64, json_base64_of_view(output->bytes));
}

static json_t *activity_to_json(const struct activity *activity)
{
    json_t *attempts = json_array();
    for (uint32_t i = 0; i < activity->count; i++) {
        const struct attempt *attempt = &activity->attempts[i];
        json_array_append_new(attempts, json_pack("{s:s, s:o, s:i, s:b}", "kind", attempt->kind, "target",
                                                  json_string_of_view(attempt->target), "count",
                                                  (int)attempt->count, "denied", attempt->is_denied));
    }
    return json_pack("{s:o, s:i, s:i, s:I}", "attempts", attempts, "dropped", (int)activity->dropped,
                     "programs_started", (int)activity->programs_started, "written_bytes",
                     (json_int_t)activity->written_bytes);
}

json_t *result_to_json(const struct result *result)
{
    json_t *object = json_object();
    if (!object) return NULL;
    json_object_set_new(object, "id", json_string(result->id));
    json_object_set_new(object, "ended", json_string(ended_word(result->ended)));
    json_object_set_new(object, "exit_code",
                        result->ended == ENDED_EXITED ? json_integer(result->exit_code) : json_null());
    json_object_set_new(object, "signal", result->signal ? json_integer(result->signal) : json_null());
    json_object_set_new(object, "limit",
                        result->ended == ENDED_LIMIT ? json_string(limit_word(result->limit)) : json_null());
    json_object_set_new(object, "wall_ms", json_integer((json_int_t)result->wall_ms));
    json_object_set_new(object, "cpu_ms", json_integer((json_int_t)result->cpu_ms));
    json_object_set_new(object, "peak_memory_kib", json_integer((json_int_t)result->peak_memory_kib));
    json_object_set_new(object, "peak_processes", json_integer((json_int_t)result->peak_processes));
    json_object_set_new(object, "disk_bytes", json_integer((json_int_t)result->disk_bytes));
    json_object_set_new(object, "layers",
                        json_pack("{s:s, s:s}", "cgroup", cgroup_word(result->layers.cgroup), "user",
                                  result->layers.has_own_uid      ? "own"
                                  : result->layers.accepts_shared ? "shared"
                                                                  : "caller"));
    json_object_set_new(object, "start", json_string(result->was_waiting ? "warm" : "cold"));
    json_object_set_new(object, "activity", activity_to_json(&result->activity));
    if (result->network)
        json_object_set_new(object, "network", json_loads(result->network, JSON_REJECT_DUPLICATES, NULL));
    if (result->tools)
        json_object_set_new(object, "tools", json_loads(result->tools, JSON_REJECT_DUPLICATES, NULL));
    if (result->events)
        json_object_set_new(object, "events", json_loads(result->events, JSON_REJECT_DUPLICATES, NULL));
    artifacts_to_json(&result->artifacts, object);
    output_put(object, "stdout", "stdout_truncated", "stdout_base64", &result->out);
    output_put(object, "stderr", "stderr_truncated", "stderr_base64", &result->err);
    return object;
}
