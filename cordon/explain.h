/* explain.h - why a program is rejected and what would allow it: a table for people, a compact text for
 * models. */
#ifndef CORDON_CORDON_EXPLAIN_H
#define CORDON_CORDON_EXPLAIN_H

#include <stdio.h>

#include "analyzer/analyzer.h"
#include "runner/runner.h"

/* The capabilities of one source (used, granted, left to the cell, missing, with their first lines), and the
 * shortest flags and policy lines that would allow it; says so where no grant would. */
void explain_table(FILE *out, const struct report *report);

/* Whether a finding stands: it is neither granted, accepted by the policy, nor left to the cell. */
bool explain_stands(const struct report *report, const struct finding *finding);
/* Whether it rejects by itself under a policy that rejects from `reject_at` on. */
bool explain_rejects(const struct report *report, const struct finding *finding, enum severity reject_at);

/* The decision with, for each finding that counts, place, code, reason and what to do. */
void explain_agent(FILE *out, const struct report *report);

/* How a run ended and what it wrote, bounded; for a model that started it. */
void explain_agent_result(FILE *out, const struct result *result);

/* "--allow env=HOME", or "--unknown env=cell" where the name is not known; quoted for a shell where it must
 * be. */
void explain_grant(FILE *out, const struct capability *use);

#endif
