#include "gateway/tool.h"

#include <stdio.h>
#include <string.h>

#include "gateway/schema.h"
#include "gateway/tool_message.h"

static const struct {
    const char *word;
    uint64_t standard, most;
} facts[TOOL_LIMIT_COUNT] = {
#define TOOL_LIMIT(name, word, standard, most, what) [TOOL_LIMIT_##name] = {word, standard, most},
#include "gateway/tool_limit.def"
#undef TOOL_LIMIT
};

const char *tool_limit_word(enum tool_limit limit)
{
    return facts[limit].word;
}

uint64_t tool_limit_most(enum tool_limit limit)
{
    return facts[limit].most;
}

struct tool_limits tool_limits_default(void)
{
    struct tool_limits limits;
    for (int i = 0; i < TOOL_LIMIT_COUNT; i++) limits.values[i] = facts[i].standard;
    return limits;
}

bool tool_fail(struct tool_call *call, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(call->message, sizeof call->message, format, args);
    va_end(args);
    return false;
}

bool tool_succeed(struct tool_call *call, struct view json)
{
    const struct tool_limits *limits = &call->tool->limits;
    char why[TOOL_MESSAGE_BYTES];
    if (json.length > limits->values[TOOL_LIMIT_RESULT])
        return tool_fail(call, "the result has more than %llu bytes",
                         (unsigned long long)limits->values[TOOL_LIMIT_RESULT]);
    call->result = tool_json_read(json, limits->values[TOOL_LIMIT_DEPTH], why);
    return call->result ? true : tool_fail(call, "the result: %.400s", why);
}

/* `aio` and `then` mean something in the cell's modules; a name with an underscore in front is theirs. */
static bool name_check(const char *name, struct error *err)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
                      others[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
    size_t length = name ? strlen(name) : 0;
    bool is_name = length && length <= TOOL_NAME_BYTES && strchr(letters, name[0]) &&
                   strspn(name, others) == length && strcmp(name, "aio") != 0 && strcmp(name, "then") != 0;
    if (is_name) return true;
    error_set(err, ERROR_POLICY, "'%.60s' is no name for a tool", name ? name : "");
    return error_remedy(err, "letters, digits and _, a letter first; not aio and not then");
}

static bool schema_text_check(const char *text, const char *what, bool is_object, struct error *err)
{
    if (strlen(text) > TOOL_SCHEMA_BYTES)
        return error_set(err, ERROR_POLICY, "the schema of %s has more than %d bytes", what,
                         TOOL_SCHEMA_BYTES);
    json_error_t where;
    json_t *schema = json_loads(text, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &where);
    if (!schema)
        return error_set(err, ERROR_POLICY, "the schema of %s is no JSON: line %d: %s", what, where.line,
                         where.text);
    const char *type = json_string_value(json_object_get(schema, "type"));
    bool is_fine = schema_check(schema, err) || error_prefix(err, "%s", what);
    if (is_fine && is_object && (!type || strcmp(type, "object") != 0)) {
        error_set(err, ERROR_POLICY, "the schema of the parameters must be of an object");
        is_fine = error_remedy(err, "type: object, with its properties");
    }
    json_decref(schema);
    return is_fine;
}

bool tool_check(const struct tool *tool, struct error *err)
{
    if (!name_check(tool->name, err)) return false;
    if (strlen(tool->description) > TOOL_DESCRIPTION_BYTES)
        return error_set(err, ERROR_POLICY, "a description of more than %d bytes", TOOL_DESCRIPTION_BYTES);
    for (int i = 0; i < TOOL_LIMIT_COUNT; i++)
        if (tool->limits.values[i] == 0 || tool->limits.values[i] > facts[i].most)
            return error_set(err, ERROR_POLICY, "the limit %s of a tool is from 1 to %llu", facts[i].word,
                             (unsigned long long)facts[i].most);
    return schema_text_check(tool->parameters, "the parameters", true, err) &&
           (!tool->result || schema_text_check(tool->result, "the result", false, err));
}
