#include "cordon/hook_settings.h"

#include <stdlib.h>

static const char block_start[] = "# cordon hook: begin (cordon hook uninstall takes it out)\n";
static const char block_end[] = "# cordon hook: end\n";

/* The events of a host that come before its tools. */
static const char *const *events_of(enum hook_host host)
{
    static const char *const claude[] = {"PreToolUse", NULL}, *const gemini[] = {"BeforeTool", NULL};
    static const char *const copilot[] = {"preToolUse", NULL}, *const none[] = {NULL};
    static const char *const cursor[] = {"preToolUse", "beforeShellExecution", "beforeMCPExecution", NULL};
    return host == HOOK_HOST_CLAUDE_CODE ? claude
           : host == HOOK_HOST_GEMINI    ? gemini
           : host == HOOK_HOST_COPILOT   ? copilot
           : host == HOOK_HOST_CURSOR    ? cursor
                                         : none;
}

static json_t *entry_json(enum hook_host host, const char *command)
{
    switch (host) {
    case HOOK_HOST_CLAUDE_CODE:
        return json_pack("{s:s, s:[{s:s, s:s, s:i, s:s}]}", "matcher", "*", "hooks", "type", "command",
                         "command", command, "timeout", 60, "onFailure", "block");
    case HOOK_HOST_GEMINI:
        return json_pack("{s:s, s:[{s:s, s:s, s:s, s:i}]}", "matcher", ".*", "hooks", "name", "cordon",
                         "type", "command", "command", command, "timeout", 60000);
    case HOOK_HOST_CURSOR:
        return json_pack("{s:s, s:b, s:i}", "command", command, "failClosed", 1, "timeout", 60);
    case HOOK_HOST_COPILOT:
        return json_pack("{s:s, s:s, s:i}", "type", "command", "bash", command, "timeoutSec", 30);
    case HOOK_HOST_CODEX:
    case HOOK_HOST_COUNT:
        break;
    }
    return NULL;
}

static bool is_ours(const json_t *entry, enum hook_host host)
{
    const char *command =
        json_string_value(json_object_get(entry, host == HOOK_HOST_COPILOT ? "bash" : "command"));
    const char *at = command ? strstr(command, " hook --agent ") : NULL;
    size_t length = strlen(hook_host_word(host));
    return at && strncmp(at + 14, hook_host_word(host), length) == 0 && strchr(" ", at[14 + length]);
}

/* Takes our entries out of a list; a group that only held ours goes with them. */
static bool list_clean(json_t *list, enum hook_host host)
{
    bool had_one = false;
    for (size_t i = json_array_size(list); i > 0; i--) {
        json_t *entry = json_array_get(list, i - 1), *inner = json_object_get(entry, "hooks");
        bool had_inner = json_is_array(inner) && list_clean(inner, host);
        bool is_gone = is_ours(entry, host) || (had_inner && json_array_size(inner) == 0);
        had_one |= had_inner || is_gone;
        if (is_gone) json_array_remove(list, i - 1);
    }
    return had_one;
}

static bool root_clean(json_t *root, enum hook_host host)
{
    json_t *hooks = json_object_get(root, "hooks");
    bool had_one = false;
    for (const char *const *event = events_of(host); *event; event++) {
        json_t *list = json_object_get(hooks, *event);
        if (!json_is_array(list) || !list_clean(list, host)) continue;
        had_one = true;
        if (json_array_size(list) == 0) json_object_del(hooks, *event);
    }
    if (had_one && json_object_size(hooks) == 0) json_object_del(root, "hooks");
    return had_one;
}

/* The width of the first indented line, as the file is written. */
static size_t indent_of(struct view text)
{
    size_t at = view_find_byte(text, '\n'), width = 0;
    while (at != SIZE_MAX && at + 1 + width < text.length && text.bytes[at + 1 + width] == ' ') width++;
    return width >= 1 && width <= 8 ? width : 2;
}

static struct view json_text(struct arena *arena, json_t *root, struct view old, struct error *err)
{
    char *text = json_dumps(root, JSON_INDENT(indent_of(old)));
    struct view out = text ? arena_format(arena, "%s\n", text) : (struct view){0};
    free(text);
    if (!out.bytes) error_set(err, ERROR_SYSTEM, "no memory for the settings");
    return out;
}

static json_t *root_read(struct view old, struct error *err)
{
    json_error_t fault;
    if (view_trim(old).length == 0) return json_object();
    json_t *root = json_loadb(old.bytes, old.length, JSON_REJECT_DUPLICATES, &fault);
    if (json_is_object(root)) return root;
    error_set(err, ERROR_INPUT, root ? "not a JSON object%s" : "not JSON that cordon can edit: %.200s",
              root ? "" : fault.text);
    if (!root) error_place(err, VIEW(""), (uint32_t)fault.line, (uint32_t)fault.column);
    json_decref(root);
    return NULL;
}

