/* package.h - all that starting a cell takes, as bytes: made once from a spec, good for any number of cells
 * alike. Inside the runner. */
#ifndef CORDON_RUNNER_PACKAGE_H
#define CORDON_RUNNER_PACKAGE_H

#include "base/arena.h"
#include "base/digest.h"
#include "base/error.h"
#include "runner/cell_protocol.h"
#include "runner/spec.h"

/* Descriptors of the bubblewrap process; those up to CELL_FD_LAST are for cordon-cell. */
enum package_fd {
    FD_OPTIONS = CELL_FD_LAST + 1,
    FD_CELL_IMAGE,
    FD_PROGRAM,
    FD_PASSWD,
    FD_BOOT,
    FD_CERTIFICATES,
    FD_TOOLS,
    FD_MEMORY_INFO,
    FD_FIRST_BIND
};

enum { PACKAGE_FDS_MAX = FD_FIRST_BIND + SPEC_BINDS_MAX };

struct package {
    bool accepts_shared_uid; /* the operator named the layer: --weaker user */
    bool is_waiting;     /* for a cell that waits for its job: the spec's program, arguments and variables are
                            not in it */
    struct view options; /* bubblewrap's */
    struct view job;     /* cordon-cell's: cell_job and what is behind it */
    struct view boot;    /* what the interpreter runs first: the script that waits, or Node's way to the
                            gateway; empty: nothing */
    struct view certificates; /* by which clients know servers; empty: none, or the host's by a bind */
    bool has_tools;           /* the program has a way to host tools */
    struct view tools_module; /* by which it calls them; empty: none */
    char memory_info[128];    /* what stands for /proc/meminfo; empty: nothing */
    struct limits limits;
    int binds[SPEC_BINDS_MAX]; /* the spec's own descriptors */
    uint32_t bind_count;
    int files[SPEC_FILES_MAX]; /* those that go in, the spec's own too */
    uint32_t file_count;
};

/* The arena owns the bytes. False for a runtime that cannot wait, too. */
bool package_make(struct package *package, struct arena *arena, const struct spec *spec, bool is_waiting,
                  struct error *err);

/* The same for packages that make the same cell, down to the files that are bound. */
struct digest package_digest(const struct package *package, struct arena *arena);

#endif
