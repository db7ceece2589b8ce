/* bwrap_args.h - a spec as bubblewrap's options. Pure: no effect, golden-tested. */
#ifndef CORDON_RUNNER_BWRAP_ARGS_H
#define CORDON_RUNNER_BWRAP_ARGS_H

#include "base/arena.h"
#include "base/error.h"
#include "base/view.h"
#include "runner/spec.h"

/* The descriptors that bubblewrap is given, beside those of cell_protocol.h. */
struct bwrap_fds {
    int cell_image;     /* the bytes of cordon-cell */
    int program;        /* the bytes of the program; of a waiting cell: the file that it will stand in */
    int boot;           /* the bytes of the script that waits; -1: the cell does not wait */
    int passwd;         /* a synthetic /etc/passwd */
    int certificates;   /* the bytes of what clients know servers by; -1: none of the cell's own */
    int tools;          /* the module of host tools; -1: none */
    int memory_info;    /* a /proc/meminfo; -1: the machine's own */
    int first_bind;     /* spec->binds[i] is first_bind + i */
    bool binds_program; /* `program` is a file that is filled later, and bound; otherwise it is copied */
};

/* The options, each ended by NUL, as --args wants them. */
bool bwrap_args_build(struct arena *arena, const struct spec *spec, const struct bwrap_fds *fds,
                      struct view *options, struct error *err);

#endif
