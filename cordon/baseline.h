/* baseline.h - the findings of an earlier report, which the operator accepts until their code changes. Read
 * from what `cordon check` wrote as json or sarif. Immutable once read; any thread. */
#ifndef CORDON_CORDON_BASELINE_H
#define CORDON_CORDON_BASELINE_H

#include "base/arena.h"
#include "base/array.h"
#include "base/error.h"
#include "base/view.h"

struct baseline {
    struct view *items; /* path, NUL, fingerprint; sorted */
    uint32_t count, capacity;
};

/* The arena owns it. What was granted or suppressed then is not in it: that was for the policy to say. */
bool baseline_read(struct baseline *baseline, struct arena *arena, const char *path, struct error *err);

bool baseline_has(const struct baseline *baseline, struct view path, struct view fingerprint);

#endif
