#include "cordon/mcp_message.h"

static void invalid(struct mcp_message *message, enum mcp_error code, const char *text)
{
    message->kind = MCP_INVALID;
    message->error_code = code;
    message->error_text = text;
}

static bool is_name(const json_t *value)
{
    return json_is_string(value) || json_is_integer(value);
}

/* `_meta`, in which a request of 2026-07-28 says who asks and in which version. */
static void meta_read(struct mcp_message *message)
{
    const json_t *meta = json_object_get(message->params, "_meta");
    if (!meta) return;
    if (!json_is_object(meta)) {
        invalid(message, MCP_ERROR_PARAMS, "_meta is not an object");
        return;
    }
    message->meta = meta;
    const json_t *token = json_object_get(meta, "progressToken");
    if (token && !is_name(token)) {
        invalid(message, MCP_ERROR_PARAMS, "progressToken is neither text nor a whole number");
        return;
    }
    message->progress_token = token;
    const json_t *version = json_object_get(meta, "io.modelcontextprotocol/protocolVersion");
    if (!version) return;
    if (!json_is_string(version))
        invalid(message, MCP_ERROR_PARAMS, "io.modelcontextprotocol/protocolVersion is not text");
    else if (message->kind == MCP_REQUEST &&
             !json_is_object(json_object_get(meta, "io.modelcontextprotocol/clientCapabilities")))
        invalid(message, MCP_ERROR_PARAMS, "io.modelcontextprotocol/clientCapabilities is missing");
    message->version = json_string_value(version);
}

void mcp_message_parse(struct view line, struct mcp_message *message)
{
    *message = (struct mcp_message){0};
    message->whole =
        json_loadb(line.bytes, line.length, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL | JSON_DECODE_ANY, NULL);
    if (!message->whole) {
        invalid(message, MCP_ERROR_PARSE, "not JSON (or a key twice)");
        return;
    }
    const json_t *id = json_object_get(message->whole, "id");
    const json_t *method = json_object_get(message->whole, "method");
    const char *version = json_string_value(json_object_get(message->whole, "jsonrpc"));
    if (is_name(id)) message->id = id;
    if (!json_is_object(message->whole)) {
        invalid(message, MCP_ERROR_REQUEST, "not an object; batches are not spoken");
        return;
    }
    if (!version || strcmp(version, "2.0") != 0) {
        invalid(message, MCP_ERROR_REQUEST, "jsonrpc is not \"2.0\"");
        return;
    }
    if (id && !message->id) {
        invalid(message, MCP_ERROR_REQUEST, "the id is neither text nor a whole number");
        return;
    }
    if (!method && message->id &&
        (json_object_get(message->whole, "result") || json_object_get(message->whole, "error"))) {
        message->kind = MCP_RESPONSE;
        return;
    }
    if (!json_is_string(method)) {
        invalid(message, MCP_ERROR_REQUEST, "there is no method");
        return;
    }
    message->kind = message->id ? MCP_REQUEST : MCP_NOTIFICATION;
    message->method = json_string_value(method);
    message->params = json_object_get(message->whole, "params");
    if (message->params && !json_is_object(message->params))
        invalid(message, MCP_ERROR_PARAMS, "params is not an object");
    else
        meta_read(message);
}

void mcp_message_clear(struct mcp_message *message)
{
    json_decref(message->whole);
    *message = (struct mcp_message){0};
}
