#include "grammars/token.h"

static bool list_has(const char *const *list, struct view wanted)
{
    for (; *list; list++)
        if (view_equals_cstr(wanted, *list)) return true;
    return false;
}

bool token_has_meaning(struct view name)
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
    return is_word ? list_has(keywords, name) : !list_has(punctuation, name);
}
