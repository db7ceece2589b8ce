/* ending.h - how a run ended: from what cordon-cell, the control group and bubblewrap said to a result.
 * Inside the runner. */
#ifndef CORDON_RUNNER_ENDING_H
#define CORDON_RUNNER_ENDING_H

#include "base/error.h"
#include "runner/run.h"

/* bubblewrap and cordon-cell are in the group too: this much of its processor time may be theirs. */
enum { ENDING_BOOT_CPU_MS = 50 };

/* Fills the run's result. False: there is no report to believe; the error says which layer failed. */
bool ending_make(struct run *run, struct error *err);

#endif
