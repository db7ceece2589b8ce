/* library_cache.h - the libraries of a closure as one folder of copies, so that a cell binds one folder and
 * not every file: made once, kept in the user's own cache (/var/cache/cordon for root, otherwise
 * XDG_CACHE_HOME or
 * ~/.cache), and made anew when a program, a library or the loader's cache has changed.
 *
 * A cache is used only where nobody else can write, in it or in any folder above it. Any process of the user
 * may make it at the same time; the first one wins. Any thread. */
#ifndef CORDON_RUNNER_LIBRARY_CACHE_H
#define CORDON_RUNNER_LIBRARY_CACHE_H

#include "runner/closure.h"

enum { CLOSURE_PROGRAMS_MAX = 80 };

/* In that folder, beside the copies: what a cell has as /etc/ld.so.cache. */
#define LIBRARY_CACHE_LOADER "ld.so.cache"

/* What a closure starts from. */
struct closure_roots {
    const char *programs[CLOSURE_PROGRAMS_MAX]; /* files: the interpreter, programs that were granted */
    uint32_t program_count;
    const char *folder;       /* of libraries that the runtime loads while it runs; NULL: none */
    const char *const *names; /* libraries that are loaded by name, ended by NULL */
};

/* Finds the closure, from the cache or anew, and the folder with copies; NULL where there is no safe place
 * for one. False: a program needs what this machine does not have. */
bool library_cache_find(const struct closure_roots *roots, struct closure *closure, const char **folder,
                        struct arena *arena, struct error *err);

#endif
