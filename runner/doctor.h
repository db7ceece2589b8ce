/* doctor.h - whether this machine can make cells, found out by making one. */
#ifndef CORDON_RUNNER_DOCTOR_H
#define CORDON_RUNNER_DOCTOR_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/error.h"

enum { DOCTOR_PROBES_MAX = 32 };

struct probe {
    const char *name;     /* "bubblewrap", "a cell with python" */
    bool is_answered;     /* yes */
    const char *evidence; /* what was seen */
    const char *remedy;   /* "" : none needed */
};

struct diagnosis {
    struct probe probes[DOCTOR_PROBES_MAX];
    unsigned count;
    bool is_healthy; /* every probe is answered */
};

/* The texts live in the arena. */
void doctor_examine(struct diagnosis *diagnosis, struct arena *arena);

#endif
