/* turnstile.h - no more cells at once than were configured (limit `cells`), over all processes of a user:
 * those that come too many wait, up to a number (`queue`) and a time (`queue_time`), and then hear that it is
 * busy.
 *
 * A place is a lock on a file of the user's own folder, so that the kernel gives it back when its holder
 * ends, however it ends. Any thread. */
#ifndef CORDON_RUNNER_TURNSTILE_H
#define CORDON_RUNNER_TURNSTILE_H

#include "base/error.h"
#include "runner/limits.h"

/* Waits for a place; closing `*place` gives it back. -1 where no number was configured: then nothing is
 * counted. `cancel_fd` (-1: none) becoming readable ends the wait. False: busy (ERROR_BUSY), canceled, or no
 * folder to count in. */
bool turnstile_enter(int *place, const struct limits *limits, int cancel_fd, struct error *err);

#endif
