/* artifacts.h - what a program left in its scratch folder, copied out. The cell has ended, but nothing here
 * relies on that: every step works on descriptors below the folder, and follows no link.
 *
 * Only regular files are copied, into new files of ours (0644, never over one that exists), up to a number, a
 * size and a time. Names that are hidden, not UTF-8 or have control characters are left behind: what is
 * collected may land in a repository or be listed on a terminal. */
#ifndef CORDON_RUNNER_ARTIFACTS_H
#define CORDON_RUNNER_ARTIFACTS_H

#include <jansson.h>

#include "base/arena.h"
#include "base/digest.h"
#include "base/error.h"
#include "runner/limits.h"

/* Left behind and listed; more are only counted. */
enum { ARTIFACTS_SKIPPED_MAX = 32 };

struct artifact {
    struct view name; /* below the folder, with slashes; valid UTF-8 without control characters */
    uint64_t bytes;
    struct digest digest;
};

struct artifact_skipped {
    struct view name; /* as the program wrote it; not to be believed */
    const char *reason;
};

struct artifacts {
    struct artifact *items;
    uint32_t count;
    struct artifact_skipped skipped[ARTIFACTS_SKIPPED_MAX];
    uint32_t skipped_count; /* all of them; the first ARTIFACTS_SKIPPED_MAX are listed */
    uint64_t total_bytes;
};

/* Copies from the folder `from` into the folder `to`. The texts live in the arena. False: `to` cannot be
 * written, or there is no memory; what was copied stays. */
bool artifacts_collect(struct artifacts *artifacts, struct arena *arena, int from, int to,
                       const struct limits *limits, struct error *err);

/* The lists "artifacts" and "artifacts_skipped" into an object. */
void artifacts_to_json(const struct artifacts *artifacts, json_t *object);

#endif
