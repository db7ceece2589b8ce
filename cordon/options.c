#include "cordon/options.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cordon/hook_host.h"
#include "cordon/record.h"

static const struct {
    const char *flag, *argument, *commands;
} facts[OPTION_COUNT] = {
#define OPTION(name, flag, argument, commands, what) [OPTION_##name] = {flag, argument, commands},
#include "cordon/option.def"
#undef OPTION
};

/* One parse under way. */
struct parsing {
    struct options *options;
    struct arena *arena;
    char command;
    const char *flag; /* the one being taken */
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

static const char *const color_words[] = {"auto", "always", "never"}; /* enum color_mode */
static const char *const isolation_words[] = {"auto", "on", "off"};   /* enum isolation */

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
    return error_remedy(err, "did you mean %s?", nearest ? nearest : "python, javascript or typescript");
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
    return policy_grant(&parsing->options->policy, parsing->arena, kind, argument, parsing->flag, 0,
                        parsing->err);
}

/* NAME or NAME=VALUE: the name is granted; a value goes into the cell. */
static bool environment_add(struct parsing *parsing, struct view value)
{
    struct view name, given;
    bool has_value = view_split(value, '=', &name, &given);
    if (name.length == 0) return error_set(parsing->err, ERROR_USAGE, "--allow-env wants NAME or NAME=VALUE");
    if (!grant_add(parsing, CAPABILITY_ENV, name)) return false;
    return !has_value ||
           text_push(parsing, &parsing->options->environment, arena_copy(parsing->arena, value).bytes);
}

static bool environment_has(const struct options *options, struct view name)
{
    for (uint32_t i = 0; i < options->environment.count; i++) {
        struct view given, value;
        view_split(view_of_cstr(options->environment.items[i]), '=', &given, &value);
        if (view_equals(given, name)) return true;
    }
    return false;
}

