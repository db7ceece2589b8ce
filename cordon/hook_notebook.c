#include "cordon/hook_notebook.h"

#include <jansson.h>

#include "cordon/hook_command.h"

static bool failed(struct error *err)
{
    return error_set(err, ERROR_LIMIT, "no memory left for the notebook");
}

static bool word_is_one_of(struct view word, const char *const *words)
{
    while (*words && !view_equals_cstr(word, *words)) words++;
    return *words != NULL;
}

/* %%NAME: what the rest of the cell is. True where that is decided. */
static bool cell_magic(struct hook_codes *codes, struct arena *arena, struct checker *checker,
                       struct view label, struct view *source, struct view folder, bool *is_done,
                       struct error *err)
{
    static const char *const shells[] = {"bash", "sh", "script", NULL};
    static const char *const shown[] = {"html", "markdown", "latex", "svg", "javascript", "js", NULL};
    static const char *const around[] = {"time", "timeit", "capture", "prun", "python", "python3", NULL};
    struct view line, rest, name, arguments;
    *is_done = true;
    if (!view_starts_with(*source, VIEW("%%"))) return false;
    view_split(*source, '\n', &line, &rest);
    view_split(view_trim(view_slice(line, 2, line.length)), ' ', &name, &arguments);
    if (word_is_one_of(name, shells)) {
        *is_done = hook_command_scan(codes, arena, checker, label, rest, folder, false, err);
        return true;
    }
    if (word_is_one_of(name, shown)) return true; /* for the browser that shows it */
    if (word_is_one_of(name, around)) {
        *source = rest;
        return false;
    }
    *is_done = hook_problem_add(codes, arena, "a cell that begins with %%%%%.*s cannot be checked",
                                VIEW_ARGS(view_slice(name, 0, 40))) ||
               failed(err);
    return true;
}

/* A line that the notebook's shell reads, as Python has it in its place; false: it cannot be known. */
static bool line_magic(struct hook_codes *codes, struct arena *arena, struct checker *checker,
                       struct view label, struct view text, struct view folder, bool *is_code,
                       struct error *err)
{
    static const char *const harmless[] = {"matplotlib", "pip",    "conda",        "mamba", "load_ext",
                                           "autoreload", "config", "precision",    "whos",  "pylab",
                                           "cd",         "env",    "reload_ext",   "pwd",   "ls",
                                           "tb",         "pinfo",  "doctest_mode", NULL};
    static const char *const timed[] = {"time", "timeit", "prun", NULL};
    struct view name, rest;
    *is_code = false;
    if (text.bytes[0] == '!') {
        size_t marks = text.length > 1 && text.bytes[1] == '!' ? 2 : 1;
        return hook_command_scan(codes, arena, checker, label, view_slice(text, marks, text.length), folder,
                                 false, err);
    }
    view_split(view_slice(text, 1, text.length), ' ', &name, &rest);
    *is_code = word_is_one_of(name, timed);
    if (*is_code || word_is_one_of(name, harmless)) return true;
    return hook_problem_add(codes, arena, "%%%.*s cannot be checked", VIEW_ARGS(view_slice(name, 0, 40))) ||
           failed(err);
}

bool hook_notebook_cell(struct hook_codes *codes, struct arena *arena, struct checker *checker,
                        struct view label, struct view source, struct view folder, struct error *err)
{
    bool is_done;
    if (cell_magic(codes, arena, checker, label, &source, folder, &is_done, err)) return is_done;
    char *out = arena_alloc(arena, source.length + 6 * (source.length / 2 + 2));
    size_t used = 0;
    if (!out) return failed(err);
    for (struct view rest = source; rest.length;) {
        struct view line;
        bool is_code = true;
        bool has_end = view_split(rest, '\n', &line, &rest);
        struct view text = view_trim(line);
        bool is_magic = text.length > 1 && (text.bytes[0] == '!' || text.bytes[0] == '%');
        if (is_magic && !line_magic(codes, arena, checker, label, text, folder, &is_code, err)) return false;
        size_t indent = text.length ? (size_t)(text.bytes - line.bytes) : 0;
        if (is_magic && is_code) { /* %time STATEMENT */
            size_t space = view_find_byte(text, ' ');
            line = space == SIZE_MAX ? VIEW("pass") : view_slice(text, space + 1, text.length);
        }
        if (is_magic && indent) memcpy(out + used, text.bytes - indent, indent), used += indent;
        if (is_magic && !is_code) line = VIEW("pass");
        if (line.length) memcpy(out + used, line.bytes, line.length);
        used += line.length;
        if (has_end) out[used++] = '\n';
    }
    struct hook_code code = {
        .language = &languages[LANGUAGE_PYTHON], .label = label, .text = view_make(out, used)};
    return hook_code_add(codes, arena, code) || failed(err);
}

/* The source of a cell: a text, or a list of lines. */
static struct view source_of(struct arena *arena, const json_t *cell)
{
    json_t *source = json_object_get(cell, "source"), *line;
    size_t index;
    struct view text = VIEW("");
    if (json_is_string(source))
        return arena_copy(arena, view_make(json_string_value(source), json_string_length(source)));
    json_array_foreach(source, index, line) text =
        arena_format(arena, "%.*s%s", VIEW_ARGS(text), json_is_string(line) ? json_string_value(line) : "");
    return text;
}

bool hook_notebook_take(struct hook_codes *codes, struct arena *arena, struct checker *checker,
                        struct view path, struct view json, struct view folder, struct error *err)
{
    json_error_t fault;
    json_t *root = json_loadb(json.bytes, json.length, JSON_REJECT_DUPLICATES, &fault), *cell;
    json_t *cells = json_object_get(root, "cells");
    size_t index;
    bool is_done = true;
    if (!json_is_array(cells))
        is_done = hook_problem_add(codes, arena, "the notebook cannot be read") || failed(err);
    json_array_foreach(cells, index, cell)
    {
        const char *kind = json_string_value(json_object_get(cell, "cell_type"));
        if (!is_done || !kind || strcmp(kind, "code") != 0) continue;
        struct view label = arena_format(arena, "%.*s cell %zu", VIEW_ARGS(path), index + 1);
        is_done = hook_notebook_cell(codes, arena, checker, label, source_of(arena, cell), folder, err);
    }
    json_decref(root);
    return is_done;
}
