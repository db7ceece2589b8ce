/* source.h - the bytes of one program, with its language and its line table.
 *
 * The request's arena owns the line table; the bytes and the path belong to the caller and outlive it.
 * Immutable once made; any thread. */
#ifndef CORDON_ANALYZER_SOURCE_H
#define CORDON_ANALYZER_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/digest.h"
#include "base/error.h"
#include "base/view.h"
#include "grammars/language.h"

struct source {
    struct view path;  /* as shown to people; "<stdin>" for standard input */
    struct view bytes; /* whole, as read */
    const struct language *language;
    struct digest digest;        /* of the bytes */
    const uint32_t *line_starts; /* byte offset of each line's first byte; line_starts[0] is 0 */
    uint32_t line_count;         /* at least 1 */
};

/* A position as people and programs read it. */
struct place {
    uint32_t line;   /* 1-based; lines end at LF, as editors count them */
    uint32_t col;    /* 1-based, in code points */
    uint32_t offset; /* 0-based, in bytes */
};

/* Fails only where the arena is exhausted or the bytes exceed UINT32_MAX. Does not judge the bytes: the
 * guards do. */
bool source_init(struct source *source, struct arena *arena, struct view path, struct view bytes,
                 const struct language *language, struct error *err);

struct place source_place(const struct source *source, uint32_t offset);

/* The line's bytes without its LF (or CR LF); `line` is 1-based. Empty where there is no such line. */
struct view source_line(const struct source *source, uint32_t line);

#endif
