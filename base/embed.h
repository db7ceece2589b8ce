/* embed.h - files that the build put into the program (scripts/embed.c). Immutable. */
#ifndef CORDON_BASE_EMBED_H
#define CORDON_BASE_EMBED_H

#include "base/view.h"

struct embedded_file {
    const char *name; /* relative to the folder that was embedded */
    const char *bytes, *end;
};

static inline struct view embedded_bytes(const struct embedded_file *file)
{
    return view_make(file->bytes, (size_t)(file->end - file->bytes));
}

#endif
