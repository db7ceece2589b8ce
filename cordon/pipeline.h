/* pipeline.h - the one place where the analyzer and the runner meet: check -> grant -> spec -> cell. Between
 * them passes only the granted capability set. */
#ifndef CORDON_CORDON_PIPELINE_H
#define CORDON_CORDON_PIPELINE_H

#include "cordon/egress.h"
#include "cordon/job.h"
#include "cordon/options.h"
#include "cordon/tooling.h"

struct pipeline {
    struct ruleset *ruleset; /* what the findings of the report point into */
    struct report report;
    struct egress egress;   /* open from the approval on */
    struct tooling tooling; /* what the program may call of its host; filled with the spec */
    struct spec spec;
    struct result result;
    bool was_checked; /* the report holds a decision */
    bool has_run;     /* the result is a program's */
};

/* Checks and, where the gate allows it, plans the cell. False with an error: cordon could not decide or plan.
 * True with ENDED_REFUSED in the result: the gate stopped it. */
bool pipeline_prepare(struct pipeline *pipeline, struct arena *arena, const struct options *options,
                      const struct job_source *source, struct error *err);

/* Only the plan, without a check. */
bool pipeline_plan(struct pipeline *pipeline, struct arena *arena, const struct options *options,
                   const struct job_source *source, struct error *err);

void pipeline_clear(struct pipeline *pipeline);

#endif
