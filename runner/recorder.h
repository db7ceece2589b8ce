/* recorder.h - the flight recorder of cordon-cell: what the program tried, seen through the filter's
 * notifications.
 *
 * A notified call is answered here. Only the interpreter's own start, and with an exec grant later ones, go
 * on; everything else is refused whatever its arguments point to, so that nothing depends on memory that the
 * program can change meanwhile. When cordon-cell ends, the kernel refuses what it would have answered. */
#ifndef CORDON_RUNNER_RECORDER_H
#define CORDON_RUNNER_RECORDER_H

#include <stdbool.h>

#include "runner/cell_protocol.h"

struct recorder {
    int listener; /* the filter's; -1: none yet */
    bool allows_exec, has_started;
    uint32_t programs_started, count, dropped;
    struct cell_event events[CELL_EVENTS_MAX];
};

/* In the program's process: installs the filter and passes its listener over `channel`. */
bool recorder_install(const void *filter, unsigned short length, int channel);

/* In cordon-cell: takes the listener. */
bool recorder_receive(struct recorder *recorder, int channel);

/* Answers one waiting call. */
void recorder_answer(struct recorder *recorder);

#endif
