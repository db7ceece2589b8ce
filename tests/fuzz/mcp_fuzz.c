/* A line of MCP: it is a message with what its kind needs, or an error with a code; and its arguments as a
 * request. */
#include <stdlib.h>

#include "cordon/mcp_message.h"
#include "cordon/service.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void request_try(const json_t *object)
{
    struct options options = {0};
    struct service service = {.options = &options};
    struct service_request request;
    struct error err = {0};
    AUTO_ARENA struct arena arena;
    arena_init(&arena, 64 << 20);
    if (!policy_open(&options.policy, &arena, "agent", &err)) abort();
    bool is_fine = service_request_parse(&service, &request, &arena, object, true, &err);
    if (is_fine ? !request.source.language || !request.source.bytes.bytes : !err.message[0]) abort();
    for (int i = 0; is_fine && i < LIMIT_COUNT; i++)
        if (request.limits.values[i] > options.policy.limits.values[i]) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mcp_message message;
    mcp_message_parse(view_make((const char *)data, size), &message);
    switch (message.kind) {
    case MCP_INVALID:
        if (message.error_code >= 0 || !message.error_text) abort();
        break;
    case MCP_REQUEST:
        if (!message.id || !message.method) abort();
        break;
    case MCP_NOTIFICATION:
        if (message.id || !message.method) abort();
        break;
    case MCP_RESPONSE:
        if (message.method) abort();
        break;
    }
    request_try(json_object_get(message.params, "arguments"));
    request_try(message.whole);
    mcp_message_clear(&message);
    return 0;
}
