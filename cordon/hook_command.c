#include "cordon/hook_command.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "cordon/hook_words.h"
#include "cordon/place.h"

/* A file that the command itself writes before it uses it. */
struct scan_file {
    struct view path; /* absolute */
    struct shell_word content;
};

struct scan {
    struct hook_codes *codes;
    struct arena *arena;
    struct checker *checker;
    struct view folder;         /* absolute */
    bool is_folder_certain;     /* every `cd` so far can be followed */
    bool is_lenient, may_alter; /* a command before may have changed any file */
    unsigned depth;
    ARRAY_OF(struct scan_file) files;
    const struct shell_text *text;
    struct error *err;
};

static bool text_scan(struct scan *scan, struct view label, struct view text);

static bool exhausted(const struct scan *scan)
{
    return error_set(scan->err, ERROR_LIMIT, "no memory left for the command");
}

__attribute__((format(printf, 2, 3))) static bool problem(struct scan *scan, const char *format, ...)
{
    if (scan->is_lenient) return true;
    va_list args;
    va_start(args, format);
    char text[400];
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return hook_problem_add(scan->codes, scan->arena, "%s", text) || exhausted(scan);
}

static struct view path_in(const struct scan *scan, struct view path)
{
    const char *home = getenv("HOME");
    if (home && (view_equals(path, VIEW("~")) || view_starts_with(path, VIEW("~/"))))
        path = arena_format(scan->arena, "%s%.*s", home, VIEW_ARGS(view_slice(path, 1, path.length)));
    return place_absolute(scan->arena, scan->folder, path);
}

static const struct scan_file *file_written(const struct scan *scan, struct view path)
{
    for (uint32_t i = scan->files.count; i > 0; i--)
        if (view_equals(scan->files.items[i - 1].path, path)) return &scan->files.items[i - 1];
    return NULL;
}

/* What a file holds when the command comes to it; NULL bytes: it is not there. */
static struct shell_word file_content(const struct scan *scan, struct view path)
{
    const struct scan_file *written = file_written(scan, path);
    if (written) return written->content;
    bool is_whole;
    struct view bytes = hook_file_read(scan->arena, path, &is_whole);
    return (struct shell_word){bytes, is_whole && !(bytes.bytes && scan->may_alter)};
}

/* What echo and printf print, where that is plain. */
static struct shell_word words_printed(const struct scan *scan, const struct shell_command *command,
                                       bool is_printf)
{
    struct shell_word unknown = {0}, out = {VIEW(""), true};
    uint32_t at = 1;
    bool ends_line = !is_printf;
    for (; !is_printf && at < command->words.count && view_equals(command->words.items[at].text, VIEW("-n"));
         at++)
        ends_line = false;
    if (is_printf && command->words.count > 2) {
        bool is_text = view_equals(command->words.items[1].text, VIEW("%s")) ||
                       view_equals(command->words.items[1].text, VIEW("%s\\n"));
        if (!is_text || command->words.count > 3) return unknown;
        at = 2;
    }
    for (uint32_t i = at; i < command->words.count; i++) {
        struct shell_word word = command->words.items[i];
        bool is_escaped = view_find_byte(word.text, '\\') != SIZE_MAX;
        bool is_format = is_printf && at == 1 && view_find_byte(word.text, '%') != SIZE_MAX;
        bool is_option = i == at && !is_printf && word.text.length && word.text.bytes[0] == '-';
        if (!word.is_known || is_escaped || is_format || is_option) return unknown;
        out.text = arena_format(scan->arena, "%.*s%s%.*s", VIEW_ARGS(out.text), i > at ? " " : "",
                                VIEW_ARGS(word.text));
    }
    if (ends_line) out.text = arena_format(scan->arena, "%.*s\n", VIEW_ARGS(out.text));
    return out;
}

static struct shell_word input_of(struct scan *scan, const struct shell_command *command, unsigned depth);

