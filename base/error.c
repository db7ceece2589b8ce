#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Control characters of untrusted text must not reach a terminal or break a line. */
static void text_make_printable(char *text)
{
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c < 0x20 || c == 0x7f) *text = '?';
    }
}

bool error_set(struct error *err, enum error_code code, const char *format, ...)
{
    if (!err) return false;
    *err = (struct error){.code = code};
    va_list args;
    va_start(args, format);
    vsnprintf(err->message, sizeof err->message, format, args);
    va_end(args);
    text_make_printable(err->message);
    return false;
}

bool error_set_errno(struct error *err, enum error_code code, int errno_value, const char *format, ...)
{
    if (!err) return false;
    *err = (struct error){.code = code};
    va_list args;
    va_start(args, format);
    vsnprintf(err->message, sizeof err->message, format, args);
    va_end(args);
    size_t used = strlen(err->message);
    const char *reason = strerrordesc_np(errno_value);
    snprintf(err->message + used, sizeof err->message - used, ": %s", reason ? reason : "unknown error");
    text_make_printable(err->message);
    return false;
}

bool error_place(struct error *err, struct view path, uint32_t line, uint32_t col)
{
    if (!err) return false;
    if (!err->path[0]) {
        snprintf(err->path, sizeof err->path, "%.*s", VIEW_ARGS(path));
        text_make_printable(err->path);
    }
    if (!err->line) {
        err->line = line;
        err->col = col;
    }
    return false;
}

bool error_prefix(struct error *err, const char *format, ...)
{
    if (!err) return false;
    char prefix[sizeof err->message], whole[2 * sizeof err->message + 2];
    va_list args;
    va_start(args, format);
    vsnprintf(prefix, sizeof prefix, format, args);
    va_end(args);
    snprintf(whole, sizeof whole, "%s: %s", prefix, err->message);
    size_t length = strlen(whole);
    if (length >= sizeof err->message) length = sizeof err->message - 1;
    memcpy(err->message, whole, length);
    err->message[length] = '\0';
    text_make_printable(err->message);
    return false;
}

bool error_remedy(struct error *err, const char *format, ...)
{
    if (!err) return false;
    va_list args;
    va_start(args, format);
    vsnprintf(err->remedy, sizeof err->remedy, format, args);
    va_end(args);
    text_make_printable(err->remedy);
    return false;
}

const char *error_code_word(enum error_code code)
{
    switch (code) {
    case ERROR_NONE:
        return "none";
#define ERROR_CODE(name, word) \
    case ERROR_##name:         \
        return word;
#include "base/error.def"
#undef ERROR_CODE
    }
    return "none";
}

const char *error_format(const struct error *err, char *out, unsigned long size_bytes)
{
    int used = 0;
    if (err->path[0] && err->line)
        used = snprintf(out, size_bytes, "%s:%u:%u: ", err->path, err->line, err->col);
    else if (err->path[0])
        used = snprintf(out, size_bytes, "%s: ", err->path);
    if (used < 0 || (unsigned long)used >= size_bytes) return out;
    if (err->remedy[0])
        snprintf(out + used, size_bytes - (unsigned long)used, "%s (%s)", err->message, err->remedy);
    else
        snprintf(out + used, size_bytes - (unsigned long)used, "%s", err->message);
    return out;
}

const char *error_nearest(struct view word, const char *const *names, unsigned long count)
{
    unsigned limit = word.length <= 3 ? 1 : 2, best = limit + 1;
    const char *nearest = NULL;
    for (unsigned long i = 0; i < count; i++) {
        unsigned distance = view_distance(word, view_of_cstr(names[i]), limit);
        if (distance >= best) continue;
        best = distance;
        nearest = names[i];
    }
    return nearest;
}
