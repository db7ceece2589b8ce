/* recorder.h - the flight recorder of cordon-cell: what the program tried, seen through the filter's
 * notifications.
 *
 * A notified call is answered here. The interpreter's own start, later ones with an exec grant, and opens go
 * on; an internet or local socket is answered with a dead end, so that where it should lead is seen (with a
 * net grant an internet stream is real: behind it is the loopback of the cell's own network namespace, and
 * nothing else);
 * everything else is refused. No answer depends on memory that the program can change meanwhile: what goes on
 * would be safe to allow in the filter, and only registers are looked at where it would not. When cordon-cell
 * ends, the kernel refuses what it would have answered. */
#ifndef CORDON_RUNNER_RECORDER_H
#define CORDON_RUNNER_RECORDER_H

#include <stdbool.h>

#include "runner/cell_protocol.h"

struct recorder {
    int listener; /* the filter's; -1: none yet */
    bool allows_exec, has_started;
    bool has_loopback; /* streams of the cell's own loopback are real */
    bool has_network;  /* the gateway is there */
    bool has_booted;   /* the interpreter has opened the program: what follows is the program's doing */
    const char *program_file; /* where the program stands */
    uint64_t files;           /* the limit of open files */
    bool is_files_reached;    /* a process has as many open */
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
