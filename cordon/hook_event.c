#include "cordon/hook_event.h"

#include <ctype.h>
#include <jansson.h>
#include <stdlib.h>

#include "cordon/hook_command.h"
#include "cordon/hook_edit.h"
#include "cordon/hook_notebook.h"
#include "cordon/place.h"

struct taking {
    struct hook_event *event;
    struct hook_codes *codes;
    struct arena *arena;
    struct checker *checker;
    struct view tool;
    struct error *err;
};

static struct view text_of(const json_t *value)
{
    return json_is_string(value) ? view_make(json_string_value(value), json_string_length(value))
                                 : (struct view){0};
}

/* The first of the names (separated by blanks) that the object has. */
static json_t *field(const json_t *object, const char *names)
{
    struct view name, rest = view_of_cstr(names);
    for (bool has_more = true; has_more;) {
        has_more = view_split(rest, ' ', &name, &rest);
        json_t *value = json_object_getn(object, name.bytes, name.length);
        if (value && !json_is_null(value)) return value;
    }
    return NULL;
}

static struct view copied(const struct taking *taking, struct view text)
{
    return text.bytes ? arena_copy(taking->arena, text) : text;
}

static bool failed(const struct taking *taking)
{
    return error_set(taking->err, ERROR_LIMIT, "no memory left for what the tool does");
}

/* Files that say which hooks a host runs: an agent that may rewrite them has no gate. */
static bool is_gate_setting(struct view path)
{
    static const char *const ends[] = {"/.claude/settings.json", "/.claude/settings.local.json",
                                       "/.codex/config.toml",    "/.codex/hooks.json",
                                       "/.gemini/settings.json", "/.cursor/hooks.json"};
    bool is_setting = view_find(path, VIEW("/.github/hooks/")) != SIZE_MAX;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        is_setting |= view_ends_with(path, view_of_cstr(ends[i]));
    return is_setting;
}

/* A file will hold `after`. `before` has NULL bytes where it is new. */
static bool file_take(const struct taking *taking, struct view path, struct view before, struct view after)
{
    struct view whole = place_absolute(taking->arena, taking->event->folder, path);
    bool had_gate = before.bytes && is_gate_setting(whole) && view_find(before, VIEW("cordon")) != SIZE_MAX;
    if (had_gate && view_find(after, VIEW("hook --agent")) == SIZE_MAX &&
        !hook_problem_add(taking->codes, taking->arena, "this takes the gate out of the host's settings"))
        return failed(taking);
    if (view_ends_with(path, VIEW(".ipynb")))
        return hook_notebook_take(taking->codes, taking->arena, taking->checker, path, after,
                                  taking->event->folder, taking->err);
    const struct language *language = language_of_path(path);
    if (!language) language = language_of_shebang(after);
    if (!language) return true;
    uint32_t at = taking->codes->items.count;
    struct hook_code code = {.language = language, .label = copied(taking, path), .text = after};
    bool is_added = language->id == LANGUAGE_BASH
                        ? hook_command_scan(taking->codes, taking->arena, taking->checker, code.label, after,
                                            taking->event->folder, true, taking->err)
                        : hook_code_add(taking->codes, taking->arena, code) || failed(taking);
    if (is_added && taking->codes->items.count > at && before.bytes) {
        taking->codes->items.items[at].before = before;
        taking->codes->items.items[at].has_before = true;
    }
    return is_added;
}

/* The file as it is now; a problem where it cannot be read whole. */
static struct view file_now(const struct taking *taking, struct view path, bool *is_whole)
{
    struct view whole = place_absolute(taking->arena, taking->event->folder, path);
    struct view bytes = hook_file_read(taking->arena, whole, is_whole);
    if (!*is_whole)
        hook_problem_add(taking->codes, taking->arena, "the file is larger than %u bytes, or cannot be read",
                         (unsigned)HOOK_FILE_BYTES_MAX);
    return bytes;
}

static bool edit_misses(const struct taking *taking)
{
    return hook_problem_add(
               taking->codes, taking->arena,
               "the edit does not fit the file as it is now: read the file again, then edit it") ||
           failed(taking);
}

static bool edits_take(const struct taking *taking, struct view path, const json_t *edits)
{
    bool is_whole;
    size_t index;
    json_t *edit;
    struct view before = file_now(taking, path, &is_whole), after = before;
    if (!is_whole) return true;
    json_array_foreach(edits, index, edit)
    {
        struct view old = text_of(field(edit, "old_string old_str oldText old_text oldString search"));
        struct view new = text_of(field(edit, "new_string new_str newText new_text newString replace"));
        after = hook_edit_replace(taking->arena, after, old, new);
        if (!after.bytes) return edit_misses(taking);
    }
    return file_take(taking, path, before, after);
}

