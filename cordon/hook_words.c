#include "cordon/hook_words.h"

#include <ctype.h>

static const struct interpreter {
    const char *names;
    enum language_id language;
    const char *code, *values, *stops, *long_code, *long_values;
} interpreters[] = {
#define INTERPRETER(name, names, language, code, values, stops, long_code, long_values) \
    {names, LANGUAGE_##language, code, values, stops, long_code, long_values},
#include "cordon/interpreter.def"
#undef INTERPRETER
};

/* Programs that start another one: their options that take a value, and how many words stand between these
 * and the other program. What the list does not name is no wrapper. */
static const struct wrapper {
    const char *name, *values;
    unsigned operands;
    bool has_more;
} wrappers[] = {
    {"sudo", "ughpCUDRTrt", 0, false},
    {"doas", "uC", 0, false},
    {"nice", "n", 0, false},
    {"ionice", "cnpPu", 0, false},
    {"nohup", "", 0, false},
    {"time", "fo", 0, false},
    {"timeout", "sk", 1, false},
    {"stdbuf", "ioe", 0, false},
    {"setsid", "", 0, false},
    {"command", "", 0, false},
    {"builtin", "", 0, false},
    {"exec", "a", 0, false},
    {"xargs", "IndEPLsa", 0, true},
    {"parallel", "jInNdL", 0, true},
    {"env", "uC", 0, false},
    {"chroot", "", 1, false},
    {"busybox", "", 0, false},
    {"npx", "pc", 0, false},
    {"bunx", "", 0, false},
    {"chrt", "", 1, false},
    {"taskset", "", 1, false},
    {"strace", "eopPsuE", 0, false},
    {"ltrace", "eopsu", 0, false},
    {"unbuffer", "", 0, false},
    {"winpty", "", 0, false},
    {"catchsegv", "", 0, false},
    {"fakeroot", "", 0, false},
};

/* `TOOL run PROGRAM`: the words behind the tool's name. */
static const char *const runners[][2] = {
    {"uv", "run"},   {"poetry", "run"}, {"pipenv", "run"},  {"hatch", "run"}, {"pdm", "run"},
    {"rye", "run"},  {"pnpm", "exec"},  {"pnpm", "dlx"},    {"npm", "exec"},  {"yarn", "exec"},
    {"yarn", "dlx"}, {"conda", "run"},  {"bundle", "exec"},
};

static const char *const foreign[] = {"perl",  "ruby",   "php",   "lua",   "Rscript", "osascript", "pwsh",
                                      "julia", "expect", "emacs", "tclsh", "elixir",  "scala",     "groovy",
                                      "sbcl",  "ghci",   "R",     "raku",  "luajit",  "powershell"};

struct view hook_base_name(struct view path)
{
    for (size_t i = path.length; i > 0; i--)
        if (path.bytes[i - 1] == '/') return view_slice(path, i, path.length);
    return path;
}

static bool list_has(const char *list, struct view word)
{
    struct view item, rest = view_of_cstr(list);
    for (bool has_more = true; has_more;) {
        has_more = view_split(rest, ' ', &item, &rest);
        if (word.length && view_equals(item, word)) return true;
    }
    return false;
}

static struct hook_words words_from(struct hook_words words, uint32_t at)
{
    if (at > words.count) at = words.count;
    return (struct hook_words){words.items + at, words.count - at, words.has_more};
}

static bool is_option(struct shell_word word)
{
    return word.is_known && word.text.length > 1 && word.text.bytes[0] == '-';
}

/* How many words an option takes, itself included: its value is the rest of a cluster, or the next word. */
static uint32_t option_width(struct view option, const char *values)
{
    if (view_starts_with(option, VIEW("--"))) return 1;
    for (size_t i = 1; i < option.length; i++)
        if (strchr(values, option.bytes[i])) return i + 1 == option.length ? 2 : 1;
    return 1;
}

/* find -exec PROGRAM ... ; */
static bool find_unwrap(struct hook_words *words)
{
    for (uint32_t i = 1; i < words->count; i++) {
        struct view text = words->items[i].text;
        bool is_exec = list_has("-exec -execdir -ok -okdir", text);
        if (!is_exec) continue;
        uint32_t end = i + 1;
        while (end < words->count && !list_has("; +", words->items[end].text)) end++;
        *words = (struct hook_words){words->items + i + 1, end - i - 1, true};
        return true;
    }
    return false;
}

static bool runner_unwrap(struct hook_words *words, struct view name)
{
    for (size_t i = 0; i < sizeof runners / sizeof *runners; i++) {
        if (!view_equals_cstr(name, runners[i][0])) continue;
        for (uint32_t at = 1; at < words->count; at++) {
            if (is_option(words->items[at])) continue;
            if (!view_equals_cstr(words->items[at].text, runners[i][1])) break;
            at++;
            while (at < words->count && is_option(words->items[at])) at++;
            *words = words_from(*words, at);
            return true;
        }
    }
    return false;
}

static bool is_assignment(struct view text)
{
    size_t at = view_find_byte(text, '=');
    if (at == SIZE_MAX || at == 0) return false;
    for (size_t i = 0; i < at; i++)
        if (!isalnum((unsigned char)text.bytes[i]) && text.bytes[i] != '_') return false;
    return true;
}

/* The text of an option that is itself a command line: env -S, su -c, npx -c, watch. */
static bool text_option(struct hook_words *words, struct view name, struct shell_word *text)
{
    char letter = view_equals(name, VIEW("env")) ? 'S' : 'c';
    if (!list_has("env su npx", name)) return false;
    for (uint32_t i = 1; i < words->count && (is_option(words->items[i]) || letter == 'c'); i++) {
        struct view option = words->items[i].text;
        if (option.length < 2 || option.bytes[0] != '-' || option.bytes[1] != letter) continue;
        *text = option.length > 2
                    ? (struct shell_word){view_slice(option, 2, option.length), words->items[i].is_known}
                : i + 1 < words->count ? words->items[i + 1]
                                       : (struct shell_word){VIEW(""), true};
        *words = (struct hook_words){0};
        return true;
    }
    return false;
}

bool hook_words_unwrap(struct hook_words *words, struct shell_word *text)
{
    if (words->count == 0 || !words->items[0].is_known) return false;
    struct view name = hook_base_name(words->items[0].text);
    if (text_option(words, name, text)) return true;
    if (view_equals(name, VIEW("find"))) return find_unwrap(words);
    if (runner_unwrap(words, name)) return true;
    for (size_t i = 0; i < sizeof wrappers / sizeof *wrappers; i++) {
        if (!view_equals_cstr(name, wrappers[i].name)) continue;
        uint32_t at = 1;
        bool has_more = words->has_more || wrappers[i].has_more;
        while (at < words->count && (is_option(words->items[at]) ||
                                     (words->items[at].is_known && is_assignment(words->items[at].text)))) {
            bool is_end = view_equals(words->items[at].text, VIEW("--"));
            at += is_option(words->items[at]) ? option_width(words->items[at].text, wrappers[i].values) : 1;
            if (is_end) break;
        }
        *words = words_from(*words, at + wrappers[i].operands);
        words->has_more = has_more;
        return true;
    }
    return false;
}

static const struct interpreter *interpreter_of(struct view name)
{
    while (name.length &&
           (isdigit((unsigned char)name.bytes[name.length - 1]) || name.bytes[name.length - 1] == '.'))
        name.length--;
    for (size_t i = 0; i < sizeof interpreters / sizeof *interpreters; i++)
        if (list_has(interpreters[i].names, name)) return &interpreters[i];
    return NULL;
}

static struct hook_program program_at(struct hook_program program, enum hook_place place,
                                      struct shell_word word)
{
    program.place = word.is_known ? place : HOOK_PLACE_UNKNOWN;
    program.word = word;
    return program;
}

/* The word behind; where there is none, one that is not known if more may follow. */
static struct shell_word word_behind(const struct hook_words *words, uint32_t at)
{
    if (at < words->count) return words->items[at];
    return (struct shell_word){VIEW(""), !words->has_more};
}

/* One long option: --eval=CODE, --eval CODE. True where it decides. */
static bool long_option(const struct interpreter *interpreter, const struct hook_words *words, uint32_t *at,
                        struct hook_program *program)
{
    struct view name, value;
    struct view option = words->items[*at].text;
    bool has_value = view_split(view_slice(option, 2, option.length), '=', &name, &value);
    if (list_has(interpreter->long_code, name)) {
        *program = program_at(*program, HOOK_PLACE_TEXT,
                              has_value ? (struct shell_word){value, true} : word_behind(words, *at + 1));
        return true;
    }
    if (list_has("version help test", name)) return true;
    if (!has_value && list_has(interpreter->long_values, name)) ++*at;
    return false;
}

/* A cluster of short options. True where it decides. A shell's -c takes the first operand, wherever -c
 * stands. */
static bool short_options(const struct interpreter *interpreter, const struct hook_words *words, uint32_t *at,
                          bool *wants_code, struct hook_program *program)
{
    struct view option = words->items[*at].text;
    bool is_shell = interpreter->language == LANGUAGE_BASH;
    for (size_t i = 1; i < option.length; i++) {
        char letter = option.bytes[i];
        bool is_last = i + 1 == option.length;
        if (strchr(interpreter->code, letter) && is_shell) {
            *wants_code = true;
        } else if (is_shell && letter == 's') {
            program->place = HOOK_PLACE_STDIN;
        } else if (strchr(interpreter->code, letter)) {
            /* -pe CODE: letters that take code may stand together; -cCODE is Python's */
            bool is_cluster = !is_last && strchr(interpreter->code, option.bytes[i + 1]);
            if (is_cluster) continue;
            *program =
                program_at(*program, HOOK_PLACE_TEXT,
                           is_last ? word_behind(words, *at + 1)
                                   : (struct shell_word){view_slice(option, i + 1, option.length), true});
            return true;
        } else if (strchr(interpreter->stops, letter)) {
            return true;
        } else if (strchr(interpreter->values, letter)) {
            *at += is_last;
            return false;
        }
    }
    return false;
}

/* deno eval CODE, deno run FILE, bun run FILE: the word that says what the others are. */
static bool subcommand_take(const struct hook_words *words, struct view name, uint32_t *at, bool *wants_code,
                            struct hook_program *program)
{
    struct shell_word word = word_behind(words, *at);
    bool is_deno = view_equals(name, VIEW("deno")), is_bun = view_equals(name, VIEW("bun"));
    if (!word.is_known || (!is_deno && !is_bun)) return false;
    if (is_deno && view_equals(word.text, VIEW("eval"))) *wants_code = true;
    if (*wants_code || list_has("run serve", word.text)) {
        ++*at;
        return false;
    }
    bool is_other =
        list_has("test fmt lint check install add remove task cache info compile bundle doc bench upgrade x "
                 "pm create init build update link unlink publish repl jupyter",
                 word.text);
    if (is_other) program->place = HOOK_PLACE_NONE;
    return is_other;
}

static struct hook_program interpreter_program(const struct interpreter *interpreter,
                                               const struct hook_words *words)
{
    struct hook_program program = {.language = &languages[interpreter->language],
                                   .name = words->items[0].text};
    uint32_t at = 1;
    bool wants_code = false;
    struct view base = hook_base_name(program.name);
    if (subcommand_take(words, base, &at, &wants_code, &program)) return program;
    for (; at < words->count; at++) {
        struct shell_word word = words->items[at];
        if (!word.is_known) return program_at(program, HOOK_PLACE_UNKNOWN, word);
        bool is_plus =
            interpreter->language == LANGUAGE_BASH && word.text.length && word.text.bytes[0] == '+';
        if (view_equals(word.text, VIEW("--"))) {
            at++;
            break;
        }
        if (!is_option(word) && !is_plus) break;
        if (view_starts_with(word.text, VIEW("--"))) {
            if (long_option(interpreter, words, &at, &program)) return program;
        } else if (!is_plus && short_options(interpreter, words, &at, &wants_code, &program)) {
            return program;
        }
    }
    struct shell_word operand = word_behind(words, at);
    bool is_there = at < words->count;
    if (wants_code) return program_at(program, HOOK_PLACE_TEXT, operand);
    if (program.place == HOOK_PLACE_STDIN) return program;
    if (!is_there && words->has_more) return program_at(program, HOOK_PLACE_UNKNOWN, operand);
    if (!is_there || view_equals(operand.text, VIEW("-")) || view_equals(operand.text, VIEW("/dev/stdin"))) {
        program.place = HOOK_PLACE_STDIN;
        return program;
    }
    return program_at(program, HOOK_PLACE_FILE, operand);
}

/* perl -e and the like: code that cordon cannot read. A file of theirs is a program like any other of the
 * machine. */
static bool is_foreign_code(const struct hook_words *words, struct view name)
{
    bool is_foreign = false, is_asking = false;
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++)
        is_foreign |= view_equals_cstr(name, foreign[i]);
    for (uint32_t i = 1; is_foreign && i < words->count; i++) {
        struct view option = words->items[i].text;
        if (view_equals(option, VIEW("-")) || view_equals(option, VIEW("/dev/stdin"))) return true;
        if (option.length < 2 || option.bytes[0] != '-') return false;
        is_asking |= list_has("-v -V -h --version --help -version -help", option);
        bool is_code = list_has("-Command -c -EncodedCommand --eval --run", option);
        for (size_t j = 1; j < option.length && option.bytes[1] != '-'; j++)
            is_code |= strchr("eEr", option.bytes[j]) != NULL;
        if (is_code) return true;
    }
    return is_foreign && !is_asking && !view_equals(name, VIEW("emacs")); /* what it reads is code */
}

struct hook_program hook_words_program(const struct hook_words *words)
{
    struct hook_program program = {0};
    if (words->count == 0) return program;
    program.name = words->items[0].text;
    if (!words->items[0].is_known) return program_at(program, HOOK_PLACE_UNKNOWN, words->items[0]);
    struct view base = hook_base_name(program.name);
    const struct interpreter *interpreter = interpreter_of(base);
    if (interpreter) return interpreter_program(interpreter, words);
    if (is_foreign_code(words, base)) program.place = HOOK_PLACE_FOREIGN;
    if (program.place == HOOK_PLACE_NONE && view_find_byte(program.name, '/') != SIZE_MAX)
        return program_at(program, HOOK_PLACE_FILE,
                          words->items[0]); /* ./script: by its extension or #! line */
    return program;
}
