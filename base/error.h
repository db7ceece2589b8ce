/* error.h - one error, with its place and its remedy.
 *
 * `struct error *err` is the last parameter of whatever can fail, untouched on success. It is set once,
 * where the error happens, and may be prefixed on the way up. A refusal is a verdict and a misbehaving
 * program is a result: neither is an error. Owns nothing; may be copied. */
#ifndef CORDON_BASE_ERROR_H
#define CORDON_BASE_ERROR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/view.h"

enum error_code {
    ERROR_NONE,
#define ERROR_CODE(name, word) ERROR_##name,
#include "base/error.def"
#undef ERROR_CODE
};

struct error {
    enum error_code code;
    uint32_t line, col; /* 1-based; 0: the error has no such place */
    char path[256];     /* "" : no file */
    char message[512];  /* one sentence, no full stop, no newline */
    char remedy[256];   /* what to do about it; "" : none known */
};

/* Sets code and message. Returns false, so that `return error_set(...)` reads well. `err` may be NULL. */
__attribute__((format(printf, 3, 4))) bool error_set(struct error *err, enum error_code code,
                                                     const char *format, ...);

/* As error_set, with ": " and the text of `errno_value` behind the message. */
__attribute__((format(printf, 4, 5))) bool error_set_errno(struct error *err, enum error_code code,
                                                           int errno_value, const char *format, ...);

/* Each adds to an error that is already set, and returns false. The place is set only where none is. */
bool error_place(struct error *err, struct view path, uint32_t line, uint32_t col);
__attribute__((format(printf, 2, 3))) bool error_prefix(struct error *err, const char *format, ...);
__attribute__((format(printf, 2, 3))) bool error_remedy(struct error *err, const char *format, ...);

/* The stable word of a code ("usage", "rule", ...); "none" for ERROR_NONE. */
const char *error_code_word(enum error_code code);

/* Writes "path:line:col: message (remedy)" into `out`, always terminated. Returns `out`. */
const char *error_format(const struct error *err, char *out, unsigned long size_bytes);

/* The name among `names` nearest to `word` (at most two edits, fewer for short words), or NULL. */
const char *error_nearest(struct view word, const char *const *names, unsigned long count);

#endif
