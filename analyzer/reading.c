#include "analyzer/reading.h"

static bool is_word_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '$' || c == '\\' || (signed char)c < 0;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\f' || c == '\r' || c == '\n';
}

/* Whether the word [at, end) stands alone. */
static bool is_whole_word(struct view bytes, size_t at, size_t end)
{
    return (at == 0 || !is_word_byte(bytes.bytes[at - 1])) &&
           (end == bytes.length || !is_word_byte(bytes.bytes[end]));
}

/* `type` before a parenthesis or a bracket begins no alias. */
static bool type_is_name(struct view bytes, size_t end)
{
    while (end < bytes.length && (is_blank(bytes.bytes[end]) || bytes.bytes[end] == '\\')) end++;
    return end < bytes.length && (bytes.bytes[end] == '(' || bytes.bytes[end] == '[');
}

/* All but that of `for await`. */
static bool await_is_operator(struct view bytes, size_t at)
{
    size_t before = at;
    while (before > 0 && is_blank(bytes.bytes[before - 1])) before--;
    return before < 3 || memcmp(bytes.bytes + before - 3, "for", 3) != 0 ||
           !is_whole_word(bytes, before - 3, before);
}

struct view reading_of(const struct source *source, struct arena *arena)
{
    bool is_python = source->language->family == FAMILY_PYTHON;
    if (source->language->family == FAMILY_SHELL) return source->bytes;
    struct view bytes = source->bytes, word = is_python ? VIEW("type") : VIEW("await");
    char *copy = NULL;
    for (size_t at = 0; at < bytes.length;) {
        struct view rest = view_slice(bytes, at, bytes.length);
        size_t found = view_find(rest, word);
        if (found == SIZE_MAX) break;
        at += found;
        size_t end = at + word.length;
        if (is_whole_word(bytes, at, end) &&
            (is_python ? type_is_name(bytes, end) : await_is_operator(bytes, at))) {
            if (!copy) {
                copy = arena_alloc(arena, bytes.length + 1);
                if (!copy) return (struct view){0};
                memcpy(copy, bytes.bytes, bytes.length);
            }
            memcpy(copy + at, is_python ? "typ_" : "void ", word.length);
        }
        at = end;
    }
    return copy ? view_make(copy, bytes.length) : bytes;
}
