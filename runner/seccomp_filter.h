/* seccomp_filter.h - the cell's system-call filter, as a BPF program (syscall.def and the rules on
 * arguments). */
#ifndef CORDON_RUNNER_SECCOMP_FILTER_H
#define CORDON_RUNNER_SECCOMP_FILTER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/view.h"

/* The program's bytes (struct sock_filter[]), made with the first cell and never freed; a little tighter
 * where no program may be started. Made by libseccomp for the machine's own architecture; any other one kills
 * the process. */
bool seccomp_filter_make(bool allows_exec, struct view *program, struct error *err);

/* The name of a system call of this machine ("ptrace"), or its number. */
struct view seccomp_call_name(struct arena *arena, int number);

#endif
