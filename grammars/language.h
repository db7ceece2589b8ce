/* language.h - the languages that cordon reads: one line each in languages.def. Immutable, any thread. */
#ifndef CORDON_GRAMMARS_LANGUAGE_H
#define CORDON_GRAMMARS_LANGUAGE_H

#include <stdbool.h>
#include <tree_sitter/api.h>

#include "base/view.h"

enum language_id {
#define LANGUAGE(name, word, parser, extensions, interpreters, words, comment) LANGUAGE_##name,
#include "grammars/languages.def"
#undef LANGUAGE
    LANGUAGE_COUNT
};

struct language {
    enum language_id id;
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

/* Every word of every language, for "did you mean" (error_nearest). The array is static. */
const char *const *language_words(unsigned long *count);

#endif
