/* spec.h - the plan of one cell: data, printable, checked before it is applied. The zero value allows nothing
 * and is refused. The arena that made it owns its texts; descriptors of grants belong to the spec
 * (spec_clear). */
#ifndef CORDON_RUNNER_SPEC_H
#define CORDON_RUNNER_SPEC_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/capability.h"
#include "base/error.h"
#include "runner/limits.h"
#include "runner/runtime.h"

enum { SPEC_BINDS_MAX = 64, SPEC_TEXTS_MAX = 4096, SPEC_FILES_MAX = 64 };

/* The scratch folder: the only place where the program may write, its working directory, also /tmp. */
#define SPEC_SCRATCH "/scratch"

/* By which clients know servers, on the host and in a cell with a gateway. */
#define SPEC_CERTIFICATES "/etc/ssl/certs/ca-certificates.crt"

struct spec_bind {
    int fd;           /* the granted file or folder itself, opened once (O_PATH) */
    const char *path; /* where it stands, on the host and in the cell */
    bool is_writable;
    const char *place; /* of packages: where they stand in the cell; NULL: at the path */
};

/* A copy of a file that the program finds in its scratch folder. */
struct spec_file {
    int fd;           /* of the host's file, opened once */
    const char *name; /* below the scratch folder */
};

struct spec {
    bool is_ready;           /* false: nothing may run */
    bool accepts_shared_uid; /* under root without uids for cells: all of them are one user */
    bool allows_exec;        /* programs may be started, of those that are in the cell */
    bool allows_native;      /* machine code that the program brought or made may be run */
    bool allows_listen;      /* sockets of the cell's own loopback, which nobody else reaches */
    bool has_network;        /* a gateway is reached through the cell's loopback */
    bool has_tools;          /* the program has a module by which it calls its host's tools */
    struct runtime runtime;
    struct limits limits;
    struct view source;
    struct spec_bind binds[SPEC_BINDS_MAX];
    uint32_t bind_count;
    struct spec_file files[SPEC_FILES_MAX];
    uint32_t file_count;
    bool has_artifacts_folder; /* what is left in the scratch folder is copied out */
    int artifacts_fd;          /* to there */
    struct view certificates;  /* these in the place of the host's; empty: the host's */
    const char **arguments;    /* the program's, behind its own name */
    uint32_t argument_count;
    const char **environment; /* NAME=VALUE */
    uint32_t environment_count;
};

struct spec_job {
    struct view source;   /* the program's bytes; outlive the spec */
    struct view language; /* "python", "javascript" */
    bool is_module;       /* an ECMAScript module */
    const char *const *arguments;
    uint32_t argument_count;
    const char *const *environment; /* NAME=VALUE for names that are granted */
    uint32_t environment_count;
    const char *packages;     /* a folder of the runtime's packages; NULL: none */
    const char *const *files; /* HOST or HOST:NAME */
    uint32_t file_count;
    struct view certificates; /* PEM, of a gateway that intercepts; empty: the host's */
    bool needs_gateway;       /* also without a grant of net */
    const char *const
        *variables; /* NAME=VALUE beside the job's, of whatever names; ended by NULL; NULL: none */
    bool accepts_shared_uid;
    bool has_tools;               /* a tool that is granted is there */
    const char *artifacts_folder; /* made where it is not there; NULL: nothing is collected */
    struct limits limits;
};

/* Plans a cell in which only what is granted exists. False: a grant cannot be given (no such path, a link
 * that leads elsewhere, a place of the cell's own), or there is no runtime. */
bool spec_from_grant(struct spec *spec, struct arena *arena, const struct capability_set *grant,
                     const struct spec_job *job, struct error *err);

/* Closes what the spec holds open. */
void spec_clear(struct spec *spec);

/* A new reference, or NULL without memory. */
json_t *spec_to_json(const struct spec *spec);

#define AUTO_SPEC CLEANUP(spec_clear)

#endif