/* What a command writes to its standard output, where that is known. */
static struct shell_word output_of(struct scan *scan, uint32_t number, unsigned depth)
{
    struct shell_word unknown = {0};
    if (number >= scan->text->commands.count || depth > HOOK_DEPTH_MAX) return unknown;
    const struct shell_command *command = &scan->text->commands.items[number];
    if (command->words.count == 0 || !command->words.items[0].is_known) return unknown;
    struct view name = hook_base_name(command->words.items[0].text);
    if (view_equals(name, VIEW("echo"))) return words_printed(scan, command, false);
    if (view_equals(name, VIEW("printf"))) return words_printed(scan, command, true);
    if (view_equals(name, VIEW("tee"))) return input_of(scan, command, depth + 1);
    if (!view_equals(name, VIEW("cat"))) return unknown;
    struct shell_word out = {VIEW(""), true};
    if (command->words.count == 1) return input_of(scan, command, depth + 1);
    for (uint32_t i = 1; i < command->words.count && out.is_known; i++) {
        struct shell_word word = command->words.items[i];
        if (!word.is_known || (word.text.length && word.text.bytes[0] == '-')) return unknown;
        struct shell_word content = file_content(scan, path_in(scan, word.text));
        out.is_known = content.is_known && content.text.bytes;
        out.text = arena_format(scan->arena, "%.*s%.*s", VIEW_ARGS(out.text), VIEW_ARGS(content.text));
    }
    return out;
}

/* What a command reads from its standard input. Known and without bytes: what the host gives. */
static struct shell_word input_of(struct scan *scan, const struct shell_command *command, unsigned depth)
{
    switch (command->reads) {
    case SHELL_INPUT_NONE:
        return (struct shell_word){.is_known = true};
    case SHELL_INPUT_TEXT:
        return command->input;
    case SHELL_INPUT_FILE:
        if (!command->input.is_known) return (struct shell_word){0};
        return file_content(scan, path_in(scan, command->input.text));
    case SHELL_INPUT_PIPE:
        return output_of(scan, command->producer, depth);
    case SHELL_INPUT_UNKNOWN:
        break;
    }
    return (struct shell_word){0};
}

/* Code in hand: for a check, and of a shell also for what it starts. */
static bool code_take(struct scan *scan, const struct language *language, struct view label, struct view text,
                      bool is_script)
{
    if (language->id != LANGUAGE_BASH) {
        struct hook_code code = {.language = language, .label = label, .text = text};
        return hook_code_add(scan->codes, scan->arena, code) || exhausted(scan);
    }
    if (scan->depth == HOOK_DEPTH_MAX)
        return problem(scan, "shells inside of shells, more than %d deep", HOOK_DEPTH_MAX);
    struct scan inner = *scan;
    inner.depth++;
    inner.is_lenient |= is_script;
    bool is_scanned = text_scan(&inner, label, text);
    scan->may_alter |= inner.may_alter;
    return is_scanned;
}

/* Folders and archives that an interpreter starts by a file in them. */
static struct view script_inside(const struct scan *scan, struct view path, const struct language *language)
{
    const char *file = language && language->family == FAMILY_PYTHON ? "__main__.py" : "index.js";
    return arena_format(scan->arena, "%.*s/%s", VIEW_ARGS(path), file);
}

/* Programs of the machine are not what a model wrote. */
static bool is_of_machine(struct view path)
{
    static const char *const folders[] = {"/usr/", "/bin/", "/sbin/", "/opt/", "/nix/", "/lib/"};
    bool is_there = false;
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        is_there |= view_starts_with(path, view_of_cstr(folders[i]));
    return is_there;
}

