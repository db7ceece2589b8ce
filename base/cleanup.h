/* cleanup.h - release at the end of a scope, by the compiler's cleanup attribute.
 *
 * CLEANUP(f) on a local variable calls f(&variable) when the scope ends. A value that outlives
 * its scope is taken out with STEAL_FD or STEAL_POINTER, which leave the empty value behind. */
#ifndef CORDON_BASE_CLEANUP_H
#define CORDON_BASE_CLEANUP_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define CLEANUP(function) __attribute__((cleanup(function)))

static inline void cleanup_free(void *pointer)
{
    free(*(void **)pointer);
}

/* -1 is the empty descriptor. */
static inline void cleanup_fd(int *fd)
{
    if (*fd >= 0) close(*fd);
    *fd = -1;
}

static inline void cleanup_file(FILE **file)
{
    if (*file) fclose(*file);
    *file = NULL;
}

static inline int fd_steal(int *fd)
{
    int stolen = *fd;
    *fd = -1;
    return stolen;
}

#define AUTO_FD   CLEANUP(cleanup_fd)
#define AUTO_FREE CLEANUP(cleanup_free)
#define AUTO_FILE CLEANUP(cleanup_file)

#define STEAL_FD(fd) fd_steal(&(fd))
#define STEAL_POINTER(pointer)                   \
    ({                                           \
        __typeof__(pointer) stolen_ = (pointer); \
        (pointer) = NULL;                        \
        stolen_;                                 \
    })

#endif
