#include "cordon/options.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const struct {
    const char *flag, *argument, *commands, *what;
} facts[OPTION_COUNT] = {
#define OPTION(name, flag, argument, commands, what) [OPTION_##name] = {flag, argument, commands, what},
#include "cordon/option.def"
#undef OPTION
};

/* One parse under way. */
struct parsing {
    struct options *options;
    struct arena *arena;
    struct error *err;
};

static bool text_push(struct parsing *parsing, struct texts *list, const char *text)
{
    return ARRAY_PUSH(parsing->arena, list, text) ||
           error_set(parsing->err, ERROR_LIMIT, "too many arguments");
}

static enum option option_find(struct view flag, char command)
{
    for (int i = 0; i < OPTION_COUNT; i++)
        if (view_equals_cstr(flag, facts[i].flag) && strchr(facts[i].commands, command))
            return (enum option)i;
    return OPTION_COUNT;
}

static bool option_refuse(struct view flag, char command, struct error *err)
{
    const char *known[OPTION_COUNT];
    unsigned long count = 0;
    for (int i = 0; i < OPTION_COUNT; i++)
        if (strchr(facts[i].commands, command)) known[count++] = facts[i].flag;
    const char *nearest = error_nearest(flag, known, count);
    error_set(err, ERROR_USAGE, "unknown option '%.*s'", VIEW_ARGS(view_slice(flag, 0, 60)));
    return nearest ? error_remedy(err, "did you mean %s?", nearest)
                   : error_remedy(err, "--help lists the options");
}

static bool choice_parse(struct view value, const char *flag, const char *const *words, unsigned count,
                         unsigned *choice, struct error *err)
{
    for (*choice = 0; *choice < count; ++*choice)
        if (view_equals_cstr(value, words[*choice])) return true;
    const char *nearest = error_nearest(value, words, count);
    error_set(err, ERROR_USAGE, "'%.*s' is no value of %s", VIEW_ARGS(view_slice(value, 0, 60)), flag);
    return nearest ? error_remedy(err, "did you mean %s?", nearest)
                   : error_remedy(err, "--help lists the values");
}

static bool language_parse(struct options *options, struct view value, struct error *err)
{
    options->language = language_of_word(value);
    if (options->language) return true;
    unsigned long count;
    const char *const *words = language_words(&count);
    const char *nearest = error_nearest(value, words, count);
    error_set(err, ERROR_USAGE, "unknown language '%.*s'", VIEW_ARGS(view_slice(value, 0, 60)));
    return error_remedy(err, "did you mean %s?", nearest ? nearest : "python or javascript");
}

static bool grant_add(struct parsing *parsing, enum capability_kind kind, struct view argument)
{
    bool is_path =
        capability_argument_of(kind) == CAPABILITY_ARGUMENT_PATH && !view_equals(argument, VIEW("*"));
    if (is_path && argument.length && argument.bytes[0] != '/') {
        char folder[PATH_MAX];
        if (!getcwd(folder, sizeof folder)) return error_set(parsing->err, ERROR_SYSTEM, "no working folder");
        argument = capability_path_normalize(parsing->arena, argument, view_of_cstr(folder));
    }
    return capability_set_grant(&parsing->options->grant, parsing->arena, kind, argument, parsing->err);
}

/* NAME or NAME=VALUE: the name is granted, and the variable is put into the cell. */
static bool environment_add(struct parsing *parsing, struct view value)
{
    struct view name, given;
    bool has_value = view_split(value, '=', &name, &given);
    if (name.length == 0) return error_set(parsing->err, ERROR_USAGE, "--allow-env wants NAME or NAME=VALUE");
    if (!grant_add(parsing, CAPABILITY_ENV, name)) return false;
    const char *caller = has_value ? NULL : getenv(arena_copy(parsing->arena, name).bytes);
    if (!has_value && !caller) return true; /* granted, but not set: the program sees that it is not */
    struct view text = has_value ? arena_copy(parsing->arena, value)
                                 : arena_format(parsing->arena, "%.*s=%s", VIEW_ARGS(name), caller);
    return text_push(parsing, &parsing->options->environment, text.bytes);
}

static bool capability_parse(struct parsing *parsing, struct view value)
{
    struct view word, argument;
    view_split(value, '=', &word, &argument);
    enum capability_kind kind = capability_kind_of_word(word);
    if (kind != CAPABILITY_NONE)
        return kind == CAPABILITY_ENV ? environment_add(parsing, argument)
                                      : grant_add(parsing, kind, argument);
    const char *nearest = capability_word_nearest(word);
    error_set(parsing->err, ERROR_USAGE, "unknown capability '%.*s'", VIEW_ARGS(view_slice(word, 0, 60)));
    return nearest ? error_remedy(parsing->err, "did you mean %s?", nearest)
                   : error_remedy(parsing->err, "as in net=api.example.com, fs.read=/data, native");
}

static bool source_limit_parse(struct options *options, struct view value, struct error *err)
{
    struct limits limits = limits_default(); /* the same way of writing sizes */
    if (!limits_parse(&limits, LIMIT_DISK, value, err)) return error_prefix(err, "--max-source");
    if (limits.values[LIMIT_DISK] > LIMIT_SOURCE_BYTES_MAX) {
        error_set(err, ERROR_USAGE, "--max-source of more than %u bytes", LIMIT_SOURCE_BYTES_MAX);
        return error_remedy(err, "at most 8MiB");
    }
    options->source_limit_bytes = (uint32_t)limits.values[LIMIT_DISK];
    return true;
}

