/* policy_tool.c - the section `tools` of a policy: what programs may call of their host, if it is granted. */

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/json.h"
#include "cordon/policy_document.h"

/* One tool under way. */
struct reading {
    const struct document *document;
    struct arena *arena;
    struct tool *tool;
    struct tool_program *program; /* of a tool that is one; NULL: nothing was said of it */
    struct tool_sqlite *database; /* likewise */
    struct tool_http *request;    /* likewise */
};

/* Plain text as YAML 1.2's core schema has it. */
static json_t *scalar_json(struct arena *arena, const struct yaml_node *node)
{
    bool truth;
    struct view text = node->text;
    if (!node->is_plain) return json_string_of_view(text);
    if (yaml_bool(node, &truth)) return json_boolean(truth);
    if (text.length == 0 || view_equals(text, VIEW("null")) || view_equals(text, VIEW("~")))
        return json_null();
    const char *bytes = arena_copy(arena, text).bytes;
    bool is_number = bytes && strchr("-0123456789", bytes[0]) &&
                     strspn(bytes, "-+.0123456789eE") == text.length && bytes[text.length - 1] != '.';
    json_t *number = is_number ? json_loads(bytes, JSON_DECODE_ANY, NULL) : NULL;
    return number ? number : json_string_of_view(text);
}

/* A new reference; NULL without memory. As deep as YAML may be. */
static json_t *node_json(struct arena *arena, const struct yaml_node *node)
{
    if (node->kind == YAML_SCALAR) return scalar_json(arena, node);
    json_t *json = node->kind == YAML_SEQUENCE ? json_array() : json_object();
    for (uint32_t i = 0; json && i < node->count; i++) {
        if (node->kind == YAML_SEQUENCE) {
            json_array_append_new(json, node_json(arena, node->items[i]));
            continue;
        }
        struct view key = node->pairs[i].key->text;
        json_object_setn_new(json, key.bytes, key.length, node_json(arena, node->pairs[i].value));
    }
    return json;
}

/* The text of a JSON value, in the arena. */
static const char *json_text(struct arena *arena, const json_t *json)
{
    char *text = json_dumps(json, JSON_COMPACT | JSON_ENCODE_ANY | JSON_ENSURE_ASCII);
    const char *copy = text ? arena_copy(arena, view_of_cstr(text)).bytes : NULL;
    free(text);
    return copy;
}

static bool schema_read(struct reading *reading, const struct yaml_node *node, const char **schema)
{
    json_t *json = node_json(reading->arena, node);
    *schema = json_text(reading->arena, json);
    json_decref(json);
    return *schema || error_set(reading->document->err, ERROR_LIMIT, "the policy is too large");
}

/* A program by its absolute path, by one below the policy's folder, or by its name in the system's folders.
 */
static bool program_find(const struct reading *reading, const struct yaml_node *node, const char **found)
{
    static const char *const folders[] = {"/usr/local/bin", "/usr/bin", "/bin"};
    char resolved[PATH_MAX];
    bool is_name = view_find_byte(node->text, '/') == SIZE_MAX;
    for (size_t i = 0; i < (is_name ? 3 : 1); i++) {
        const char *path =
            is_name ? arena_format(reading->arena, "%s/%.*s", folders[i], VIEW_ARGS(node->text)).bytes
                    : document_path(reading->document, node->text);
        if (!path || !realpath(path, resolved) || access(resolved, X_OK) < 0) continue;
        *found = arena_copy(reading->arena, view_of_cstr(resolved)).bytes;
        return *found || error_set(reading->document->err, ERROR_LIMIT, "the policy is too large");
    }
    document_refuse(reading->document, node, "no such program that can be started");
    return error_remedy(reading->document->err,
                        "give its absolute path, or its name in /usr/local/bin, /usr/bin or /bin");
}

static struct tool_program *program_of(struct reading *reading)
{
    if (reading->program) return reading->program;
    struct tool_program *program = ARENA_NEW(reading->arena, struct tool_program);
    if (!program) return NULL;
    program->environment[0] = "PATH=/usr/local/bin:/usr/bin:/bin";
    program->environment[1] = "LANG=C.UTF-8";
    program->folder = "/";
    return reading->program = program;
}

