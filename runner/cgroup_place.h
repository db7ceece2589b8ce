/* cgroup_place.h - where on this machine a process may make control groups. Inside the runner. */
#ifndef CORDON_RUNNER_CGROUP_PLACE_H
#define CORDON_RUNNER_CGROUP_PLACE_H

#include "runner/cgroup.h"

struct cgroup_place {
    enum cgroup_kind kind;
    char folders[CGROUP_FOLDERS_MAX][CGROUP_PATH_BYTES]; /* writable; new groups go below */
    unsigned count;
};

/* What a hierarchy of version 1 is for; the order of a place's folders. */
enum cgroup_controller { CGROUP_MEMORY, CGROUP_PIDS, CGROUP_CPU, CGROUP_CPUACCT };

/* Reads the mounts and the memberships of a process: "/proc/self/mountinfo", "/proc/self/cgroup". Other paths
 * are for tests. */
void cgroup_place_find(struct cgroup_place *place, const char *mounts, const char *memberships);

#endif
