/* hook_words.h - the words of one command: which program it really starts (behind sudo, env, xargs ...), and
 * where the code is that this program runs. */
#ifndef CORDON_CORDON_HOOK_WORDS_H
#define CORDON_CORDON_HOOK_WORDS_H

#include "analyzer/analyzer.h"

/* A view of consecutive words. */
struct hook_words {
    const struct shell_word *items;
    uint32_t count;
    bool has_more; /* xargs: words that nobody knows follow */
};

enum hook_place {
    HOOK_PLACE_NONE,    /* runs no code of the caller's */
    HOOK_PLACE_TEXT,    /* `word` is the code */
    HOOK_PLACE_FILE,    /* `word` names it */
    HOOK_PLACE_STDIN,   /* it is read from standard input */
    HOOK_PLACE_UNKNOWN, /* somewhere in words that are not known before it runs */
    HOOK_PLACE_FOREIGN, /* code in a language that cordon does not read */
};

struct hook_program {
    enum hook_place place;
    const struct language *language; /* that the interpreter expects */
    struct view name;                /* of the interpreter, as it is called */
    struct shell_word word;
};

/* Takes one wrapper off the front: true where there was one, `*words` is then what it starts. A wrapper's own
 * code
 * (`env -S TEXT`, `su -c TEXT`) comes back in `*text` with words of count 0. */
bool hook_words_unwrap(struct hook_words *words, struct shell_word *text);

/* What the words start. */
struct hook_program hook_words_program(const struct hook_words *words);

/* "python3.11" for "/usr/bin/python3.11". */
struct view hook_base_name(struct view path);

#endif