static bool file_take(struct scan *scan, const struct hook_program *program, uint32_t number)
{
    struct view path = path_in(scan, program->word.text), shown = program->word.text;
    bool is_relative =
        program->word.text.length && program->word.text.bytes[0] != '/' && program->word.text.bytes[0] != '~';
    if (!program->language && is_of_machine(path)) return true;
    if (is_relative && !scan->is_folder_certain && !file_written(scan, path))
        return problem(
            scan, "which file '%.*s' is depends on a `cd` that cannot be followed: name it by its whole path",
            VIEW_ARGS(view_slice(shown, 0, 100)));
    struct shell_word content = file_content(scan, path);
    if (!content.text.bytes && content.is_known) {
        path = script_inside(scan, path, program->language);
        content = file_content(scan, path);
    }
    if (!content.is_known)
        return problem(
            scan,
            "what is in '%.*s' when it runs is not known: write it first, then run it in a call of its own",
            VIEW_ARGS(view_slice(shown, 0, 100)));
    if (!content.text.bytes) {
        if (number == 0 || (!program->language && !scan->may_alter))
            return true; /* it is not there and nothing before makes it: it fails */
        return problem(scan, "'%.*s' is not there yet: write it first, then run it in a call of its own",
                       VIEW_ARGS(view_slice(shown, 0, 100)));
    }
    const struct language *own = language_of_path(path), *language = program->language;
    if (!language || (own && own->family == language->family)) language = own ? own : language;
    if (!language) language = language_of_shebang(content.text);
    if (!language) return true;
    return code_take(scan, language, shown, content.text, true);
}

static bool program_take(struct scan *scan, const struct hook_program *program, uint32_t number)
{
    int name_length = (int)(program->name.length < 60 ? program->name.length : 60);
    struct shell_word input = {0};
    switch (program->place) {
    case HOOK_PLACE_NONE:
        return true;
    case HOOK_PLACE_TEXT:
        return code_take(scan, program->language,
                         arena_format(scan->arena, "<code for %.*s>", name_length, program->name.bytes),
                         program->word.text, false);
    case HOOK_PLACE_FILE:
        return file_take(scan, program, number);
    case HOOK_PLACE_STDIN:
        if (number < scan->text->commands.count)
            input = input_of(scan, &scan->text->commands.items[number], 0);
        if (!input.is_known)
            return problem(
                scan, "%.*s would run what it reads, and that is not known before: write it to a file first",
                name_length, program->name.bytes);
        if (!input.text.bytes) return true;
        return code_take(scan, program->language,
                         arena_format(scan->arena, "<input of %.*s>", name_length, program->name.bytes),
                         input.text, false);
    case HOOK_PLACE_UNKNOWN:
        return problem(scan, "what '%.*s' runs is not known before it runs: write its name and its code out",
                       name_length, program->name.bytes);
    case HOOK_PLACE_FOREIGN:
        return problem(scan, "code for %.*s cannot be checked: write it in Python, JavaScript or Bash",
                       name_length, program->name.bytes);
    }
    return true;
}

static struct shell_word words_joined(const struct scan *scan, const struct hook_words *words)
{
    struct shell_word joined = {VIEW(""), !words->has_more};
    for (uint32_t i = 0; i < words->count; i++) {
        joined.is_known &= words->items[i].is_known;
        joined.text = arena_format(scan->arena, "%.*s%s%.*s", VIEW_ARGS(joined.text), i ? " " : "",
                                   VIEW_ARGS(words->items[i].text));
    }
    return joined;
}

static void folder_change(struct scan *scan, const struct shell_command *command)
{
    struct shell_word word =
        command->words.count > 1 ? command->words.items[1] : (struct shell_word){VIEW("~"), true};
    if (view_equals(word.text, VIEW("--")) && command->words.count > 2) word = command->words.items[2];
    bool is_followed =
        word.is_known && !command->is_in_subshell && word.text.length && word.text.bytes[0] != '-';
    if (!is_followed) {
        scan->is_folder_certain = false;
        return;
    }
    scan->folder = path_in(scan, word.text);
    struct view name = arena_copy(scan->arena, scan->folder);
    char *real = name.bytes ? realpath(name.bytes, NULL) : NULL;
    scan->is_folder_certain &= real != NULL; /* where it fails, what follows is in the folder before */
    free(real);
}

