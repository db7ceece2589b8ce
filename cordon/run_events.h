/* run_events.h - what a run does outside its cell, in the audit log as it happens: decisions and connections
 * of the gateway, calls of tools. A supervisor that is killed leaves those that were. */
#ifndef CORDON_CORDON_RUN_EVENTS_H
#define CORDON_CORDON_RUN_EVENTS_H

#include <jansson.h>

#include "cordon/record.h"
#include "gateway/gateway.h"

/* One run's. Must stay in its place from open to close. */
struct run_events {
    const struct audit *audit;
    struct journal *journal; /* for the gateway and the tools; NULL where nothing is logged */
    /* By whether something was refused: a flood of refusals does not take the room of what was done. */
    uint64_t noted[2], beyond[2];
    struct error error; /* the first that could not be written */
};

bool run_events_open(struct run_events *events, const struct audit *audit, struct error *err);

/* Nothing is noted any more. False: an event is not in the log, so the run must not be called well. The
 * counts go into the record of the run's end: {"recorded": n, "unrecorded": n}, NULL where nothing is logged.
 */
bool run_events_close(struct run_events *events, json_t **counts, struct error *err);

#endif