static bool command_read(struct reading *reading, const struct yaml_node *node)
{
    struct tool_program *program = program_of(reading);
    if (!program) return error_set(reading->document->err, ERROR_LIMIT, "the policy is too large");
    if (!document_expect(reading->document, node, YAML_SEQUENCE, "command")) return false;
    if (node->count == 0 || node->count > TOOL_PROGRAM_ARGUMENTS_MAX)
        return document_refuse(reading->document, node,
                               "'command' must be a program and its arguments, at most 64 in all");
    for (uint32_t i = 0; i < node->count; i++) {
        const struct yaml_node *item = node->items[i];
        if (!document_expect(reading->document, item, YAML_SCALAR, "command")) return false;
        if (view_find_byte(item->text, '\0') != SIZE_MAX)
            return document_refuse(reading->document, item, "an argument with NUL");
        program->argv[i] = arena_copy(reading->arena, item->text).bytes;
        if (i == 0 && !program_find(reading, item, &program->argv[0])) return false;
    }
    reading->tool->run = tool_program_run;
    reading->tool->context = program;
    return true;
}

/* Variables that the program has of the caller's: names. One that is not set is not there either. */
static bool environment_read(struct reading *reading, const struct yaml_node *node)
{
    struct tool_program *program = program_of(reading);
    if (!program) return error_set(reading->document->err, ERROR_LIMIT, "the policy is too large");
    if (!document_expect(reading->document, node, YAML_SEQUENCE, "env")) return false;
    if (node->count > TOOL_PROGRAM_ARGUMENTS_MAX - 1)
        return document_refuse(reading->document, node, "too many variables");
    uint32_t count = 2;
    for (uint32_t i = 0; i < node->count; i++) {
        const struct yaml_node *item = node->items[i];
        if (!document_expect(reading->document, item, YAML_SCALAR, "env")) return false;
        const char *name = arena_copy(reading->arena, item->text).bytes;
        if (!name || !*name || strchr(name, '='))
            return document_refuse(reading->document, item, "no name of a variable");
        const char *value = getenv(name);
        if (value) program->environment[count++] = arena_format(reading->arena, "%s=%s", name, value).bytes;
    }
    return true;
}

static bool folder_read(struct reading *reading, const struct yaml_node *node)
{
    struct tool_program *program = program_of(reading);
    char resolved[PATH_MAX];
    if (!program) return error_set(reading->document->err, ERROR_LIMIT, "the policy is too large");
    if (!document_expect(reading->document, node, YAML_SCALAR, "folder")) return false;
    const char *path = document_path(reading->document, node->text);
    if (!path || !realpath(path, resolved)) return document_refuse(reading->document, node, "no such folder");
    program->folder = arena_copy(reading->arena, view_of_cstr(resolved)).bytes;
    return program->folder || error_set(reading->document->err, ERROR_LIMIT, "the policy is too large");
}

static struct tool_sqlite *sqlite_of(struct reading *reading)
{
    if (!reading->database) reading->database = ARENA_NEW(reading->arena, struct tool_sqlite);
    if (!reading->database) error_set(reading->document->err, ERROR_LIMIT, "the policy is too large");
    return reading->database;
}

/* The file need not be there yet. */
static bool sqlite_read(struct reading *reading, const struct yaml_node *node)
{
    struct tool_sqlite *database = sqlite_of(reading);
    if (!database || !document_expect(reading->document, node, YAML_SCALAR, "sqlite")) return false;
    database->path = document_path(reading->document, node->text);
    reading->tool->run = tool_sqlite_run;
    reading->tool->context = database;
    return database->path || error_set(reading->document->err, ERROR_LIMIT, "the policy is too large");
}

static bool http_read(struct reading *reading, const struct yaml_node *node)
{
    reading->request = tool_http_read(reading->document, node);
    reading->tool->run = tool_http_run;
    reading->tool->context = reading->request;
    return reading->request != NULL;
}

