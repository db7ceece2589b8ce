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
    uint32_t excluded_count; /* by --exclude */
    uint32_t ignored_count;  /* by --gitignore */
    uint32_t link_count;     /* symbolic links, which are not followed */
    uint32_t other_count;    /* of no known language */
    uint32_t special_count;  /* FIFOs, sockets, devices */
};

/* False: no memory, or git was asked for (--gitignore) and did not answer. What cannot be read is in
 * `errors`. */
bool walk_collect(struct walk *walk, struct arena *arena, const struct options *options, struct error *err);

#endif
