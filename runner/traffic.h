/* traffic.h - what goes in and out of a cell while it runs: each call moves what can be moved without
 * waiting. Inside the runner. */
#ifndef CORDON_RUNNER_TRAFFIC_H
#define CORDON_RUNNER_TRAFFIC_H

#include "runner/run.h"

/* The program's output: kept and passed on up to the limit, drained beyond it, ended where it is a flood. */
void traffic_output(struct run *run, enum cell_stream stream);

/* Input: from the caller's descriptor, and on to the program. */
void traffic_input_read(struct run *run);
void traffic_input_write(struct run *run);

/* What cordon-cell reports, and what bubblewrap complains of. */
void traffic_report(struct run *run);
void traffic_complaint(struct run *run);

/* All that is still in the pipes of a cell that has ended. */
void traffic_finish(struct run *run);

#endif