static bool count_read(struct view text, uint64_t *count)
{
    *count = 0;
    for (size_t i = 0; i < text.length && i < 10; i++) {
        if (text.bytes[i] < '0' || text.bytes[i] > '9') return false;
        *count = *count * 10 + (uint64_t)(text.bytes[i] - '0');
    }
    return text.length > 0 && text.length < 10;
}

static bool rows_read(struct reading *reading, const struct yaml_node *node)
{
    struct tool_sqlite *database = sqlite_of(reading);
    if (!database || !document_expect(reading->document, node, YAML_SCALAR, "rows")) return false;
    bool is_read = count_read(node->text, &database->rows_max) && database->rows_max &&
                   database->rows_max <= TOOL_SQLITE_ROWS_MAX;
    return is_read || document_refuse(reading->document, node, "'rows' must be a number from 1 to 100000");
}

static bool limit_read(struct reading *reading, enum tool_limit limit, const struct yaml_node *node)
{
    uint64_t *value = &reading->tool->limits.values[limit];
    struct limits scratch = limits_default(); /* the same way of writing sizes and times */
    bool is_read = false;
    switch (limit) {
    case TOOL_LIMIT_ARGUMENTS:
    case TOOL_LIMIT_RESULT:
        is_read = limits_parse(&scratch, LIMIT_DISK, node->text, reading->document->err);
        *value = scratch.values[LIMIT_DISK];
        break;
    case TOOL_LIMIT_TIMEOUT:
        is_read = limits_parse(&scratch, LIMIT_WALL, node->text, reading->document->err);
        *value = scratch.values[LIMIT_WALL];
        break;
    case TOOL_LIMIT_DEPTH:
    case TOOL_LIMIT_CALLS:
    case TOOL_LIMIT_COUNT:
        is_read =
            count_read(node->text, value) || error_set(reading->document->err, ERROR_POLICY,
                                                       "'%s' must be a whole number", tool_limit_word(limit));
    }
    return is_read || document_placed(reading->document, node, false);
}

static bool limits_read(struct reading *reading, const struct yaml_node *node)
{
    const char *known[TOOL_LIMIT_COUNT];
    for (int i = 0; i < TOOL_LIMIT_COUNT; i++) known[i] = tool_limit_word((enum tool_limit)i);
    if (!document_expect(reading->document, node, YAML_MAPPING, "limits")) return false;
    for (uint32_t i = 0; i < node->count; i++) {
        int limit = 0;
        while (limit < TOOL_LIMIT_COUNT && !view_equals_cstr(node->pairs[i].key->text, known[limit])) limit++;
        if (limit == TOOL_LIMIT_COUNT)
            return document_key_refuse(reading->document, node->pairs[i].key, known, TOOL_LIMIT_COUNT);
        if (!document_expect(reading->document, node->pairs[i].value, YAML_SCALAR, known[limit]) ||
            !limit_read(reading, (enum tool_limit)limit, node->pairs[i].value))
            return false;
    }
    return true;
}

static bool description_read(struct reading *reading, const struct yaml_node *node)
{
    if (!document_expect(reading->document, node, YAML_SCALAR, "description")) return false;
    reading->tool->description = arena_copy(reading->arena, view_trim(node->text)).bytes;
    return reading->tool->description ||
           error_set(reading->document->err, ERROR_LIMIT, "the policy is too large");
}

static bool parameters_read(struct reading *reading, const struct yaml_node *node)
{
    return schema_read(reading, node, &reading->tool->parameters);
}

static bool result_read(struct reading *reading, const struct yaml_node *node)
{
    return schema_read(reading, node, &reading->tool->result);
}

static const struct {
    const char *word;
    bool (*read)(struct reading *, const struct yaml_node *);
} keys[] = {
    {"description", description_read},
    {"command", command_read},
    {"env", environment_read},
    {"folder", folder_read},
    {"limits", limits_read},
    {"parameters", parameters_read},
    {"result", result_read},
    {"sqlite", sqlite_read},
    {"rows", rows_read},
    {"http", http_read},
};

enum { KEY_COUNT = sizeof keys / sizeof *keys };

