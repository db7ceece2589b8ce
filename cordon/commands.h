/* commands.h - one function for each line of command.def: options in, output written, status back. */
#ifndef CORDON_CORDON_COMMANDS_H
#define CORDON_CORDON_COMMANDS_H

#include "cordon/options.h"

#define COMMAND(name, word, initial, arguments, what) \
    enum status command_##name(const struct options *options, struct arena *arena);
#include "cordon/command.def"
#undef COMMAND

#endif
