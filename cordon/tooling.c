#include "cordon/tooling.h"

#include <stdlib.h>

#include "cordon/run_events.h"

static bool is_offered(const struct tooling *tooling, const char *name)
{
    for (uint32_t i = 0; i < tooling->count; i++)
        if (strcmp(tooling->tools[i]->name, name) == 0) return true;
    return false;
}

static bool tool_offer(struct tooling *tooling, const struct policy *policy, const struct tool *tool,
                       struct error *err)
{
    struct capability use = {CAPABILITY_TOOL, true, view_of_cstr(tool->name)};
    if (!capability_set_allows(&policy->grant, use) || is_offered(tooling, tool->name)) return true;
    if (tooling->count == TOOLS_MAX) return error_set(err, ERROR_POLICY, "more than %d tools", TOOLS_MAX);
    tooling->tools[tooling->count++] = tool;
    return true;
}

bool tooling_make(struct tooling *tooling, const struct policy *policy, const struct tool *own,
                  uint32_t own_count, struct error *err)
{
    *tooling = (struct tooling){0};
    for (uint32_t i = 0; i < own_count; i++)
        if (!tool_offer(tooling, policy, &own[i], err)) return false;
    for (uint32_t i = 0; i < policy->tools.count; i++)
        if (!tool_offer(tooling, policy, &policy->tools.items[i], err)) return false;
    return true;
}

/* Tools of this run: those that ask servers have its keyring. */
static bool tools_bind(struct tooling *bound, const struct tooling *tooling, const struct keyring *keyring,
                       struct arena *arena, struct error *err)
{
    *bound = *tooling;
    for (uint32_t i = 0; i < bound->count; i++) {
        if (bound->tools[i]->run != tool_http_run) continue;
        struct tool *tool = ARENA_NEW(arena, struct tool);
        struct tool_http_use *use = ARENA_NEW(arena, struct tool_http_use);
        if (!tool || !use) return error_set(err, ERROR_LIMIT, "no memory for tools");
        *use = (struct tool_http_use){bound->tools[i]->context, keyring};
        *tool = *bound->tools[i];
        tool->context = use;
        bound->tools[i] = tool;
    }
    return true;
}

/* One run's tools under way. */
struct attending {
    struct tooling tooling;
    struct journal *journal;
    struct tool_server *server;
    struct error error;
};

static bool channel_take(void *context, int channel_fd)
{
    struct attending *attending = context;
    attending->server = tool_server_start(attending->tooling.tools, attending->tooling.count,
                                          attending->journal, channel_fd, &attending->error);
    return attending->server != NULL;
}

static void keyring_release(struct keyring **keyring)
{
    keyring_free(*keyring);
}

/* The run with its tools. */
static bool attended_run(const struct tooling *tooling, struct egress *egress, struct pool *pool,
                         struct arena *arena, const struct spec *spec, const struct run_events *events,
                         const struct cell_io *io, struct result *result, struct error *err)
{
    const struct capability_set *grant = &events->audit->policy->grant;
    struct attending attending = {.journal = events->journal};
    CLEANUP(keyring_release) struct keyring *keyring = keyring_share(egress->keyring);
    if (!tools_bind(&attending.tooling, tooling, keyring, arena, err)) return false;
    struct cell_io own = *io;
    own.on_tools = channel_take;
    own.tools = &attending;
    bool has_run = egress_run(egress, pool, arena, spec, grant, events->journal, &own, result, err);
    json_t *called = tool_server_stop(attending.server);
    AUTO_FREE char *text = called ? json_dumps(called, JSON_COMPACT) : NULL;
    if (text) result->tools = arena_copy(arena, view_of_cstr(text)).bytes;
    json_decref(called);
    if (attending.error.code == ERROR_NONE) return has_run;
    *err = attending.error;
    return false;
}

bool tooling_run(const struct tooling *tooling, struct egress *egress, struct pool *pool, struct arena *arena,
                 const struct spec *spec, const struct audit *audit, const struct cell_io *io,
                 struct result *result, struct error *err)
{
    struct run_events events;
    if (!run_events_open(&events, audit, err)) return false;
    bool has_run =
        spec->has_tools
            ? attended_run(tooling, egress, pool, arena, spec, &events, io, result, err)
            : egress_run(egress, pool, arena, spec, &audit->policy->grant, events.journal, io, result, err);
    json_t *counts;
    struct error log_err = {0};
    bool is_logged = run_events_close(&events, &counts, &log_err);
    AUTO_FREE char *text =
        counts && (spec->has_network || spec->has_tools) ? json_dumps(counts, JSON_COMPACT) : NULL;
    if (text) result->events = arena_copy(arena, view_of_cstr(text)).bytes;
    json_decref(counts);
    if (is_logged || !has_run) return has_run;
    *err = log_err;
    return false;
}