/* What the file has, made an object or a list where it is not there. NULL: it is something else. */
static json_t *member(json_t *object, const char *name, json_t *(*make)(void),
                      bool (*is_right)(const json_t *))
{
    if (!json_object_get(object, name)) json_object_set_new(object, name, make());
    json_t *value = json_object_get(object, name);
    return is_right(value) ? value : NULL;
}

static bool is_object(const json_t *value)
{
    return json_is_object(value);
}

static bool is_array(const json_t *value)
{
    return json_is_array(value);
}

static struct view json_add(struct arena *arena, enum hook_host host, struct view old, const char *command,
                            struct error *err)
{
    struct view out = {0};
    json_t *root = root_read(old, err);
    if (!root) return out;
    root_clean(root, host);
    bool has_version = host == HOOK_HOST_CURSOR || host == HOOK_HOST_COPILOT;
    if (has_version && !json_object_get(root, "version"))
        json_object_set_new(root, "version", json_integer(1));
    json_t *hooks = member(root, "hooks", json_object, is_object);
    bool is_added = hooks != NULL;
    for (const char *const *event = events_of(host); *event && is_added; event++) {
        json_t *list = member(hooks, *event, json_array, is_array);
        is_added = list && json_array_append_new(list, entry_json(host, command)) == 0;
    }
    if (is_added)
        out = json_text(arena, root, old, err);
    else
        error_set(err, ERROR_INPUT, "its hooks are not in the form that the host documents");
    json_decref(root);
    return out;
}

/* The block of ours in a TOML file: where it begins and ends, by its marks. */
static bool block_find(struct view text, size_t *start, size_t *end)
{
    *start = view_find(text, VIEW(block_start));
    if (*start == SIZE_MAX) return false;
    size_t length = view_find(view_slice(text, *start, text.length), VIEW(block_end));
    *end = length == SIZE_MAX ? text.length : *start + length + sizeof block_end - 1;
    return true;
}

static struct view toml_remove(struct arena *arena, struct view old, bool *had_one)
{
    size_t start, end;
    *had_one = block_find(old, &start, &end);
    if (!*had_one) return old;
    /* the empty line that was put before it */
    if (start >= 2 && old.bytes[start - 1] == '\n' && old.bytes[start - 2] == '\n') start--;
    struct view before = view_slice(old, 0, start), behind = view_slice(old, end, old.length);
    return arena_format(arena, "%.*s%.*s", VIEW_ARGS(before), VIEW_ARGS(behind));
}

/* A TOML basic string. */
static struct view toml_string(struct arena *arena, const char *text)
{
    struct view out = VIEW("");
    for (; *text; text++) {
        bool is_special = *text == '"' || *text == '\\';
        bool is_control = (unsigned char)*text < 0x20 || *text == 0x7f;
        out = is_control ? arena_format(arena, "%.*s\\u%04x", VIEW_ARGS(out), (unsigned)(unsigned char)*text)
                         : arena_format(arena, "%.*s%s%c", VIEW_ARGS(out), is_special ? "\\" : "", *text);
    }
    return out;
}

static struct view toml_add(struct arena *arena, struct view old, const char *command)
{
    bool had_one;
    struct view base = toml_remove(arena, old, &had_one), quoted = toml_string(arena, command);
    const char *gap = base.length == 0 ? "" : base.bytes[base.length - 1] == '\n' ? "\n" : "\n\n";
    return arena_format(
        arena,
        "%.*s%s%s[[hooks.PreToolUse]]\nmatcher = \".*\"\n\n[[hooks.PreToolUse.hooks]]\ntype = \"command\"\n"
        "command = \"%.*s\"\ntimeout = 60\n%s",
        VIEW_ARGS(base), gap, block_start, VIEW_ARGS(quoted), block_end);
}

struct view hook_settings_add(struct arena *arena, enum hook_host host, struct view old, const char *command,
                              struct error *err)
{
    if (host != HOOK_HOST_CODEX) return json_add(arena, host, old, command, err);
    struct view out = toml_add(arena, old, command);
    if (!out.bytes) error_set(err, ERROR_LIMIT, "no memory for the settings");
    return out;
}

struct view hook_settings_remove(struct arena *arena, enum hook_host host, struct view old, bool *had_one,
                                 struct error *err)
{
    *had_one = false;
    if (host == HOOK_HOST_CODEX) return toml_remove(arena, old, had_one);
    json_t *root = root_read(old, err);
    if (!root) return (struct view){0};
    *had_one = root_clean(root, host);
    struct view out = json_text(arena, root, old, err);
    json_decref(root);
    return out;
}
