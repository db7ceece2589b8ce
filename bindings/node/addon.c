/* addon.c - libcordon for Node, by Node-API alone. index.js is what users see; this passes plain values.
 *
 *     open(options) -> gate      close(gate)      drain(gate)      stats(gate)      has(feature)
 *     warm(gate, language, limits, cells, timeout)
 *     start(gate, request, onOutput) -> {promise, cancel}      answer(asking, hasSucceeded, text) */
#include <stdlib.h>

#include "addon.h"
#include "cordon/cordon.h"

static void gate_finalize(napi_env env, void *data, void *hint)
{
    (void)env, (void)hint;
    struct cordon_gate **gate = data;
    cordon_gate_close(*gate);
    free(gate);
}

struct cordon_gate **gate_take(napi_env env, napi_value value)
{
    void *data = NULL;
    if (is_type(env, value, napi_external)) napi_get_value_external(env, value, &data);
    struct cordon_gate **gate = data;
    if (gate && *gate) return gate;
    throw_text(env, "the gate is closed");
    return NULL;
}

static napi_value gate_open(napi_env env, napi_callback_info info)
{
    size_t count = 1;
    napi_value given, result = NULL;
    napi_get_cb_info(env, info, &count, &given, NULL, NULL);
    struct texts rules = {0}, grants = {0};
    char error[1400] = "the options are wrong", *policy = text_take(env, property(env, given, "policy")),
         *reject_at = text_take(env, property(env, given, "rejectAt")),
         *log = text_take(env, property(env, given, "log")),
         *actor = text_take(env, property(env, given, "actor"));
    struct cordon_gate **gate = calloc(1, sizeof *gate);
    if (gate && texts_take(env, property(env, given, "rules"), &rules) &&
        texts_take(env, property(env, given, "grants"), &grants)) {
        struct cordon_gate_options options = {
            .struct_size = sizeof options,
            .rule_paths = (const char *const *)rules.items,
            .rule_path_count = rules.count,
            .grants = (const char *const *)grants.items,
            .grant_count = grants.count,
            .reject_at = reject_at,
            .policy = policy,
            .pool_cells = (uint32_t)number_take(env, property(env, given, "cells")),
            .pool_memory_bytes = number_take(env, property(env, given, "memoryBytes")),
            .pool_idle_ms = (uint32_t)number_take(env, property(env, given, "idleMs")),
            .log = log,
            .actor = actor,
            .isolate_check = flag_take(env, property(env, given, "isolateCheck")),
            .check_deadline_ms = (uint32_t)number_take(env, property(env, given, "checkDeadlineMs")),
        };
        *gate = cordon_gate_open(&options, error, sizeof error);
    }
    texts_free(&rules);
    texts_free(&grants);
    free(policy), free(reject_at), free(log), free(actor);
    if (gate && *gate && napi_create_external(env, gate, gate_finalize, NULL, &result) == napi_ok)
        return result;
    if (gate) cordon_gate_close(*gate);
    free(gate);
    return throw_text(env, error);
}

static napi_value gate_close(napi_env env, napi_callback_info info)
{
    size_t count = 1;
    napi_value value;
    napi_get_cb_info(env, info, &count, &value, NULL, NULL);
    struct cordon_gate **gate = gate_take(env, value);
    if (gate) cordon_gate_close(*gate);
    if (gate) *gate = NULL;
    return NULL;
}

static napi_value gate_warm(napi_env env, napi_callback_info info)
{
    size_t count = 5;
    napi_value given[5];
    napi_get_cb_info(env, info, &count, given, NULL, NULL);
    struct cordon_gate **gate = gate_take(env, given[0]);
    if (!gate) return NULL;
    char error[1400] = "the options are wrong", *language = text_take(env, given[1]);
    struct texts limits = {0};
    bool is_warm = language && texts_take(env, given[2], &limits);
    struct cordon_run_options options = {.struct_size = sizeof options,
                                         .limits = (const char *const *)limits.items,
                                         .limit_count = limits.count};
    is_warm = is_warm && cordon_gate_warm(*gate, language, &options, (uint32_t)number_take(env, given[3]),
                                          (uint32_t)number_take(env, given[4]), error, sizeof error);
    texts_free(&limits);
    free(language);
    return is_warm ? NULL : throw_text(env, error);
}

static napi_value gate_drain(napi_env env, napi_callback_info info)
{
    size_t count = 1;
    napi_value value;
    napi_get_cb_info(env, info, &count, &value, NULL, NULL);
    struct cordon_gate **gate = gate_take(env, value);
    if (gate) cordon_gate_drain(*gate);
    return NULL;
}

static napi_value gate_stats(napi_env env, napi_callback_info info)
{
    size_t count = 1;
    napi_value value, result, number;
    napi_get_cb_info(env, info, &count, &value, NULL, NULL);
    struct cordon_gate **gate = gate_take(env, value);
    if (!gate) return NULL;
    struct cordon_pool_stats now = {.struct_size = sizeof now};
    cordon_gate_stats(*gate, &now);
    const struct {
        const char *name;
        uint64_t value;
    } fields[] = {{"warmRuns", now.warm_runs},           {"coldRuns", now.cold_runs},
                  {"cellsBooted", now.cells_booted},     {"cellsDiscarded", now.cells_discarded},
                  {"cellsRecycled", now.cells_recycled}, {"cellsWaiting", now.cells_waiting},
                  {"cellsBooting", now.cells_booting},   {"waitingMemoryBytes", now.waiting_memory_bytes}};
    napi_create_object(env, &result);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        napi_create_double(env, (double)fields[i].value, &number);
        napi_set_named_property(env, result, fields[i].name, number);
    }
    return result;
}

static napi_value text_ask(napi_env env, napi_callback_info info)
{
    size_t count = 1;
    napi_value value, result;
    napi_get_cb_info(env, info, &count, &value, NULL, NULL);
    char *feature = text_take(env, value);
    napi_get_boolean(env, feature && cordon_has(feature), &result);
    free(feature);
    return result;
}

NAPI_MODULE_INIT()
{
    static const struct {
        const char *name;
        napi_callback call;
    } functions[] = {{"open", gate_open}, {"close", gate_close},  {"start", job_start},
                     {"warm", gate_warm}, {"drain", gate_drain},  {"stats", gate_stats},
                     {"has", text_ask},   {"answer", tool_answer}};
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
        napi_value function;
        napi_create_function(env, functions[i].name, NAPI_AUTO_LENGTH, functions[i].call, NULL, &function);
        napi_set_named_property(env, exports, functions[i].name, function);
    }
    text_put(env, exports, "version", cordon_version());
    return exports;
}