/* Commands that change files in ways that their words do not tell, or by names in their words. */
static bool changes_files(const struct hook_words *words)
{
    static const char *const changing[] = {
        "cp",     "mv",    "ln",     "install",  "sed",  "dd",  "curl",   "wget", "tar",
        "unzip",  "patch", "rsync",  "truncate", "perl", "awk", "git",    "7z",   "unrar",
        "cpio",   "scp",   "sponge", "ed",       "ex",   "vim", "base64", "xxd",  "openssl",
        "gunzip", "split", "aria2c", "gh",       "svn",  "hg"};
    static const char *const harmless_git[] = {
        "status", "log",   "diff",   "add",  "commit", "show",  "branch",   "rev-parse", "config",
        "push",   "fetch", "remote", "init", "tag",    "blame", "ls-files", "grep"};
    struct view name = words->count ? hook_base_name(words->items[0].text) : (struct view){0};
    bool changes = false;
    for (size_t i = 0; i < sizeof changing / sizeof *changing; i++)
        changes |= view_equals_cstr(name, changing[i]);
    for (size_t i = 0; words->count > 1 && i < sizeof harmless_git / sizeof *harmless_git; i++)
        if (view_equals(name, VIEW("git")) && view_equals_cstr(words->items[1].text, harmless_git[i]))
            changes = false;
    bool is_sed_print = view_equals(name, VIEW("sed"));
    for (uint32_t i = 1; i < words->count; i++)
        is_sed_print &= !view_starts_with(words->items[i].text, VIEW("-i")) &&
                        !view_starts_with(words->items[i].text, VIEW("--in"));
    return changes && !is_sed_print;
}

static bool command_take(struct scan *scan, const struct hook_words *all, const struct shell_command *command,
                         uint32_t number)
{
    struct hook_words words = *all;
    struct shell_word text = {0};
    unsigned layers = 0;
    while (hook_words_unwrap(&words, &text) && words.count && ++layers < 32) continue;
    if (layers == 32) return problem(scan, "too many programs that start programs");
    if (text.text.bytes && words.count == 0)
        return text.is_known ? code_take(scan, &languages[LANGUAGE_BASH], VIEW("<a command in the command>"),
                                         text.text, false)
                             : problem(scan, "a command line that is not known before it runs");
    struct view name = words.count ? words.items[0].text : (struct view){0};
    struct hook_words rest = {words.items + 1, words.count ? words.count - 1 : 0, words.has_more};
    bool is_taken = true;
    if (view_equals(name, VIEW("cd")) || view_equals(name, VIEW("pushd"))) {
        folder_change(scan, command);
    } else if (view_equals(name, VIEW("popd"))) {
        scan->is_folder_certain = false;
    } else if (view_equals(name, VIEW("eval")) || view_equals(name, VIEW("trap")) ||
               view_equals(name, VIEW("watch"))) {
        if (view_equals(name, VIEW("trap"))) rest.count = rest.count > 1;
        struct shell_word joined = words_joined(scan, &rest);
        is_taken =
            joined.is_known
                ? code_take(scan, &languages[LANGUAGE_BASH],
                            arena_format(scan->arena, "<code for %.*s>", VIEW_ARGS(name)), joined.text, false)
                : problem(scan, "what %.*s runs is not known before it runs", VIEW_ARGS(name));
    } else if ((view_equals(name, VIEW("source")) || view_equals(name, VIEW("."))) && rest.count) {
        struct hook_program program = {.place = rest.items[0].is_known ? HOOK_PLACE_FILE : HOOK_PLACE_UNKNOWN,
                                       .language = &languages[LANGUAGE_BASH],
                                       .name = name,
                                       .word = rest.items[0]};
        if (view_equals(rest.items[0].text, VIEW("/dev/stdin"))) program.place = HOOK_PLACE_STDIN;
        is_taken = program_take(scan, &program, number);
    } else {
        struct hook_program program = hook_words_program(&words);
        is_taken = program_take(scan, &program, number);
    }
    scan->may_alter |= changes_files(&words);
    return is_taken;
}

static bool write_take(struct scan *scan, const struct shell_write *write)
{
    if (!write->path.is_known) {
        scan->may_alter = true; /* any file */
        return true;
    }
    struct scan_file file = {.path = path_in(scan, write->path.text)};
    if (write->command != UINT32_MAX) file.content = output_of(scan, write->command, 0);
    if (write->appends && file.content.is_known) {
        struct shell_word before = file_content(scan, file.path);
        file.content.is_known = before.is_known;
        file.content.text =
            arena_format(scan->arena, "%.*s%.*s", VIEW_ARGS(before.text), VIEW_ARGS(file.content.text));
    }
    return ARRAY_PUSH(scan->arena, &scan->files, file) || exhausted(scan);
}

