/* options_help.c - the help of a command, out of option.def. */
#include <stdio.h>

#include "cordon/options.h"

static const struct {
    const char *flag, *argument, *commands, *what;
} lines[OPTION_COUNT] = {
#define OPTION(name, flag, argument, commands, what) [OPTION_##name] = {flag, argument, commands, what},
#include "cordon/option.def"
#undef OPTION
};

void options_help(char command, const char *word, const char *arguments, const char *what)
{
    printf("usage: cordon %s [OPTION]... %s\n\n%s\n\noptions:\n", word, arguments, what);
    for (int i = 0; i < OPTION_COUNT; i++) {
        if (!strchr(lines[i].commands, command)) continue;
        char flag[64];
        snprintf(flag, sizeof flag, "%s %s", lines[i].flag, lines[i].argument);
        printf("  %-28s %s\n", flag, lines[i].what);
    }
}