static bool insert_take(const struct taking *taking, struct view path, const json_t *input)
{
    bool is_whole;
    struct view before = file_now(taking, path, &is_whole);
    if (!is_whole) return true;
    struct view after = hook_edit_insert(
        taking->arena, before, json_integer_value(field(input, "insert_line insertLine line")),
        text_of(field(input, "insert_text new_str new_string text content")));
    return after.bytes ? file_take(taking, path, before, after) : failed(taking);
}

static bool patch_take(const struct taking *taking, struct view text)
{
    struct hook_patch patch;
    if (!hook_patch_read(&patch, taking->arena, text))
        return hook_problem_add(taking->codes, taking->arena, "a patch that cannot be read") ||
               failed(taking);
    ARRAY_FOREACH (const struct hook_patch_file, file, &patch) {
        bool is_whole = true;
        if (file->kind == HOOK_PATCH_DELETE) continue;
        struct view before = file_now(taking, file->path, &is_whole);
        if (!is_whole) continue;
        struct view after = hook_patch_apply(taking->arena, file, before);
        if (!after.bytes) {
            if (!edit_misses(taking)) return false;
            continue;
        }
        if (!file_take(taking, file->new_path.length ? file->new_path : file->path, before, after))
            return false;
    }
    return true;
}

/* Where a command runs: the tool's own folder, below the event's. */
static struct view folder_of(const struct taking *taking, const json_t *input)
{
    struct view named = text_of(field(input, "working_directory workdir cwd directory dir_path"));
    return named.length ? place_absolute(taking->arena, taking->event->folder, named) : taking->event->folder;
}

static bool words_take(const struct taking *taking, const json_t *list, struct view folder)
{
    struct shell_word *words = ARENA_NEW_ARRAY(taking->arena, struct shell_word, json_array_size(list) + 1);
    size_t index;
    json_t *item;
    if (!words) return failed(taking);
    json_array_foreach(list, index, item) words[index] =
        (struct shell_word){copied(taking, text_of(item)), json_is_string(item)};
    /* apply_patch in the place of a program */
    if (json_array_size(list) == 2 && hook_patch_is(words[1].text)) return patch_take(taking, words[1].text);
    return hook_command_words(taking->codes, taking->arena, taking->checker, words,
                              (uint32_t)json_array_size(list), folder, taking->err);
}

static bool command_take(const struct taking *taking, const json_t *command, struct view folder)
{
    if (json_is_array(command)) return words_take(taking, command, folder);
    struct view text = copied(taking, text_of(command));
    if (hook_patch_is(text)) return patch_take(taking, text);
    if (view_find(taking->tool, VIEW("powershell")) != SIZE_MAX)
        return hook_problem_add(taking->codes, taking->arena,
                                "PowerShell cannot be checked: use the shell tool") ||
               failed(taking);
    return hook_command_scan(taking->codes, taking->arena, taking->checker, VIEW("<command>"), text, folder,
                             false, taking->err);
}

static bool code_take(const struct taking *taking, const json_t *input, struct view text)
{
    struct view word = text_of(field(input, "language lang"));
    const struct language *language = word.length ? language_of_word(word) : &languages[LANGUAGE_PYTHON];
    if (!language)
        return hook_problem_add(taking->codes, taking->arena, "code in a language that cannot be checked") ||
               failed(taking);
    if (language->id == LANGUAGE_PYTHON)
        return hook_notebook_cell(taking->codes, taking->arena, taking->checker, VIEW("<code>"), text,
                                  taking->event->folder, taking->err);
    struct hook_code code = {.language = language, .label = VIEW("<code>"), .text = text};
    return hook_code_add(taking->codes, taking->arena, code) || failed(taking);
}

static bool is_editor_word(struct view word)
{
    static const char *const words[] = {"create",    "view",  "str_replace", "insert",
                                        "undo_edit", "write", "append",      "read"};
    bool is_one = false;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) is_one |= view_equals_cstr(word, words[i]);
    return is_one;
}

static bool notebook_take(const struct taking *taking, const json_t *input, struct view path)
{
    struct view mode = text_of(field(input, "edit_mode")), kind = text_of(field(input, "cell_type"));
    if (view_equals(mode, VIEW("delete")) || view_equals(kind, VIEW("markdown"))) return true;
    return hook_notebook_cell(taking->codes, taking->arena, taking->checker, copied(taking, path),
                              copied(taking, text_of(field(input, "new_source"))), taking->event->folder,
                              taking->err);
}

