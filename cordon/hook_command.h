/* hook_command.h - the code inside of a shell command: python -c, node -e, here-documents, scripts that it
 * calls, files that it writes first, pipes into interpreters. Reads files; runs nothing. */
#ifndef CORDON_CORDON_HOOK_COMMAND_H
#define CORDON_CORDON_HOOK_COMMAND_H

#include "cordon/hook_code.h"

/* Adds what a shell text, run in a folder, would run: the text itself and all code in it that can be known.
 * What cannot is a problem, unless `is_lenient` (the inside of a script, whose arguments nobody knows yet).
 * `label` names the text. The arena owns what is added. False where cordon failed. */
bool hook_command_scan(struct hook_codes *codes, struct arena *arena, struct checker *checker,
                       struct view label, struct view text, struct view folder, bool is_lenient,
                       struct error *err);

/* A command that is given as its words, without a shell. */
bool hook_command_words(struct hook_codes *codes, struct arena *arena, struct checker *checker,
                        const struct shell_word *words, uint32_t count, struct view folder,
                        struct error *err);

#endif