/* One kind, and what was not said. */
static bool tool_complete(struct reading *reading, const struct yaml_node *node)
{
    struct tool *tool = reading->tool;
    bool is_program = reading->program != NULL, is_database = reading->database != NULL;
    if (!tool->run) {
        document_refuse(reading->document, node, "a tool that is nothing");
        return error_remedy(
            reading->document->err,
            "say what it is: command: [PROGRAM, ARGUMENT ...], sqlite: FILE, or http: {url: URL}");
    }
    if (is_program + is_database + (reading->request != NULL) > 1)
        return document_refuse(reading->document, node, "a tool is one of command, sqlite and http");
    if (!is_database) {
        if (!tool->parameters) tool->parameters = "{\"type\":\"object\",\"additionalProperties\":false}";
        return !reading->request || tool_http_fits(reading->document, node, tool);
    }
    if (tool->parameters || tool->result)
        return document_refuse(reading->document, node, "a database has its own parameters and result");
    if (!reading->database->rows_max) reading->database->rows_max = TOOL_SQLITE_ROWS;
    tool->parameters = tool_sqlite_parameters;
    tool->result = tool_sqlite_result;
    if (!*tool->description)
        tool->description = "Asks an SQLite database, which cannot be changed. sqlite_schema has its tables.";
    return true;
}

static bool tool_fill(struct reading *reading, const struct yaml_node *node)
{
    const char *known[KEY_COUNT];
    for (size_t i = 0; i < KEY_COUNT; i++) known[i] = keys[i].word;
    if (!document_expect(reading->document, node, YAML_MAPPING, "a tool")) return false;
    for (uint32_t i = 0; i < node->count; i++) {
        size_t at = 0;
        while (at < KEY_COUNT && !view_equals_cstr(node->pairs[i].key->text, known[at])) at++;
        if (at == KEY_COUNT)
            return document_key_refuse(reading->document, node->pairs[i].key, known, KEY_COUNT);
        if (!keys[at].read(reading, node->pairs[i].value)) return false;
    }
    return tool_complete(reading, node);
}

/* Takes the place of one with the same name. */
static bool tool_add(struct policy *policy, struct arena *arena, const struct tool *tool, struct error *err)
{
    ARRAY_FOREACH (struct tool, earlier, &policy->tools)
        if (strcmp(earlier->name, tool->name) == 0) {
            *earlier = *tool;
            return true;
        }
    if (policy->tools.count >= TOOLS_MAX)
        return error_set(err, ERROR_POLICY, "more than %d tools", TOOLS_MAX);
    return ARRAY_PUSH(arena, &policy->tools, *tool) || error_set(err, ERROR_LIMIT, "the policy is too large");
}

static bool tool_read(const struct document *document, const struct yaml_pair *pair)
{
    struct arena *arena = document->arena;
    struct error *err = document->err;
    struct tool tool = {
        .name = arena_copy(arena, pair->key->text).bytes, .description = "", .limits = tool_limits_default()};
    struct reading reading = {.document = document, .arena = arena, .tool = &tool};
    if (!tool.name) return error_set(err, ERROR_LIMIT, "the policy is too large");
    if (!tool_fill(&reading, pair->value)) return false;
    if (!tool_check(&tool, err) || !tool_add(document->policy, arena, &tool, err)) {
        error_prefix(err, "the tool %.64s", tool.name);
        return document_placed(document, pair->key, false);
    }
    json_t *noted = node_json(arena, pair->value);
    const char *text = json_text(arena, noted);
    json_decref(noted);
    struct policy_entry entry = {"tools", pair->key->text, view_of_cstr(text), document->origin,
                                 pair->key->line};
    return text ? policy_note(document->policy, arena, entry, err)
                : error_set(err, ERROR_LIMIT, "the policy is too large");
}

bool tools_read(const struct document *document, const struct yaml_node *node)
{
    if (!document_expect(document, node, YAML_MAPPING, "tools")) return false;
    for (uint32_t i = 0; i < node->count; i++)
        if (!tool_read(document, &node->pairs[i])) return false;
    return true;
}
