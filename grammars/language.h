/* language.h - the languages that cordon reads: one line each in languages.def. Immutable, any thread.
 *
 * A language is a grammar; languages whose names, literals and guards work alike are a family. */
#ifndef CORDON_GRAMMARS_LANGUAGE_H
#define CORDON_GRAMMARS_LANGUAGE_H

#include <stdbool.h>
#include <stdint.h>
#include <tree_sitter/api.h>

#include "base/view.h"

enum language_family {
    FAMILY_PYTHON,
    FAMILY_JAVASCRIPT, /* variables are declared; TypeScript too */
    FAMILY_SHELL,      /* words are texts; a variable is what $ stands before */
};

enum language_id {
#define LANGUAGE(name, family, word, parser, extensions, interpreters, words, comment) LANGUAGE_##name,
#include "grammars/languages.def"
#undef LANGUAGE
    LANGUAGE_COUNT
};

struct language {
    enum language_id id;
    enum language_family family;
    const char *word;
    const TSLanguage *(*parser)(void);
    const char *extensions;   /* ".py .pyi" */
    const char *interpreters; /* "python" */
    const char *words;        /* other words that mean it */
    const char *line_comment; /* "#" */
};

extern const struct language languages[LANGUAGE_COUNT];

/* Each returns NULL where no language fits. */
const struct language *language_of_word(struct view word);
/* By the extension of the path's last component. */
const struct language *language_of_path(struct view path);
/* By a #! line at the very start of the bytes ("#!/usr/bin/env python3", "#!/usr/bin/node"). */
const struct language *language_of_shebang(struct view bytes);

/* The languages that a word in a rule file means, as bits 1 << id: `ts` is TypeScript with and without
 * elements. 0: no language has the word. */
uint32_t language_mask_of_word(struct view word);

/* Every word of every language, for "did you mean" (error_nearest). The array is static. */
const char *const *language_words(unsigned long *count);

#endif
