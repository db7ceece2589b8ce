#include "gateway/tool_message.h"

#include <stdio.h>

static uint32_t number_of(const unsigned char *bytes, unsigned count)
{
    uint32_t number = 0;
    for (unsigned i = 0; i < count; i++) number |= (uint32_t)bytes[i] << (8 * i);
    return number;
}

static void number_put(unsigned char *bytes, unsigned count, uint32_t number)
{
    for (unsigned i = 0; i < count; i++) bytes[i] = (unsigned char)(number >> (8 * i));
}

const char *tool_head_read(struct tool_head *head, const unsigned char bytes[TOOL_HEAD_BYTES],
                           uint64_t body_bytes_max)
{
    *head =
        (struct tool_head){number_of(bytes, 4), number_of(bytes + 4, 4), (uint16_t)number_of(bytes + 8, 2)};
    if (number_of(bytes + 10, 2) != 0) return "a head with something behind it";
    if (head->body_bytes > body_bytes_max) return "a message that is too long";
    if (head->name_bytes > head->body_bytes || head->name_bytes > TOOL_NAME_BYTES)
        return "a name that is too long";
    bool is_question = head->number == 0;
    if (is_question && head->body_bytes) return "a question with something in it";
    return !is_question && !head->name_bytes ? "a call without a name" : NULL;
}

void tool_head_write(unsigned char bytes[TOOL_HEAD_BYTES], uint32_t number, enum tool_state state,
                     uint32_t body_bytes)
{
    number_put(bytes, 4, body_bytes);
    number_put(bytes + 4, 4, number);
    number_put(bytes + 8, 2, state);
    number_put(bytes + 10, 2, 0);
}

/* Before anything is parsed: the parser recurses, and makes a value of each comma. */
static const char *measure(struct view text, uint64_t depth_max)
{
    uint64_t depth = 0, values = 1;
    bool is_text = false;
    for (size_t i = 0; i < text.length; i++) {
        char byte = text.bytes[i];
        if (is_text) {
            if (byte == '\\') i++;
            is_text = byte != '"';
            continue;
        }
        if (byte == '"') is_text = true;
        if (byte == '[' || byte == '{') depth++;
        if ((byte == ']' || byte == '}') && depth) depth--;
        values += byte == '[' || byte == '{' || byte == ',';
        if (depth > depth_max) return "is deeper than the tool's limit";
    }
    return values > TOOL_VALUES_MAX ? "has too many values" : NULL;
}

json_t *tool_json_read(struct view text, uint64_t depth, char why[TOOL_MESSAGE_BYTES])
{
    const char *wrong = measure(text, depth);
    if (wrong) {
        snprintf(why, TOOL_MESSAGE_BYTES, "what was sent %s", wrong);
        return NULL;
    }
    json_error_t where;
    json_t *value = json_loadb(text.length ? text.bytes : "", text.length,
                               JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &where);
    if (!value) snprintf(why, TOOL_MESSAGE_BYTES, "what was sent is no JSON: %.100s", where.text);
    return value;
}