static bool severity_parse(struct options *options, struct view value, struct error *err)
{
    if (severity_of_word(value, &options->reject_at)) return true;
    error_set(err, ERROR_USAGE, "unknown severity '%.*s'", VIEW_ARGS(view_slice(value, 0, 60)));
    return error_remedy(err, "info, warning, error or critical");
}

/* One flag with its value. One case for each line of option.def. */
static bool option_take(struct parsing *parsing, enum option option, struct view value)
{
    struct options *options = parsing->options;
    struct error *err = parsing->err;
    unsigned choice = 0;
    bool is_taken = true;
    switch (option) {
    case OPTION_LANG:
        return language_parse(options, value, err);
    case OPTION_RULES:
        return text_push(parsing, &options->rules, value.bytes);
    case OPTION_REJECT_AT:
        return severity_parse(options, value, err);
    case OPTION_FORMAT:
        is_taken = choice_parse(value, "--format", (const char *const[]){"text", "json"}, 2, &choice, err);
        options->is_json = choice == 1;
        return is_taken;
    case OPTION_COLOR:
        is_taken =
            choice_parse(value, "--color", (const char *const[]){"auto", "always", "never"}, 3, &choice, err);
        options->color = (enum color_mode)choice;
        return is_taken;
    case OPTION_GATE:
        is_taken = choice_parse(value, "--gate", (const char *const[]){"enforce", "warn"}, 2, &choice, err);
        options->is_warn_only = choice == 1;
        return is_taken;
    case OPTION_EXCLUDE:
        return text_push(parsing, &options->excludes, value.bytes);
    case OPTION_GITIGNORE:
        return options->uses_gitignore = true;
    case OPTION_MAX_SOURCE:
        return source_limit_parse(options, value, err);
    case OPTION_STATS:
        return options->has_stats = true;
    case OPTION_ALLOW:
        return capability_parse(parsing, value);
    case OPTION_ALLOW_READ:
        return grant_add(parsing, CAPABILITY_FS_READ, value);
    case OPTION_ALLOW_WRITE:
        return grant_add(parsing, CAPABILITY_FS_WRITE, value);
    case OPTION_ALLOW_ENV:
        return environment_add(parsing, value);
    case OPTION_ALLOW_NET:
        return grant_add(parsing, CAPABILITY_NET, value);
    case OPTION_ALLOW_EXEC:
        return grant_add(parsing, CAPABILITY_EXEC, value);
    case OPTION_ALLOW_TOOL:
        return grant_add(parsing, CAPABILITY_TOOL, value);
    case OPTION_TIMEOUT:
        return limits_parse(&options->limits, LIMIT_WALL, value, err);
    case OPTION_CPU:
        return limits_parse(&options->limits, LIMIT_CPU, value, err);
    case OPTION_MEMORY:
        return limits_parse(&options->limits, LIMIT_MEMORY, value, err);
    case OPTION_PIDS:
        return limits_parse(&options->limits, LIMIT_PROCESSES, value, err);
    case OPTION_FILES:
        return limits_parse(&options->limits, LIMIT_FILES, value, err);
    case OPTION_FILE_SIZE:
        return limits_parse(&options->limits, LIMIT_FILE_SIZE, value, err);
    case OPTION_DISK:
        return limits_parse(&options->limits, LIMIT_DISK, value, err);
    case OPTION_OUTPUT:
        return limits_parse(&options->limits, LIMIT_OUTPUT, value, err);
    case OPTION_EXPLAIN:
        options->explain = value.bytes;
        return true;
    case OPTION_HELP:
        return options->is_help = true;
    case OPTION_COUNT:
        break;
    }
    return false;
}

bool options_parse(struct options *options, struct arena *arena, char command, int argc, char **argv,
                   struct error *err)
{
    *options = (struct options){.reject_at = SEVERITY_ERROR, .limits = limits_default()};
    struct parsing parsing = {options, arena, err};
    for (int i = 0; i < argc; i++) {
        struct view argument = view_of_cstr(argv[i]), flag, value;
        if (view_equals(argument, VIEW("--"))) {
            for (i++; i < argc; i++)
                if (!text_push(&parsing, &options->arguments, argv[i])) return false;
            return true;
        }
        if (argument.length < 2 || argument.bytes[0] != '-') {
            if (!text_push(&parsing, &options->operands, argv[i])) return false;
            continue;
        }
        bool has_value = view_split(argument, '=', &flag, &value);
        if (view_equals(flag, VIEW("-h"))) flag = VIEW("--help");
        enum option option = option_find(flag, command);
        if (option == OPTION_COUNT) return option_refuse(flag, command, err);
        bool wants_value = facts[option].argument[0] != '\0';
        if (has_value && !wants_value)
            return error_set(err, ERROR_USAGE, "%s takes no value", facts[option].flag);
        if (wants_value && !has_value) {
            if (++i == argc) {
                error_set(err, ERROR_USAGE, "%s wants a value", facts[option].flag);
                return error_remedy(err, "%s %s", facts[option].flag, facts[option].argument);
            }
            value = view_of_cstr(argv[i]);
        }
        if (!option_take(&parsing, option, value)) return false;
    }
    return true;
}

void options_help(char command, const char *word, const char *arguments, const char *what)
{
    printf("usage: cordon %s [OPTION]... %s\n\n%s\n\noptions:\n", word, arguments, what);
    for (int i = 0; i < OPTION_COUNT; i++) {
        if (!strchr(facts[i].commands, command)) continue;
        char flag[64];
        snprintf(flag, sizeof flag, "%s %s", facts[i].flag, facts[i].argument);
        printf("  %-28s %s\n", flag, facts[i].what);
    }
}
