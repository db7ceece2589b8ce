#include "cordon/completion.h"

#include <string.h>

#include "cordon/options.h"
#include "cordon/report_format.h"

static const struct command {
    const char *word, *arguments, *what;
    char initial;
} commands[] = {
#define COMMAND(name, word, initial, arguments, what) {word, arguments, what, initial},
#include "cordon/command.def"
#undef COMMAND
};

static const struct flag {
    const char *flag, *argument, *commands, *what;
} flags[OPTION_COUNT] = {
#define OPTION(name, flag, argument, commands, what) [OPTION_##name] = {flag, argument, commands, what},
#include "cordon/option.def"
#undef OPTION
};

enum { COMMAND_COUNT = sizeof commands / sizeof *commands };

#define COMMANDS_FOREACH(command) \
    for (const struct command *command = commands; command < commands + COMMAND_COUNT; command++)

static bool flag_is_of(int option, const struct command *command)
{
    return strchr(flags[option].commands, command->initial) != NULL;
}

enum completion_shell completion_shell_of_word(struct view word)
{
    static const char *const words[] = {"bash", "zsh", "fish"};
    for (int i = 0; i < COMPLETION_NONE; i++)
        if (view_equals_cstr(word, words[i])) return (enum completion_shell)i;
    return COMPLETION_NONE;
}

/* The words in lower case of a description of arguments: what is typed as it stands there. */
static void words_put(FILE *out, const char *arguments)
{
    const char *separator = "";
    while (*arguments) {
        size_t length = strspn(arguments, "abcdefghijklmnopqrstuvwxyz");
        if (length > 1) {
            fprintf(out, "%s%.*s", separator, (int)length, arguments);
            separator = " ";
        }
        arguments += length ? length : 1;
    }
}

static bool takes_files(const char *argument)
{
    return strstr(argument, "PATH") || strstr(argument, "FILE") || strstr(argument, "DIR");
}

static bool option_takes_files(int option)
{
    return option == OPTION_FILE || (option != OPTION_FORMAT && takes_files(flags[option].argument));
}

static void capabilities_put(FILE *out)
{
    for (int kind = CAPABILITY_NONE + 1; kind < CAPABILITY_KIND_COUNT; kind++)
        fprintf(out, "%s ", capability_word((enum capability_kind)kind));
}

static void formats_put(FILE *out, char command)
{
    for (int i = 0; i < FORMAT_COUNT; i++)
        if (report_format_is_of((enum report_format)i, command))
            fprintf(out, "%s ", report_format_word((enum report_format)i));
}

/* The words that an option's value may be, or nothing. */
static void values_put(FILE *out, int option, char command)
{
    switch (option) {
    case OPTION_LANG:
        for (int i = 0; i < LANGUAGE_COUNT; i++) fprintf(out, "%s ", languages[i].word);
        return;
    case OPTION_POLICY:
        for (uint32_t i = 0; i < policy_profile_count(); i++) {
            struct view file = view_of_cstr(policy_profile_name(i)), stem, ending;
            view_split(file, '.', &stem, &ending);
            fprintf(out, "%.*s ", VIEW_ARGS(stem));
        }
        return;
    case OPTION_FORMAT:
        return formats_put(out, command);
    case OPTION_ALLOW:
        return capabilities_put(out);
    case OPTION_REJECT_AT:
        fputs("info warning error critical", out);
        return;
    case OPTION_DECISION:
        fputs("approve reject undecided exited limit failed", out);
        return;
    case OPTION_EVENT:
        fputs("check run run.start run.end run.refused run.failed", out);
        return;
    case OPTION_WEAKER:
        fputs("user", out);
        return;
    case OPTION_AGENT:
#define HOST(name, word, project, user) fputs(word " ", out);
#include "cordon/hook_host.def"
#undef HOST
        return;
    default:
        words_put(out, flags[option].argument);
    }
}

static const char bash_head[] =
    "# bash completion for cordon; made by `cordon completion bash`\n"
    "_cordon() {\n"
    "    local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} words=\n"
    "    if [[ $before == = ]]; then before=${COMP_WORDS[COMP_CWORD-2]}; fi\n"
    "    if [[ $current == = ]]; then current=; fi\n"
    "    COMPREPLY=()\n";

static const char bash_tail[] = "    esac\n"
                                "    COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
                                "}\n"
                                "complete -o default -F _cordon cordon\n";

static void bash_command_put(FILE *out, const struct command *command)
{
    fprintf(out, "    %s)\n        case $before in\n", command->word);
    for (int i = 0; i < OPTION_COUNT; i++) {
        if (!flag_is_of(i, command) || !*flags[i].argument) continue;
        fprintf(out, "        %s)\n            words='", flags[i].flag);
        values_put(out, i, command->initial);
        fputs("'\n            COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n            return ;;\n",
              out);
    }
    fputs("        esac\n        if [[ $current == -* ]]; then\n            words='", out);
    for (int i = 0; i < OPTION_COUNT; i++)
        if (flag_is_of(i, command)) fprintf(out, "%s ", flags[i].flag);
    fputs("'\n        elif (( COMP_CWORD == 2 )); then\n            words='", out);
    words_put(out, command->arguments);
    fputs("'\n        fi ;;\n", out);
}

