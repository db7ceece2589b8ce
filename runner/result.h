/* result.h - how a run ended and what it used. What the supervisor knows, never what the program says of
 * itself. The zero value is a failure. The arena of the run owns the texts. */
#ifndef CORDON_RUNNER_RESULT_H
#define CORDON_RUNNER_RESULT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/view.h"
#include "runner/artifacts.h"
#include "runner/cgroup.h"
#include "runner/limits.h"

enum ended {
    ENDED_FAILED,   /* cordon could not run it, or lost track of it */
    ENDED_EXITED,   /* the program exited; exit_code */
    ENDED_SIGNALED, /* the program died of a signal; signal */
    ENDED_LIMIT,    /* cordon ended it at a limit; limit */
    ENDED_REFUSED,  /* the gate did not let it run */
    ENDED_CANCELED, /* the caller ended it */
};

struct output {
    struct view bytes; /* up to the limit */
    uint64_t total_bytes;
    bool is_truncated;
};

/* The layers that differ between machines. What every cell has (namespaces, the filter, the empty
 * environment) is not here: without it nothing runs. */
struct layers {
    enum cgroup_kind cgroup; /* CGROUP_NONE: rlimits and the watch of cordon-cell */
    bool has_own_uid;        /* a user that no other cell and nobody has; otherwise the caller's */
    bool accepts_shared;     /* the caller is root: without a user of its own it shares one with all cells */
};

/* One thing that the program tried; the same again is counted. The texts are the program's own words. */
struct attempt {
    const char *kind;   /* "connect", "socket", "exec", "call" */
    struct view target; /* an address, a family, a path, a system call's name */
    uint32_t count;
    bool is_denied;
};

/* What the flight recorder saw. */
struct activity {
    const struct attempt *attempts;
    uint32_t count, dropped; /* dropped: different ones that found no room */
    uint32_t programs_started;
    uint64_t written_bytes;
};

struct result {
    enum ended ended;
    int exit_code;    /* ENDED_EXITED; otherwise -1 */
    int signal;       /* ENDED_SIGNALED; otherwise 0 */
    enum limit limit; /* ENDED_LIMIT; otherwise LIMIT_NONE */
    uint64_t wall_ms, cpu_ms, peak_memory_kib;
    uint32_t peak_processes;
    uint64_t disk_bytes; /* in the scratch folder at the end */
    struct output out, err;
    struct layers layers;
    bool was_waiting; /* in a cell of a pool, booted before its job came */
    struct activity activity;
    const char *network;        /* JSON of what the gateway was asked; NULL: the cell had none */
    const char *tools;          /* JSON of the calls of host tools; NULL: the cell had none */
    const char *events;         /* JSON of how many of both are in the log; NULL: none is kept */
    struct artifacts artifacts; /* none where none are asked for */
    char id[33];                /* 128 random bits, hexadecimal */
};

/* "exited", "signaled", "limit", "refused", "failed", "canceled". */
const char *ended_word(enum ended ended);

/* A new reference, or NULL without memory. See docs/json.md. */
json_t *result_to_json(const struct result *result);

#endif
