/* tool_message.h - what a program and its host say to each other about tools: frames over one stream, each a
 * head, a name and JSON. Whoever sends them may be hostile: every length is judged before anything is read
 * for it, and how deep and how many the values are before they are parsed.
 *
 *     program -> host    length of what follows (4 bytes) | number of the call (4) | length of the name (2) |
 * 0 (2) name | arguments as JSON           number 0 and nothing else: what is there? host -> program length
 * (4) | number (4) | state: 0 result, 1 failed (2) | 0 (2) | JSON, or the message
 *
 * Numbers are little-endian. The same stands in runner/tools.py and tools.cjs. */
#ifndef CORDON_GATEWAY_TOOL_MESSAGE_H
#define CORDON_GATEWAY_TOOL_MESSAGE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/view.h"
#include "gateway/tool.h"

enum { TOOL_HEAD_BYTES = 12, TOOL_VALUES_MAX = 200000 /* of one message: each takes some 100 bytes */ };

enum tool_state { TOOL_STATE_RESULT, TOOL_STATE_FAILED };

/* Of one call, from its head. */
struct tool_head {
    uint32_t body_bytes; /* name and arguments */
    uint32_t number;
    uint16_t name_bytes;
};

/* NULL, or why this is no head. */
const char *tool_head_read(struct tool_head *head, const unsigned char bytes[TOOL_HEAD_BYTES],
                           uint64_t body_bytes_max);

/* The head of an answer. */
void tool_head_write(unsigned char bytes[TOOL_HEAD_BYTES], uint32_t number, enum tool_state state,
                     uint32_t body_bytes);

/* JSON as a value, where it is not deeper than `depth` and has not too many values; otherwise NULL and why.
 * A new reference. */
json_t *tool_json_read(struct view text, uint64_t depth, char why[TOOL_MESSAGE_BYTES]);

#endif
