/* walk.h - the files that `check` looks at: named ones, and all of a known language below named folders,
 * hidden and ignored ones too, since a hostile author would hide there. What is left out is counted. */
#ifndef CORDON_CORDON_WALK_H
#define CORDON_CORDON_WALK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "cordon/options.h"

struct walk_file {
    const char *path;                /* as it is shown and opened */
    const struct language *language; /* NULL: only its first bytes tell */
    bool is_named;                   /* on the command line: it must be checkable */
    bool has_bytes, has_before;
    struct view
        bytes; /* with has_bytes: its content in git's index, which is checked instead of the file's */
    struct view before; /* with has_before: its content in the revision that it is compared with */
};

struct walk_error {
    const char *path;
    const char *message;
};

struct walk {
    struct {
        struct walk_file *items;
        uint32_t count, capacity;
    } files; /* sorted by path within each operand */
    struct {
        struct walk_error *items;
        uint32_t count, capacity;
    } errors;
    uint32_t excluded_count;  /* by --exclude */
    uint32_t ignored_count;   /* by --gitignore */
    uint32_t link_count;      /* symbolic links, which are not followed */
    uint32_t other_count;     /* of no known language */
    uint32_t special_count;   /* FIFOs, sockets, devices */
    bool is_of_changes;       /* only what differs from a revision: nothing to check is then no mistake */
    uint32_t unchanged_count; /* as in that revision */
};

/* False: no memory, or git was asked for (--gitignore) and did not answer. What cannot be read is in
 * `errors`. */
bool walk_collect(struct walk *walk, struct arena *arena, const struct options *options, struct error *err);

/* Adds one file, which need not be there, as a walk that meets it would: excluded ones are counted. False: no
 * memory.
 */
bool walk_add(struct walk *walk, struct arena *arena, const struct options *options, const char *path);

#endif