/* What the tool is given. Every part of it that is or becomes code is taken. */
static bool input_take(const struct taking *taking, const json_t *input)
{
    struct view path =
        copied(taking, text_of(field(input, "file_path notebook_path path filePath absolute_path target_file "
                                            "filename")));
    json_t *command = field(input, "command cmd script"), *edits = field(input, "edits");
    json_t *old = field(input, "old_string old_str oldString"),
           *content = field(input, "content file_text contents code_edit");
    json_t *patch = field(input, "patch input"), *code = field(input, "code"),
           *line = field(input, "insert_line insertLine");
    bool is_editor = path.length && is_editor_word(text_of(command));
    if (json_is_string(patch) && hook_patch_is(text_of(patch)) &&
        !patch_take(taking, copied(taking, text_of(patch))))
        return false;
    if (command && !is_editor && !command_take(taking, command, folder_of(taking, input))) return false;
    if (json_is_string(code) && !code_take(taking, input, copied(taking, text_of(code)))) return false;
    if (!path.length) return true;
    if (json_is_string(field(input, "new_source"))) return notebook_take(taking, input, path);
    if (json_is_array(edits)) return edits_take(taking, path, edits);
    if (old || field(input, "new_string newString")) {
        json_t *one = json_pack("[O]", input);
        bool is_taken = edits_take(taking, path, one);
        json_decref(one);
        return is_taken;
    }
    if (line) return insert_take(taking, path, input);
    if (!json_is_string(content)) return true;
    bool is_whole;
    struct view before = file_now(taking, path, &is_whole);
    return file_take(taking, path, is_whole ? before : (struct view){0}, copied(taking, text_of(content)));
}

/* A tool's input may be JSON inside of a string. */
static bool input_open(const struct taking *taking, const json_t *input)
{
    json_error_t fault;
    if (json_is_object(input)) return input_take(taking, input);
    if (!json_is_string(input)) return true;
    json_t *inner =
        json_loadb(json_string_value(input), json_string_length(input), JSON_REJECT_DUPLICATES, &fault);
    bool is_taken = true;
    if (json_is_object(inner))
        is_taken = input_take(taking, inner);
    else if (hook_patch_is(text_of(input)))
        is_taken = patch_take(taking, copied(taking, text_of(input)));
    else
        is_taken = hook_problem_add(taking->codes, taking->arena, "the tool's input is no JSON object") ||
                   failed(taking);
    json_decref(inner);
    return is_taken;
}

/* Of other events (a file is read, a prompt is sent, a session ends) there is nothing to deny. */
static bool is_before_tool(struct view event)
{
    static const char *const words[] = {"pretooluse", "beforetool", "beforeshellexecution",
                                        "beforemcpexecution"};
    char lower[64];
    size_t used = 0;
    for (size_t i = 0; i < event.length && used < sizeof lower; i++)
        if (event.bytes[i] != '_') lower[used++] = (char)tolower((unsigned char)event.bytes[i]);
    bool is_before = event.length == 0;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        is_before |= view_equals_cstr(view_make(lower, used), words[i]);
    return is_before;
}

static bool root_take(struct taking *taking, const json_t *root)
{
    json_t *input = field(root, "tool_input toolInput toolArgs tool_args"), *command = field(root, "command");
    json_t *folders = field(root, "workspace_roots");
    struct view event = text_of(field(root, "hook_event_name hookEventName hook_event"));
    struct view folder = text_of(field(root, "cwd"));
    if (!folder.length) folder = text_of(json_array_get(folders, 0));
    if (!folder.length) folder = VIEW("/");
    taking->event->folder = place_absolute(taking->arena, VIEW("/"), folder);
    taking->event->session = copied(taking, text_of(field(root, "session_id sessionId conversation_id")));
    taking->event->is_nested = field(root, "tool_name") != NULL;
    taking->tool = copied(taking, text_of(field(root, "tool_name toolName")));
    for (size_t i = 0; i < taking->tool.length; i++)
        ((char *)taking->tool.bytes)[i] = (char)tolower((unsigned char)taking->tool.bytes[i]);
    if (!taking->event->folder.bytes) return failed(taking);
    if (!is_before_tool(event)) return true;
    if (input) return input_open(taking, input);
    if (command) return command_take(taking, command, taking->event->folder);
    return hook_problem_add(taking->codes, taking->arena, "the host does not say what the tool is given") ||
           failed(taking);
}

bool hook_event_take(struct hook_event *event, struct hook_codes *codes, struct arena *arena,
                     struct checker *checker, struct view json, struct error *err)
{
    struct taking taking = {.event = event, .codes = codes, .arena = arena, .checker = checker, .err = err};
    json_error_t fault;
    *event = (struct hook_event){0};
    /* Of two fields of one name a host may take the other one. */
    json_t *root = json_loadb(json.length ? json.bytes : "", json.length, JSON_REJECT_DUPLICATES, &fault);
    if (!json_is_object(root)) {
        json_decref(root);
        return hook_problem_add(codes, arena, "the event is no JSON object that can be read") ||
               failed(&taking);
    }
    bool is_taken = root_take(&taking, root);
    json_decref(root);
    return is_taken;
}
