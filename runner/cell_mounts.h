/* cell_mounts.h - what cordon-cell does to the mounts of its cell before the program starts. */
#ifndef CORDON_RUNNER_CELL_MOUNTS_H
#define CORDON_RUNNER_CELL_MOUNTS_H

#include <stdbool.h>

/* No file of a mount that can be written to is run or mapped as machine code from here on: neither what the
 * program writes nor what it is given. Drops every capability of the calling process. False: errno says why.
 */
bool cell_mounts_seal(void);

#endif
