/* cgroup.h - a control group for each cell: hard limits of memory, processes and processor time for all of it
 * together.
 *
 * Version 2 where a subtree is ours (a delegated scope, a container), version 1 where its hierarchies are
 * writable, otherwise none: then the watch of cordon-cell and rlimits hold alone, and the result says so.
 * Groups of one process lie in a folder of that process; a keeper, a child that sleeps, removes it with all
 * that is left in it when the process has ended, however it ended. Any thread. */
#ifndef CORDON_RUNNER_CGROUP_H
#define CORDON_RUNNER_CGROUP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "runner/limits.h"

enum cgroup_kind { CGROUP_NONE, CGROUP_V1, CGROUP_V2 };

/* Version 1 has a folder for each of memory, pids, cpu and cpuacct; version 2 one for all. */
enum { CGROUP_FOLDERS_MAX = 4, CGROUP_PATH_BYTES = 512 };

struct cgroup {
    enum cgroup_kind kind;
    char folders[CGROUP_FOLDERS_MAX][CGROUP_PATH_BYTES];
    int procs_fds[CGROUP_FOLDERS_MAX]; /* a process that writes "0" here is a member */
    unsigned count;
    int cpu_fd; /* what the group has used; -1: not known */
};

#define CGROUP_ZERO ((struct cgroup){.procs_fds = {-1, -1, -1, -1}, .cpu_fd = -1})

/* Makes ready what the first group needs, beside other work. */
void cgroup_prepare(void);

/* Makes the group `name` under its limits. CGROUP_NONE where the machine gives none, or a part of one. */
void cgroup_open(struct cgroup *group, const char *name, const struct limits *limits);

/* Processor time of all that ever was in the group; 0 where it is not known. */
uint64_t cgroup_cpu_ms(const struct cgroup *group);

/* The limit that the kernel enforced on the group, or LIMIT_NONE. */
enum limit cgroup_breach(const struct cgroup *group);

/* Removes the group. What does not go at once is left to the keeper. */
void cgroup_close(struct cgroup *group);

/* "v1", "v2", "none". */
const char *cgroup_word(enum cgroup_kind kind);

#endif
