/* keeper.h - a child of the supervisor that outlives it by a moment: it sleeps until the supervisor has
 * ended, kills what is left of its cells, and removes their control groups. Inside the runner.
 *
 * The kernel ends a cell with its supervisor, but not in one moment: bubblewrap's own child, until it has
 * been told of its user ids, waits for a word from a parent that may have died. The keeper finds it by the
 * process group of its bubblewrap, which every cell leads from before it executes. */
#ifndef CORDON_RUNNER_KEEPER_H
#define CORDON_RUNNER_KEEPER_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/error.h"
#include "runner/cgroup_place.h"

/* How many cells one process can have at once, waiting ones too. */
enum { KEEPER_CELLS_MAX = 4096 };

/* Starts the keeper of this process, and of these folders, which need not exist yet. Once in a process; a
 * child of the host's starts its own. Its end sends no signal and no wait of the host's takes it. */
bool keeper_start(const struct cgroup_place *home);

/* A place in the keeper's book for one cell, shared with the keeper; NULL with the remedy where this process
 * has no keeper, or no place is free. The cell's first process writes its number there, as the leader of its
 * group, before anything else. Any thread. */
pid_t *keeper_place_take(struct error *err);

/* The cell has ended and was reaped. NULL is allowed. */
void keeper_place_give(pid_t *place);

#endif
