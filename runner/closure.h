/* closure.h - the libraries that programs need, and those that these need in turn, found as the loader of
 * this machine finds them: where a file says, in the loader's cache, in its own folders. In a cell all of
 * them lie in one folder, under the names by which they are asked for. The arena owns the texts. */
#ifndef CORDON_RUNNER_CLOSURE_H
#define CORDON_RUNNER_CLOSURE_H

#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"

enum { CLOSURE_MAX = 256 };

struct library {
    const char *name; /* as it is asked for: "libc.so.6" */
    const char *path; /* on the host, no link */
};

struct closure {
    struct library items[CLOSURE_MAX + 1]; /* and the loader, for who lists them */
    uint32_t count;
    const char *loader;      /* as programs name it: "/lib64/ld-linux-x86-64.so.2"; NULL: all are static */
    const char *loader_path; /* the file itself */
    struct view cache;       /* the loader's, once it was needed */
};

/* Adds what one file needs. False: a library is not on this machine, or there are too many. A file that is no
 * program of this machine needs nothing. */
bool closure_add(struct closure *closure, struct arena *arena, const char *path, struct error *err);

/* Adds what every library in a folder needs; what cannot be found is left out, since programs do without. */
void closure_add_folder(struct closure *closure, struct arena *arena, const char *folder);

/* Adds a library by its name, where this machine has it. */
void closure_add_name(struct closure *closure, struct arena *arena, const char *name);

/* A cache for the loader of a cell, in which the closure's libraries lie in `folder` under their names: of
 * those that this machine's cache has. Without one the loader asks for each in a dozen folders that are not
 * there. Empty: there are none, or no memory. */
struct view closure_cache_make(struct closure *closure, struct arena *arena, struct view folder);

#endif