static void bash_write(FILE *out)
{
    fputs(bash_head, out);
    fputs("    if (( COMP_CWORD == 1 )); then\n        COMPREPLY=($(compgen -W '", out);
    COMMANDS_FOREACH(command) fprintf(out, "%s ", command->word);
    fputs("--help --version' -- \"$current\"))\n        return\n    fi\n    case ${COMP_WORDS[1]} in\n", out);
    COMMANDS_FOREACH(command) bash_command_put(out, command);
    fputs(bash_tail, out);
}

/* Within single quotes of zsh, in a specification of _arguments or _describe. */
static void zsh_text_put(FILE *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '\'')
            fputs("'\\''", out);
        else
            fprintf(out, "%s%c", strchr("[]:\\", *text) ? "\\" : "", *text);
    }
}

static void zsh_flag_put(FILE *out, int option, char command)
{
    fprintf(out, "            '*%s%s[", flags[option].flag, *flags[option].argument ? "=" : "");
    zsh_text_put(out, flags[option].what);
    fputc(']', out);
    if (*flags[option].argument) {
        fputs(":value:", out);
        if (option == OPTION_POLICY) {
            fputs("{_alternative \"profiles\\:profile\\:(", out);
            values_put(out, option, command);
            fputs(")\" \"files\\:file\\:_files\"}", out);
        } else if (option_takes_files(option)) {
            fputs("_files", out);
        } else {
            fputc('(', out);
            values_put(out, option, command);
            fputc(')', out);
        }
    }
    fputs("'\n", out);
}

static void zsh_write(FILE *out)
{
    fputs("#compdef cordon\n# zsh completion for cordon; made by `cordon completion zsh`\n_cordon() {\n"
          "    local -a commands specs\n    commands=(\n",
          out);
    COMMANDS_FOREACH(command)
    {
        fprintf(out, "        '%s:", command->word);
        zsh_text_put(out, command->what);
        fputs("'\n", out);
    }
    fputs(
        "    )\n    if (( CURRENT == 2 )); then\n        _describe command commands\n        return\n    fi\n"
        "    case $words[2] in\n",
        out);
    COMMANDS_FOREACH(command)
    {
        fprintf(out, "    %s)\n        specs=(\n", command->word);
        for (int i = 0; i < OPTION_COUNT; i++)
            if (flag_is_of(i, command)) zsh_flag_put(out, i, command->initial);
        fputs("            '1:word:{_alternative \"words\\:word\\:(", out);
        words_put(out, command->arguments);
        fprintf(out, ")\"%s}'\n", takes_files(command->arguments) ? " \"files\\:file\\:_files\"" : "");
        fprintf(out, "%s        ) ;;\n",
                takes_files(command->arguments) ? "            '*:file:_files'\n" : "");
    }
    fputs(
        "    *) return 1 ;;\n    esac\n    shift words\n    (( CURRENT-- ))\n    _arguments -S : $specs\n}\n"
        "if [[ $funcstack[1] == _cordon ]]; then _cordon \"$@\"; else compdef _cordon cordon; fi\n",
        out);
}

static void fish_text_put(FILE *out, const char *text)
{
    for (; *text; text++) fprintf(out, "%s%c", strchr("'\\", *text) ? "\\" : "", *text);
}

static void fish_command_put(FILE *out, const struct command *command)
{
    for (int i = 0; i < OPTION_COUNT; i++) {
        if (!flag_is_of(i, command)) continue;
        fprintf(out, "complete -c cordon -n '__cordon_is %s' -l %s", command->word, flags[i].flag + 2);
        if (*flags[i].argument) {
            fprintf(out, " %s -a '", option_takes_files(i) ? "-r -F" : "-x");
            values_put(out, i, command->initial);
            fputc('\'', out);
        }
        fputs(" -d '", out);
        fish_text_put(out, flags[i].what);
        fputs("'\n", out);
    }
    fprintf(out, "complete -c cordon -n '__cordon_is %s; and test (count (commandline -opc)) -eq 2' -a '",
            command->word);
    words_put(out, command->arguments);
    fputs("'\n", out);
    if (takes_files(command->arguments))
        fprintf(out, "complete -c cordon -n '__cordon_is %s' -F\n", command->word);
}

static void fish_write(FILE *out)
{
    fputs("# fish completion for cordon; made by `cordon completion fish`\n"
          "function __cordon_is\n    set -l words (commandline -opc)\n"
          "    test (count $words) -gt 1; and test $words[2] = $argv[1]\nend\n"
          "complete -c cordon -f\n",
          out);
    COMMANDS_FOREACH(command)
    {
        fprintf(out, "complete -c cordon -n 'test (count (commandline -opc)) -eq 1' -a %s -d '",
                command->word);
        fish_text_put(out, command->what);
        fputs("'\n", out);
    }
    COMMANDS_FOREACH(command) fish_command_put(out, command);
}

void completion_write(FILE *out, enum completion_shell shell)
{
    switch (shell) {
    case COMPLETION_BASH:
        return bash_write(out);
    case COMPLETION_ZSH:
        return zsh_write(out);
    case COMPLETION_FISH:
        return fish_write(out);
    case COMPLETION_NONE:
        return;
    }
}