/* tee FILE... */
static bool tee_take(struct scan *scan, const struct shell_command *command)
{
    if (command->words.count == 0 || !view_equals(hook_base_name(command->words.items[0].text), VIEW("tee")))
        return true;
    bool appends = false;
    for (uint32_t i = 1; i < command->words.count; i++) {
        struct shell_word word = command->words.items[i];
        bool is_option = word.is_known && word.text.length > 1 && word.text.bytes[0] == '-';
        appends |= is_option;
        if (is_option) continue;
        struct scan_file file = {.path = path_in(scan, word.text)};
        if (!appends) file.content = input_of(scan, command, 0);
        if (!word.is_known) scan->may_alter = true;
        if (word.is_known && !ARRAY_PUSH(scan->arena, &scan->files, file)) return exhausted(scan);
    }
    return true;
}

/* The commands in the order of the text; what was written before each is there for it. */
static bool commands_take(struct scan *scan)
{
    const struct shell_text *text = scan->text;
    bool *is_written = ARENA_NEW_ARRAY(scan->arena, bool, text->writes.count + 1);
    if (!is_written) return exhausted(scan);
    for (uint32_t i = 0; i < text->commands.count; i++) {
        const struct shell_command *command = &text->commands.items[i];
        for (uint32_t j = 0; j < text->writes.count; j++) {
            if (is_written[j] || text->writes.items[j].start >= command->start) continue;
            is_written[j] = true;
            if (!write_take(scan, &text->writes.items[j])) return false;
        }
        struct hook_words words = {command->words.items, command->words.count, false};
        if (!command_take(scan, &words, command, i) || !tee_take(scan, command)) return false;
    }
    return true;
}

static bool text_scan(struct scan *scan, struct view label, struct view text)
{
    struct hook_code whole = {.language = &languages[LANGUAGE_BASH], .label = label, .text = text};
    whole.is_read = !scan->is_lenient;
    struct report report = {0};
    struct shell_text read = {0};
    if (!hook_code_add(scan->codes, scan->arena, whole)) return exhausted(scan);
    bool is_done = checker_read_shell(scan->checker, label, text, &report, &read, scan->err);
    scan->text = &read;
    is_done = is_done && commands_take(scan);
    /* What was found in the text is copied: the report's arena ends here. */
    for (uint32_t i = 0; i < scan->codes->items.count && is_done; i++) {
        struct hook_code *code = &scan->codes->items.items[i];
        if (code->is_owned) continue;
        code->text = arena_copy(scan->arena, code->text);
        code->label = arena_copy(scan->arena, code->label);
        code->is_owned = code->text.bytes && code->label.bytes;
        is_done = code->is_owned || exhausted(scan);
    }
    for (uint32_t i = 0; i < scan->files.count && is_done; i++) {
        struct shell_word *content = &scan->files.items[i].content;
        if (content->text.bytes) content->text = arena_copy(scan->arena, content->text);
    }
    report_clear(&report);
    return is_done;
}

bool hook_command_scan(struct hook_codes *codes, struct arena *arena, struct checker *checker,
                       struct view label, struct view text, struct view folder, bool is_lenient,
                       struct error *err)
{
    struct scan scan = {.codes = codes,
                        .arena = arena,
                        .checker = checker,
                        .folder = place_absolute(arena, VIEW("/"), folder),
                        .is_folder_certain = true,
                        .is_lenient = is_lenient,
                        .err = err};
    return text_scan(&scan, label, text);
}

bool hook_command_words(struct hook_codes *codes, struct arena *arena, struct checker *checker,
                        const struct shell_word *words, uint32_t count, struct view folder, struct error *err)
{
    static const struct shell_command command = {.reads = SHELL_INPUT_UNKNOWN};
    struct shell_text text = {0};
    struct scan scan = {.codes = codes,
                        .arena = arena,
                        .checker = checker,
                        .folder = place_absolute(arena, VIEW("/"), folder),
                        .is_folder_certain = true,
                        .text = &text,
                        .err = err};
    struct hook_words all = {words, count, false};
    return command_take(&scan, &all, &command, 0);
}
