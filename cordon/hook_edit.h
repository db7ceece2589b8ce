/* hook_edit.h - what a file holds after an edit: replacements, insertions, patches. Pure. */
#ifndef CORDON_CORDON_HOOK_EDIT_H
#define CORDON_CORDON_HOOK_EDIT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/array.h"
#include "base/view.h"

/* `before` with every `old` replaced. Hosts replace one, and refuse where there are several; all of them show
 * what is put in. An end of line CR LF in the file is met by LF in `old`. NULL bytes: `old` is not in it, or
 * no memory. */
struct view hook_edit_replace(struct arena *arena, struct view before, struct view old, struct view new);

/* `before` with a text behind its line `line` (0: at the start). */
struct view hook_edit_insert(struct arena *arena, struct view before, int64_t line, struct view text);

/* One file of a patch in the form that begins with "*** Begin Patch". */
struct hook_patch_file {
    enum { HOOK_PATCH_ADD, HOOK_PATCH_UPDATE, HOOK_PATCH_DELETE } kind;
    struct view path, new_path; /* new_path: where an update moves it; empty: nowhere */
    struct view body;           /* the lines behind the head */
};

struct hook_patch {
    struct hook_patch_file *items;
    uint32_t count, capacity;
};

/* Whether a text is such a patch. */
bool hook_patch_is(struct view text);
/* False: it is none, or no memory. */
bool hook_patch_read(struct hook_patch *patch, struct arena *arena, struct view text);
/* What the file holds then. NULL bytes: a part of the patch does not fit. */
struct view hook_patch_apply(struct arena *arena, const struct hook_patch_file *file, struct view before);

#endif
