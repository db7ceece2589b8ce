/* tooling.h - the host's tools of one run: which of those that are there were granted, and a cell's run with
 * them beside it. */
#ifndef CORDON_CORDON_TOOLING_H
#define CORDON_CORDON_TOOLING_H

#include "cordon/egress.h"
#include "cordon/record.h"

/* Tools that may be called; zero: none. Points into the policy and into `own`. */
struct tooling {
    const struct tool *tools[TOOLS_MAX];
    uint32_t count;
};

/* Those of `own` (the orchestrator's, of this run) and of the policy that the policy grants; where both have
 * a name it is `own`'s. False: more than TOOLS_MAX. */
bool tooling_make(struct tooling *tooling, const struct policy *policy, const struct tool *own,
                  uint32_t own_count, struct error *err);

/* As egress_run, with the tools where the spec has them. What was called goes into the result; what the
 * program does outside its cell goes into the log as it happens, and where that fails the run has failed. */
bool tooling_run(const struct tooling *tooling, struct egress *egress, struct pool *pool, struct arena *arena,
                 const struct spec *spec, const struct audit *audit, const struct cell_io *io,
                 struct result *result, struct error *err);

#endif