/* A granted variable without a value of its own has the caller's. One that is not set is not there either. */
static bool environment_fill(struct parsing *parsing)
{
    struct options *options = parsing->options;
    ARRAY_FOREACH (const struct capability, grant, &options->policy.grant) {
        if (grant->kind != CAPABILITY_ENV || view_equals(grant->argument, VIEW("*")) ||
            environment_has(options, grant->argument))
            continue;
        const char *caller = getenv(grant->argument.bytes);
        if (caller && !text_push(parsing, &options->environment,
                                 arena_format(parsing->arena, "%s=%s", grant->argument.bytes, caller).bytes))
            return false;
    }
    return true;
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

static bool limit_take(struct parsing *parsing, const char *word, struct view value)
{
    return policy_set_limit(&parsing->options->policy, parsing->arena, view_of_cstr(word), value,
                            parsing->flag, 0, parsing->err);
}

static bool traceparent_refuse(struct error *err)
{
    error_set(err, ERROR_USAGE, "--traceparent takes a trace context of version 00");
    return error_remedy(err, "as in 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
}

static bool count_parse(struct view value, const char *flag, uint32_t *count, struct error *err)
{
    *count = 0;
    for (size_t i = 0; i < value.length && i < 9; i++) {
        if (value.bytes[i] < '0' || value.bytes[i] > '9') break;
        *count = *count * 10 + (uint32_t)(value.bytes[i] - '0');
        if (i + 1 == value.length && *count) return true;
    }
    return error_set(err, ERROR_USAGE, "%s wants a number from 1", flag);
}

/* What goes into the audit log, and where that is. */
static bool record_take(struct parsing *parsing, enum option option, struct view value)
{
    struct options *options = parsing->options;
    if (option == OPTION_LOG)
        return policy_set_log(&options->policy, parsing->arena, VIEW("path"), value.bytes, parsing->flag, 0,
                              parsing->err);
    if (option == OPTION_NO_LOG) return options->policy.log.is_off = true;
    if (option == OPTION_TRACEPARENT) {
        options->traceparent = value.bytes;
        return record_is_traceparent(value.bytes) || traceparent_refuse(parsing->err);
    }
    options->actor = value.bytes;
    return value.length <= RECORD_ACTOR_BYTES ||
           error_set(parsing->err, ERROR_USAGE, "--actor takes at most %d bytes", RECORD_ACTOR_BYTES);
}

/* What `cordon log` looks for. */
static bool query_take(struct parsing *parsing, enum option option, struct view value)
{
    struct log_query *query = &parsing->options->query;
    if (option == OPTION_LAST) return count_parse(value, parsing->flag, &query->last, parsing->err);
    if (option == OPTION_FOLLOW) return query->follows = true;
    if (option == OPTION_PARTIAL) return query->is_partial = true;
    if (option == OPTION_ANCHOR) return text_push(parsing, &query->anchors, value.bytes);
    const char **place = option == OPTION_DECISION ? &query->decision
                         : option == OPTION_RULE   ? &query->rule
                         : option == OPTION_EVENT  ? &query->event
                         : option == OPTION_ID     ? &query->id
                         : option == OPTION_SINCE  ? &query->since
                         : option == OPTION_UNTIL  ? &query->until
                                                   : &query->html;
    *place = value.bytes;
    return true;
}

/* NAME=VALUE, for limits that have no flag of their own. */
static bool limit_named_take(struct parsing *parsing, struct view text)
{
    struct view name, value;
    if (view_split(text, '=', &name, &value))
        return policy_set_limit(&parsing->options->policy, parsing->arena, name, value, parsing->flag, 0,
                                parsing->err);
    error_set(parsing->err, ERROR_USAGE, "--limit wants NAME=VALUE");
    return error_remedy(parsing->err, "as in --limit artifacts=10");
}

/* FORMAT for standard output, FORMAT=FILE (`check`) for a file beside it. */
static bool format_take(struct parsing *parsing, struct view value)
{
    const char *words[FORMAT_COUNT];
    enum report_format formats[FORMAT_COUNT];
    unsigned count = 0, choice = 0;
    for (int i = 0; i < FORMAT_COUNT; i++) {
        if (!report_format_is_of((enum report_format)i, parsing->command)) continue;
        formats[count] = (enum report_format)i;
        words[count++] = report_format_word((enum report_format)i);
    }
    struct view word, path;
    bool has_path = parsing->command == 'c' && view_split(value, '=', &word, &path);
    if (!has_path) word = value;
    if (!choice_parse(word, "--format", words, count, &choice, parsing->err)) return false;
    if (!has_path || view_equals(path, VIEW("-"))) {
        parsing->options->format = formats[choice];
        return true;
    }
    if (path.length == 0)
        return error_set(parsing->err, ERROR_USAGE, "--format %s= wants a file", words[choice]);
    struct report_output output = {formats[choice], path.bytes};
    return ARRAY_PUSH(parsing->arena, &parsing->options->outputs, output) ||
           error_set(parsing->err, ERROR_LIMIT, "too many arguments");
}

static bool mode_parse(struct view value, unsigned *mode, struct error *err)
{
    *mode = 0;
    for (size_t i = 0; i < value.length && i < 4; i++) {
        if (value.bytes[i] < '0' || value.bytes[i] > '7') break;
        *mode = *mode * 8 + (unsigned)(value.bytes[i] - '0');
        if (i + 1 == value.length && *mode && *mode <= 0777) return true;
    }
    return error_set(err, ERROR_USAGE, "--socket-mode wants octal permissions, as in 660");
}

/* Of `cordon serve`. */
static bool serve_take(struct parsing *parsing, enum option option, struct view value)
{
    enum { CELLS_MAX = 1024, QUEUE_MAX = 16384 };
    struct serve_options *serve = &parsing->options->serve;
    struct error *err = parsing->err;
    if (option == OPTION_LISTEN) serve->listen = value.bytes;
    if (option == OPTION_TOKEN_FILE) serve->token_file = value.bytes;
    if (option == OPTION_SOCKET_MODE) return mode_parse(value, &serve->socket_mode, err);
    if (option == OPTION_CELLS && !count_parse(value, parsing->flag, &serve->cells, err)) return false;
    if (option == OPTION_POOL) serve->has_no_pool = view_equals(value, VIEW("0"));
    if (option == OPTION_POOL && !serve->has_no_pool && !count_parse(value, parsing->flag, &serve->pool, err))
        return false;
    if (option == OPTION_QUEUE && !count_parse(value, parsing->flag, &serve->queue, err)) return false;
    if (serve->cells <= CELLS_MAX && serve->pool <= POOL_CELLS_MOST && serve->queue <= QUEUE_MAX) return true;
    return error_set(err, ERROR_USAGE, "at most %d cells, a pool of %d and a queue of %d", CELLS_MAX,
                     POOL_CELLS_MOST, QUEUE_MAX);
}

/* What `cordon check` measures by, and the options of `cordon hook`. */
static bool integration_take(struct parsing *parsing, enum option option, struct view value)
{
    struct options *options = parsing->options;
    unsigned choice;
    uint32_t seconds;
    if (option == OPTION_BASELINE) return (options->baseline = value.bytes) != NULL;
    if (option == OPTION_DIFF) return (options->diff = value.bytes) != NULL;
    if (option == OPTION_METHOD) return (options->method = value.bytes) != NULL;
    if (option == OPTION_STAGED) return options->is_staged = true;
    if (option == OPTION_GIT) return options->is_git = true;
    if (option == OPTION_GLOBAL) return options->is_global = true;
    if (option == OPTION_YES) return options->is_yes = true;
    if (option == OPTION_AGENT) {
        options->agent = value.bytes;
        return choice_parse(value, "--agent", hook_host_words(), HOOK_HOST_COUNT, &choice, parsing->err);
    }
    if (!count_parse(value, parsing->flag, &seconds, parsing->err) || seconds > 600)
        return error_set(parsing->err, ERROR_USAGE, "--deadline wants seconds from 1 to 600");
    options->deadline_ms = seconds * 1000;
    return true;
}

/* Of `cordon rules list`. */
static bool group_parse(struct parsing *parsing, struct view value)
{
    static const char *const groups[] = {"capability", "severity"};
    unsigned choice;
    if (!choice_parse(value, "--by", groups, 2, &choice, parsing->err)) return false;
    parsing->options->rule_group = choice == 0 ? GROUP_CAPABILITY : GROUP_SEVERITY;
    return true;
}

/* The flags that grant. */
static bool grant_take(struct parsing *parsing, enum option option, struct view value)
{
    static const struct {
        enum option option;
        enum capability_kind kind;
    } grants[] = {
        {OPTION_ALLOW_READ, CAPABILITY_FS_READ}, {OPTION_ALLOW_WRITE, CAPABILITY_FS_WRITE},
        {OPTION_ALLOW_NET, CAPABILITY_NET},      {OPTION_ALLOW_EXEC, CAPABILITY_EXEC},
        {OPTION_ALLOW_TOOL, CAPABILITY_TOOL},
    };
    struct options *options = parsing->options;
    if (option == OPTION_ALLOW) return capability_parse(parsing, value);
    if (option == OPTION_ALLOW_ENV) return environment_add(parsing, value);
    if (option == OPTION_UNKNOWN)
        return policy_set_unknown(&options->policy, parsing->arena, value, parsing->flag, parsing->err);
    for (size_t i = 0; i < sizeof grants / sizeof *grants; i++)
        if (grants[i].option == option) return grant_add(parsing, grants[i].kind, value);
    return false;
}

/* One flag with its value. One case for each line of option.def. */
static bool option_take(struct parsing *parsing, enum option option, struct view value)
{
    struct options *options = parsing->options;
    struct error *err = parsing->err;
    unsigned choice = 0;
    switch (option) {
    case OPTION_LANG:
        return language_parse(options, value, err);
    case OPTION_RULES:
        return policy_add_rules(&options->policy, parsing->arena, value.bytes, parsing->flag, 0, err);
    case OPTION_REJECT_AT:
        return policy_set_reject_at(&options->policy, parsing->arena, value, parsing->flag, 0, err);
    case OPTION_FORMAT:
        return format_take(parsing, value);
    case OPTION_BASELINE:
    case OPTION_DIFF:
    case OPTION_STAGED:
    case OPTION_AGENT:
    case OPTION_GIT:
    case OPTION_GLOBAL:
    case OPTION_YES:
    case OPTION_DEADLINE:
    case OPTION_METHOD:
        return integration_take(parsing, option, value);
    case OPTION_COLOR:
        return choice_parse(value, parsing->flag, color_words, 3, &options->color, err);
    case OPTION_BY:
        return group_parse(parsing, value);
    case OPTION_ISOLATE:
        return choice_parse(value, parsing->flag, isolation_words, 3, &options->isolation, err);
    case OPTION_GATE:
        return choice_parse(value, "--gate", (const char *const[]){"enforce", "warn"}, 2, &choice, err) &&
               policy_set_mode(&options->policy, parsing->arena,
                               choice == 1 ? VIEW("report") : VIEW("enforce"), parsing->flag, 0, err);
    case OPTION_EXCLUDE:
        return text_push(parsing, &options->excludes, value.bytes);
    case OPTION_GITIGNORE:
        return options->uses_gitignore = true;
    case OPTION_MAX_SOURCE:
        return limit_take(parsing, "source", value);
    case OPTION_STATS:
        return options->has_stats = true;
    case OPTION_ALLOW:
    case OPTION_ALLOW_READ:
    case OPTION_ALLOW_WRITE:
    case OPTION_ALLOW_ENV:
    case OPTION_ALLOW_NET:
    case OPTION_ALLOW_EXEC:
    case OPTION_ALLOW_TOOL:
    case OPTION_UNKNOWN:
        return grant_take(parsing, option, value);
    case OPTION_FILE:
        return text_push(parsing, &options->files, value.bytes);
    case OPTION_PACKAGES:
        return policy_set_packages(&options->policy, parsing->arena, value.bytes, parsing->flag, 0, err);
    case OPTION_ARTIFACTS:
        options->artifacts = value.bytes;
        return true;
    case OPTION_WEAKER:
        options->accepts_shared_uid = true;
        return choice_parse(value, "--weaker", (const char *const[]){"user"}, 1, &choice, err);
    case OPTION_TIMEOUT:
        return limit_take(parsing, "wall", value);
    case OPTION_CPU:
        return limit_take(parsing, "cpu", value);
    case OPTION_MEMORY:
        return limit_take(parsing, "memory", value);
    case OPTION_PIDS:
        return limit_take(parsing, "processes", value);
    case OPTION_FILES:
        return limit_take(parsing, "files", value);
    case OPTION_FILE_SIZE:
        return limit_take(parsing, "file_size", value);
    case OPTION_DISK:
        return limit_take(parsing, "disk", value);
    case OPTION_INODES:
        return limit_take(parsing, "inodes", value);
    case OPTION_LIMIT:
        return limit_named_take(parsing, value);
    case OPTION_OUTPUT:
        return limit_take(parsing, "output", value);
    case OPTION_EXPLAIN:
        options->explain = value.bytes;
        return true;
    case OPTION_EXPLAIN_CHECK:
        return options->has_explanation = true;
    case OPTION_LOG:
    case OPTION_NO_LOG:
    case OPTION_ACTOR:
    case OPTION_TRACEPARENT:
        return record_take(parsing, option, value);
    case OPTION_DECISION:
    case OPTION_RULE:
    case OPTION_EVENT:
    case OPTION_ID:
    case OPTION_SINCE:
    case OPTION_UNTIL:
    case OPTION_LAST:
    case OPTION_FOLLOW:
    case OPTION_ANCHOR:
    case OPTION_PARTIAL:
    case OPTION_HTML:
        return query_take(parsing, option, value);
    case OPTION_LISTEN:
    case OPTION_TOKEN_FILE:
    case OPTION_SOCKET_MODE:
    case OPTION_CELLS:
    case OPTION_POOL:
    case OPTION_QUEUE:
        return serve_take(parsing, option, value);
    case OPTION_POLICY: /* taken before the others */
        options->policy_name = value.bytes;
        return true;
    case OPTION_HELP:
        return options->is_help = true;
    case OPTION_COUNT:
        break;
    }
    return false;
}

/* The policy that the flags change, wherever it stands among them. */
static const char *policy_named(char command, int argc, char **argv)
{
    static const char flag[] = "--policy=";
    const char *name = command == 'h' ? "hook" : "agent";
    for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strncmp(argv[i], flag, sizeof flag - 1) == 0) name = argv[i] + sizeof flag - 1;
        if (strcmp(argv[i], "--policy") == 0 && i + 1 < argc) name = argv[++i];
    }
    return name;
}

bool options_parse(struct options *options, struct arena *arena, char command, int argc, char **argv,
                   struct error *err)
{
    *options = (struct options){0};
    struct parsing parsing = {options, arena, command, NULL, err};
    if (!policy_open(&options->policy, arena, policy_named(command, argc, argv), err)) return false;
    for (int i = 0; i < argc; i++) {
        struct view argument = view_of_cstr(argv[i]), flag, value;
        if (view_equals(argument, VIEW("--"))) {
            for (i++; i < argc; i++)
                if (!text_push(&parsing, &options->arguments, argv[i])) return false;
            break;
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
        parsing.flag = facts[option].flag;
        if (!option_take(&parsing, option, value)) return false;
    }
    policy_seal(&options->policy);
    if (options->policy.log.is_off && !options->policy.log.is_optional) {
        error_set(err, ERROR_POLICY, "--no-log: the policy does not allow to go without a record");
        return error_remedy(err, "log: {optional: true} in a policy file allows it");
    }
    return environment_fill(&parsing);
}
