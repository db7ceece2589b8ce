/* library_tool.c - tools that are functions of libcordon's caller. */
#include <stdlib.h>

#include "base/io.h"
#include "cordon/library.h"

/* What a callback holds of its call. */
struct cordon_tool_call {
    struct tool_call *call;
};

/* What the structs had when there were first tools. */
#define TOOL_LEAST offsetof(struct cordon_tool, release)

/* A caller's tool in one run. The run has a reference, and whatever may still call it. */
struct function {
    atomic_uint references;
    struct cordon_tool tool;
};

static void function_share(void *context)
{
    struct function *function = context;
    atomic_fetch_add(&function->references, 1);
}

static void function_release(void *context)
{
    struct function *function = context;
    if (!function || atomic_fetch_sub(&function->references, 1) != 1) return;
    if (function->tool.release) function->tool.release(function->tool.context);
    free(function);
}

bool functions_open(struct functions *functions, const struct cordon_run_options *options, struct error *err)
{
    *functions = (struct functions){.items = calloc(options->tool_count + 1, sizeof *functions->items)};
    if (!functions->items) return error_set(err, ERROR_LIMIT, "no memory for the tools");
    bool is_fine = true; /* each is taken, so that each is released */
    for (; functions->count < options->tool_count; functions->count++) {
        struct function *function = calloc(1, sizeof *function);
        struct error why = {0};
        functions->items[functions->count] = function;
        bool is_taken = function ? library_options_take(&function->tool, sizeof function->tool, TOOL_LEAST,
                                                        options->tools[functions->count], &why)
                                 : error_set(&why, ERROR_LIMIT, "no memory for the tools");
        if (function) atomic_init(&function->references, 1);
        if (!is_taken && is_fine) *err = why;
        is_fine &= is_taken;
    }
    return is_fine;
}

void functions_close(struct functions *functions)
{
    for (size_t i = 0; i < functions->count; i++) function_release(functions->items[i]);
    free(functions->items);
    *functions = (struct functions){0};
}

const char *cordon_tool_call_arguments(const struct cordon_tool_call *call, size_t *length)
{
    if (length) *length = call->call->text.length;
    return call->call->text.bytes;
}

bool cordon_tool_call_succeed(struct cordon_tool_call *call, const char *json, size_t length)
{
    if (call->call->result) return false;
    return tool_succeed(call->call, view_make(json, length));
}

bool cordon_tool_call_fail(struct cordon_tool_call *call, const char *message)
{
    return tool_fail(call->call, "%s", message && *message ? message : "the tool failed");
}

uint32_t cordon_tool_call_remaining_ms(const struct cordon_tool_call *call)
{
    uint64_t now_ms = io_now_ms();
    return call->call->deadline_ms > now_ms ? (uint32_t)(call->call->deadline_ms - now_ms) : 0;
}

int cordon_tool_call_stop_fd(const struct cordon_tool_call *call)
{
    return call->call->stop_fd;
}

/* Takes a callback at its word only where the result is there. */
static bool function_run(void *context, struct tool_call *call)
{
    const struct cordon_tool *tool = &((struct function *)context)->tool;
    struct cordon_tool_call passed = {call};
    bool has_succeeded = tool->call(tool->context, &passed);
    if (has_succeeded && call->result) return true;
    if (!*call->message) tool_fail(call, has_succeeded ? "the tool gave no result" : "the tool failed");
    return false;
}

static bool tool_take(struct tool *tool, struct function *function, struct error *err)
{
    const struct cordon_tool *copy = &function->tool;
    if (!copy->call) return error_set(err, ERROR_USAGE, "a tool without a function");
    *tool = (struct tool){
        .name = copy->name,
        .description = copy->description ? copy->description : "",
        .parameters = copy->parameters ? copy->parameters : "{\"type\":\"object\"}",
        .result = copy->result,
        .limits = tool_limits_default(),
        .run = function_run,
        .context = function,
        .share = function_share,
        .release = function_release,
    };
    const uint64_t limits[TOOL_LIMIT_COUNT] = {
        [TOOL_LIMIT_ARGUMENTS] = copy->arguments_bytes,
        [TOOL_LIMIT_RESULT] = copy->result_bytes,
        [TOOL_LIMIT_DEPTH] = copy->depth,
        [TOOL_LIMIT_CALLS] = copy->calls,
        [TOOL_LIMIT_TIMEOUT] = copy->timeout_ms,
    };
    for (int i = 0; i < TOOL_LIMIT_COUNT; i++)
        if (limits[i]) tool->limits.values[i] = limits[i];
    return tool_check(tool, err) || error_prefix(err, "the tool %.64s", tool->name ? tool->name : "");
}

bool library_tooling_make(struct tooling *tooling, const struct cordon_gate *gate, struct arena *arena,
                          const struct functions *functions, struct error *err)
{
    struct tool *own = ARENA_NEW_ARRAY(arena, struct tool, functions->count + 1);
    if (!own) return error_set(err, ERROR_LIMIT, "no memory for the tools");
    for (size_t i = 0; i < functions->count; i++) {
        if (!tool_take(&own[i], functions->items[i], err)) return false;
        for (size_t before = 0; before < i; before++)
            if (strcmp(own[before].name, own[i].name) == 0)
                return error_set(err, ERROR_USAGE, "two tools have the name %.64s", own[i].name);
    }
    return tooling_make(tooling, &gate->policy, own, (uint32_t)functions->count, err);
}
