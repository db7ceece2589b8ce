/* launch.h - starts bubblewrap for one package: descriptors in place, empty environment, an unprivileged
 * user. Inside the runner. Safe in a process with threads: between clone and exec only system calls are made.
 */
#ifndef CORDON_RUNNER_LAUNCH_H
#define CORDON_RUNNER_LAUNCH_H

#include <sys/types.h>

#include "base/arena.h"
#include "base/error.h"
#include "runner/cgroup.h"
#include "runner/package.h"

/* A root caller's cells run as uids of this range, one for each live process, so that no two cells share one
 * and none is anybody's. Above what useradd, systemd and container ranges give out. */
enum { LAUNCH_UID_FIRST = 2000000000, LAUNCH_UID_SHARED = 65534 };

struct launched {
    int pidfd;                /* of bubblewrap */
    int stdin_fd;             /* to write the program's input; non-blocking */
    int stdout_fd, stderr_fd; /* to read its output; non-blocking */
    int control_fd;           /* to cordon-cell */
    int complaint_fd;         /* what bubblewrap itself has to say; non-blocking */
    int job_fd;               /* to the interpreter of a waiting cell; -1 for any other */
    int tools_fd;             /* to a program that has host tools; -1 for any other; non-blocking */
    pid_t *place;             /* in the keeper's book: bubblewrap's number and its process group's */
};

#define LAUNCHED_NONE ((struct launched){-1, -1, -1, -1, -1, -1, -1, -1, NULL})

/* The program: its bytes, or for a waiting cell the file that they will be written to. */
struct launch_program {
    struct view source;
    int file;
};

/* The cell is a member of `group` from its first instruction on. The caller closes with launched_clear, after
 * it has reaped. */
/* What a root caller's cells are: their own, or, where the operator accepts that and there are no uids for
 * it, the shared LAUNCH_UID_SHARED. False for any other caller, whose own uid they keep. */
bool launch_has_own_uid(bool accepts_shared);

bool launch(struct launched *launched, const struct package *package, const struct launch_program *program,
            const struct cgroup *group, struct error *err);
void launched_clear(struct launched *launched);

/* Kills bubblewrap and what it has started that is not tied to it yet. Nothing where it was not launched. */
void launched_kill(const struct launched *launched);

/* bubblewrap's absolute path, or NULL with the remedy. */
const char *launch_bwrap_find(struct error *err);

#endif
