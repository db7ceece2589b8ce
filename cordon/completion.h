/* completion.h - scripts by which shells complete command lines of cordon, out of the tables of commands and
 * options. Pure but for what is written; any thread. */
#ifndef CORDON_CORDON_COMPLETION_H
#define CORDON_CORDON_COMPLETION_H

#include <stdio.h>

#include "base/view.h"

enum completion_shell { COMPLETION_BASH, COMPLETION_ZSH, COMPLETION_FISH, COMPLETION_NONE };

/* COMPLETION_NONE where no such shell is known. */
enum completion_shell completion_shell_of_word(struct view word);

/* Writes the script. `out` says by ferror whether it could. */
void completion_write(FILE *out, enum completion_shell shell);

#endif
