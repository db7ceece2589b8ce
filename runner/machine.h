/* machine.h - what this machine has that cells are made of: bubblewrap and what is known of its version, user
 * namespaces and what restricts them, the kernel's filter and calls. Facts to explain with; whether a cell
 * can be made is found out by making one (doctor.h). */
#ifndef CORDON_RUNNER_MACHINE_H
#define CORDON_RUNNER_MACHINE_H

#include <stdbool.h>

#include "base/arena.h"

struct machine {
    const char *bwrap;                   /* its path; NULL: not installed */
    unsigned bwrap_version[3];           /* 0.0.0: not known */
    bool bwrap_is_setuid;                /* it then runs as root until it has made the cell */
    long user_namespaces_max;            /* user.max_user_namespaces; -1: no such setting */
    long userns_clone;                   /* kernel.unprivileged_userns_clone; -1: not of this kernel */
    long apparmor_restricts;             /* kernel.apparmor_restrict_unprivileged_userns; -1: likewise */
    bool has_notification, has_openat2;  /* seccomp user notification; openat2(2) */
    bool has_uid_range;                  /* root here can become any of the cells' uids */
    bool is_container, has_seccomp_mode; /* of the container that we are in: a filter is already on us */
    char *release;                       /* of the kernel */
};

/* `proc` is "/proc"; another folder is for tests. The texts live in the arena. */
void machine_examine(struct machine *machine, struct arena *arena, const char *proc);

/* Only has_uid_range; cheap. */
void machine_users_examine(struct machine *machine, const char *proc);

/* What to do where no user namespace can be made, for what was found here. */
const char *machine_userns_remedy(const struct machine *machine);

/* The known weaknesses of bubblewrap's version, with what cordon does about each: one sentence, "" where
 * there is none. Distributions mend without a new version, so it is what may be. */
const char *machine_bwrap_weaknesses(const struct machine *machine, struct arena *arena);

#endif
