/* view.h - text as pointer and length. Untrusted text is never NUL-terminated; a view owns nothing
 * and lives as long as what it points at. The zero view is the empty text. */
#ifndef CORDON_BASE_VIEW_H
#define CORDON_BASE_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct view {
    const char *bytes;
    size_t length; /* bytes */
};

/* A view of a string literal. */
#define VIEW(literal) ((struct view){(literal), sizeof(literal) - 1})
/* The arguments of a "%.*s" conversion. */
#define VIEW_ARGS(view) (int)(view).length, (view).length ? (view).bytes : ""

static inline struct view view_make(const char *bytes, size_t length)
{
    return (struct view){bytes, length};
}

static inline struct view view_of_cstr(const char *text)
{
    return text ? (struct view){text, strlen(text)} : (struct view){0};
}

static inline bool view_equals(struct view a, struct view b)
{
    return a.length == b.length && (a.length == 0 || memcmp(a.bytes, b.bytes, a.length) == 0);
}

static inline bool view_equals_cstr(struct view a, const char *b)
{
    return view_equals(a, view_of_cstr(b));
}

static inline bool view_starts_with(struct view text, struct view prefix)
{
    return text.length >= prefix.length &&
           (prefix.length == 0 || memcmp(text.bytes, prefix.bytes, prefix.length) == 0);
}

static inline bool view_ends_with(struct view text, struct view suffix)
{
    return text.length >= suffix.length &&
           (suffix.length == 0 ||
            memcmp(text.bytes + text.length - suffix.length, suffix.bytes, suffix.length) == 0);
}

/* The part of `text` from byte `start` up to byte `end`; both are clamped to the text. An
 * empty part, too, has its place in the text. */
struct view view_slice(struct view text, size_t start, size_t end);

/* Without the ASCII white space at both ends. */
struct view view_trim(struct view text);

/* Byte position of the first `needle`, or SIZE_MAX. */
size_t view_find(struct view text, struct view needle);
size_t view_find_byte(struct view text, char byte);

/* Three-way byte order, as memcmp, the shorter first. */
int view_compare(struct view a, struct view b);

/* Splits off what stands before the first `separator`: `*head` gets it, `*rest` what follows.
 * Returns false, and leaves the whole text in `*head`, where there is no separator. */
bool view_split(struct view text, char separator, struct view *head, struct view *rest);

/* 64-bit FNV-1a. Not for adversarial hash tables without a seed: pass one. */
uint64_t view_hash(struct view text, uint64_t seed);

/* Edit distance (Damerau-Levenshtein, adjacent transpositions), at most `limit` + 1. For texts of up to
 * 64 bytes; longer ones count as `limit` + 1 apart. Used for "did you mean". */
unsigned view_distance(struct view a, struct view b, unsigned limit);

#endif
