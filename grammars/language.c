#include "grammars/language.h"

#include <ctype.h>

#define LANGUAGE(name, family, word, parser, extensions, interpreters, words, comment) \
    const TSLanguage *parser(void);
#include "grammars/languages.def"
#undef LANGUAGE

const struct language languages[LANGUAGE_COUNT] = {
#define LANGUAGE(name, family, word, parser, extensions, interpreters, words, comment) \
    {LANGUAGE_##name, FAMILY_##family, word, parser, extensions, interpreters, words, comment},
#include "grammars/languages.def"
#undef LANGUAGE
};

static const char *const words_of_languages[] = {
#define LANGUAGE(name, family, word, parser, extensions, interpreters, words, comment) word,
#include "grammars/languages.def"
#undef LANGUAGE
};

const char *const *language_words(unsigned long *count)
{
    *count = LANGUAGE_COUNT;
    return words_of_languages;
}

static bool list_has(const char *list, struct view wanted)
{
    struct view rest = view_of_cstr(list), word;
    bool has_more = wanted.length > 0;
    while (has_more) {
        has_more = view_split(rest, ' ', &word, &rest);
        if (view_equals(word, wanted)) return true;
    }
    return false;
}

const struct language *language_of_word(struct view word)
{
    for (int i = 0; i < LANGUAGE_COUNT; i++)
        if (view_equals_cstr(word, languages[i].word)) return &languages[i];
    for (int i = 0; i < LANGUAGE_COUNT; i++)
        if (list_has(languages[i].words, word)) return &languages[i];
    return NULL;
}

uint32_t language_mask_of_word(struct view word)
{
    uint32_t mask = 0;
    for (int i = 0; i < LANGUAGE_COUNT; i++)
        if (view_equals_cstr(word, languages[i].word) || list_has(languages[i].words, word)) mask |= 1u << i;
    return mask;
}

static struct view after_last(struct view text, char byte)
{
    for (size_t i = text.length; i > 0; i--)
        if (text.bytes[i - 1] == byte) return view_slice(text, i, text.length);
    return text;
}

const struct language *language_of_path(struct view path)
{
    struct view name = after_last(path, '/');
    struct view extension = after_last(name, '.');
    if (extension.length == 0 || extension.length == name.length) return NULL;
    extension = view_make(extension.bytes - 1, extension.length + 1);
    for (int i = 0; i < LANGUAGE_COUNT; i++)
        if (list_has(languages[i].extensions, extension)) return &languages[i];
    return NULL;
}

const struct language *language_of_shebang(struct view bytes)
{
    if (!view_starts_with(bytes, VIEW("#!"))) return NULL;
    struct view line, rest, word;
    view_split(bytes, '\n', &line, &rest);
    rest = view_trim(view_slice(line, 2, line.length));
    bool has_more = true;
    while (has_more) { /* the program; behind env, its first argument that is no option or assignment */
        has_more = view_split(rest, ' ', &word, &rest);
        word = after_last(word, '/');
        bool is_prelude = word.length == 0 || view_equals(word, VIEW("env")) || word.bytes[0] == '-' ||
                          view_find_byte(word, '=') != SIZE_MAX;
        if (!is_prelude) break;
    }
    while (word.length && (isdigit((unsigned char)word.bytes[word.length - 1]) ||
                           word.bytes[word.length - 1] == '.' || word.bytes[word.length - 1] == '\r'))
        word.length--;
    for (int i = 0; i < LANGUAGE_COUNT; i++)
        if (list_has(languages[i].interpreters, word)) return &languages[i];
    return NULL;
}
