/* narrow.h - leaves in a report only the findings that are new: against a baseline, against a revision. */
#ifndef CORDON_CORDON_NARROW_H
#define CORDON_CORDON_NARROW_H

#include "analyzer/analyzer.h"
#include "cordon/baseline.h"
#include "cordon/line_diff.h"

/* What a finding is measured by; each may be NULL. */
struct narrowing {
    const struct baseline *baseline;
    struct view path;               /* as baselines name it */
    const struct report *before;    /* the same file in the revision */
    const struct line_set *changed; /* lines since then */
};

/* Takes out what the baseline has; with `before`, what was there and stands on no changed line. Decides again
 * over the rest. Findings of guards stay: a source that was not read through is never accepted. `*taken`
 * counts. False where the report's arena is exhausted. */
bool narrow_report(struct report *report, const struct narrowing *narrowing,
                   const struct verdict_policy *policy, uint32_t *taken);

#endif
