/* cell_mounts.h - what cordon-cell does to the mounts of its cell before the program starts. */
#ifndef CORDON_RUNNER_CELL_MOUNTS_H
#define CORDON_RUNNER_CELL_MOUNTS_H

#include <stdbool.h>

/* The root and /proc are read-only from here on, where there are the memory of each process and what it may
 * be given. No file of a mount that can be written to is run or mapped as machine code from here on: neither
 * what the program writes nor what it is given. Drops every capability of the calling process. False: errno
 * says why.
 */
bool cell_mounts_seal(void);

#endif
