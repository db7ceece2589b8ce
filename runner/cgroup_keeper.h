/* cgroup_keeper.h - a child of the supervisor that outlives it by a moment: it sleeps until the supervisor
 * has ended, kills what is left in its control groups, and removes them. Inside the runner. */
#ifndef CORDON_RUNNER_CGROUP_KEEPER_H
#define CORDON_RUNNER_CGROUP_KEEPER_H

#include <stdbool.h>

#include "runner/cgroup_place.h"

/* Starts the keeper of these folders, which need not exist yet. Its end sends no signal and no wait of the
 * host's takes it. */
bool cgroup_keeper_start(const struct cgroup_place *home);

#endif
