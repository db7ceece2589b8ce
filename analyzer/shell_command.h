/* shell_command.h - the commands that a shell text starts, in the order of the text: their words without
 * quotes, what they read, what they write to. Those of functions, loops and substitutions too. */
#ifndef CORDON_ANALYZER_SHELL_COMMAND_H
#define CORDON_ANALYZER_SHELL_COMMAND_H

#include <stdbool.h>
#include <stdint.h>

#include "base/array.h"
#include "base/error.h"
#include "base/view.h"

struct shell_word {
    struct view text;
    bool is_known; /* false: what it becomes is not known before it runs */
};

enum shell_input {
    SHELL_INPUT_NONE,    /* what the whole text was given */
    SHELL_INPUT_TEXT,    /* `input` is the text: here-document, here-string */
    SHELL_INPUT_FILE,    /* `input` names the file */
    SHELL_INPUT_PIPE,    /* what the command number `producer` writes */
    SHELL_INPUT_UNKNOWN, /* something else: of several commands, of a loop */
};

struct shell_command {
    ARRAY_OF(struct shell_word) words; /* the name first; none: nothing but redirections */
    enum shell_input reads;
    struct shell_word input;
    uint32_t producer;
    uint32_t start, end; /* bytes of the text */
    bool is_in_subshell; /* a subshell or substitution: its `cd` ends with it */
};

/* A file that is opened for writing. */
struct shell_write {
    struct shell_word path;
    uint32_t command; /* whose output goes there; UINT32_MAX: of several */
    uint32_t start;   /* bytes of the text */
    bool appends;
};

struct shell_text {
    ARRAY_OF(struct shell_command) commands;
    ARRAY_OF(struct shell_write) writes;
};

struct syntax;
struct names;
/* Takes them out of a tree. The arena owns the lists; words point into it or into the source. False where the
 * arena is exhausted. */
bool shell_text_read(struct shell_text *text, struct arena *arena, const struct syntax *syntax,
                     const struct names *names, struct error *err);

#endif
