/* main.c - the story: which command, its options, its status. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "cordon/commands.h"
#include "cordon/job.h"

/* Memory of the command line itself: file lists, rule listings, options. Each source has an arena of its own.
 */
enum { COMMAND_ARENA_MIB = 512 };

static const struct command {
    const char *word, *arguments, *what;
    char initial; /* in option.def */
    enum status (*run)(const struct options *, struct arena *);
} commands[] = {
#define COMMAND(name, word, initial, arguments, what) {word, arguments, what, initial, command_##name},
#include "cordon/command.def"
#undef COMMAND
};

enum { COMMAND_COUNT = sizeof commands / sizeof *commands };

static void usage_print(FILE *out)
{
    fputs("usage: cordon COMMAND [OPTION]... [ARGUMENT]...\n\n"
          "The gate and the cell for code that nobody should trust.\n\ncommands:\n",
          out);
    for (int i = 0; i < COMMAND_COUNT; i++)
        fprintf(out, "  %-10s %-42s %s\n", commands[i].word, commands[i].arguments, commands[i].what);
    fputs("\n`cordon COMMAND --help` lists the options. `cordon --version` prints the version.\n", out);
}

static enum status command_unknown(const char *word)
{
    const char *words[COMMAND_COUNT];
    struct error err = {0};
    for (int i = 0; i < COMMAND_COUNT; i++) words[i] = commands[i].word;
    const char *nearest = error_nearest(view_of_cstr(word), words, COMMAND_COUNT);
    error_set(&err, ERROR_USAGE, "unknown command '%.60s'", word);
    if (nearest)
        error_remedy(&err, "did you mean %s?", nearest);
    else
        error_remedy(&err, "cordon --help lists the commands");
    return job_complain(&err);
}

int main(int argc, char **argv)
{
    signal(SIGPIPE, SIG_IGN); /* a closed output is an error of write, seen where it happens */
    const char *word = argc > 1 ? argv[1] : "--help";
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0) {
        usage_print(argc > 1 ? stdout : stderr);
        return argc > 1 ? STATUS_OK : STATUS_UNDECIDED;
    }
    if (strcmp(word, "--version") == 0) {
        puts("cordon " CORDON_VERSION);
        return STATUS_OK;
    }
    for (int i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(word, commands[i].word) != 0) continue;
        AUTO_ARENA struct arena arena;
        arena_init(&arena, (size_t)COMMAND_ARENA_MIB << 20);
        struct options options;
        struct error err = {0};
        char initial = commands[i].initial;
        if (!options_parse(&options, &arena, initial, argc - 2, argv + 2, &err)) {
            enum status status = job_complain(&err);
            return (int)(initial == 'r' ? STATUS_FAILED : status);
        }
        if (options.is_help) {
            options_help(initial, commands[i].word, commands[i].arguments, commands[i].what);
            return STATUS_OK;
        }
        enum status status = commands[i].run(&options, &arena);
        /* What could not be written was not reported: never exit as if it had been. */
        if (fflush(stdout) != 0 && status == STATUS_OK) return STATUS_UNDECIDED;
        return (int)status;
    }
    return (int)command_unknown(word);
}
