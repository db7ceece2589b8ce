/* seccomp_filter.h - the cell's system-call filter, as a BPF program (syscall.def and the rules on
 * arguments). */
#ifndef CORDON_RUNNER_SECCOMP_FILTER_H
#define CORDON_RUNNER_SECCOMP_FILTER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/view.h"

/* What a filter lets through beyond the least; a set of bits. */
enum seccomp_allow {
    SECCOMP_ALLOW_EXEC = 1,   /* sessions and groups, for programs that are started */
    SECCOMP_ALLOW_LISTEN = 2, /* names for sockets, and listening on them */
    SECCOMP_ALLOW_CODE = 4,   /* memory that was written may be run */
    SECCOMP_ALLOW_END = 8
};

/* The program's bytes (struct sock_filter[]), made with the first cell that needs them and never freed.
 * Made by libseccomp for the machine's own architecture; any other one kills the process. */
bool seccomp_filter_make(unsigned allowed, struct view *program, struct error *err);

/* The name of a system call of this machine ("ptrace"), or its number. */
struct view seccomp_call_name(struct arena *arena, int number);

#endif
