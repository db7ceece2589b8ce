#include "grammars/token.h"

static bool list_has(const char *const *list, struct view wanted)
{
    for (; *list; list++)
        if (view_equals_cstr(wanted, *list)) return true;
    return false;
}

/* What is part of the shell's syntax and no operator of an expression, and the words that tell one kind of
 * command from another. */
static bool shell_token_has_meaning(struct view name, bool is_word)
{
    static const char *const punctuation[] = {"(",   ")",  "[", "]",  "{",  "}",  ";",  ";;", "\"", "'",
                                              "`",   "``", "$", "$(", "$`", "${", "((", "))", "[[", "]]",
                                              "$((", "$[", "|", "|&", "&",  "=",  "\n", "..", ",",  NULL};
    static const char *const keywords[] = {"declare", "typeset",  "export", "readonly", "local",
                                           "unset",   "unsetenv", "until",  "select",   NULL};
    return is_word ? list_has(keywords, name) : !list_has(punctuation, name);
}

bool token_has_meaning(struct view name, enum language_family family)
{
    static const char *const punctuation[] = {"(",  ")",  "[",  "]", "{", "}",  ",",  ";",
                                              ":",  ".",  "\"", "'", "`", "=>", "->", "${",
                                              "</", "/>", "\n", "#", "@", "\\", NULL};
    /* Keywords that change what their parent means without changing its kind. */
    static const char *const keywords[] = {"async", "await",  "static",  "get",  "set",        "not",
                                           "in",    "is",     "and",     "or",   "is not",     "not in",
                                           "of",    "const",  "let",     "var",  "instanceof", "typeof",
                                           "void",  "delete", "default", "from", "using",      NULL};
    if (name.length == 0) return false;
    bool is_word = true;
    for (size_t i = 0; i < name.length; i++) {
        char c = name.bytes[i];
        is_word &= (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == ' ' || c == '_';
    }
    if (family == FAMILY_SHELL) return shell_token_has_meaning(name, is_word);
    return is_word ? list_has(keywords, name) : !list_has(punctuation, name);
}
