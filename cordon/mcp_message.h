/* mcp_message.h - one line of the Model Context Protocol over stdio, read: JSON-RPC 2.0 and what each of its
 * two eras says in `_meta`. Pure. The message owns its JSON (mcp_message_clear); all else points into it. */
#ifndef CORDON_CORDON_MCP_MESSAGE_H
#define CORDON_CORDON_MCP_MESSAGE_H

#include <jansson.h>
#include <stdbool.h>

#include "base/view.h"

enum mcp_kind {
    MCP_INVALID, /* answer with error_code, error_text and the id, which may be null */
    MCP_REQUEST,
    MCP_NOTIFICATION,
    MCP_RESPONSE, /* to a request that we never make */
};

/* JSON-RPC 2.0, and the protocol's own. */
enum mcp_error {
    MCP_ERROR_PARSE = -32700,
    MCP_ERROR_REQUEST = -32600,
    MCP_ERROR_METHOD = -32601,
    MCP_ERROR_PARAMS = -32602,
    MCP_ERROR_INTERNAL = -32603,
    MCP_ERROR_VERSION = -32022, /* a protocol version that is not spoken, since 2026-07-28 */
};

struct mcp_message {
    enum mcp_kind kind;
    enum mcp_error error_code;
    const char *error_text;
    json_t *whole;
    const json_t *id; /* text or a whole number; NULL: none that could be read */
    const char *method;
    const json_t *params;         /* an object; NULL: none */
    const json_t *meta;           /* an object; NULL: none */
    const json_t *progress_token; /* NULL: no progress is wanted */
    const char *version;          /* of the request's own envelope, since 2026-07-28; NULL: an older client */
};

/* Longest line that is read. The largest source is 8 MiB, twice that with the usual escapes. */
enum { MCP_LINE_BYTES = 20 * 1024 * 1024 };

void mcp_message_parse(struct view line, struct mcp_message *message);
void mcp_message_clear(struct mcp_message *message);

#endif
