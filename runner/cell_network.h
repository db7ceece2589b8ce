/* cell_network.h - the way out of a cell with a net grant, made by cordon-cell: a listening socket on the
 * cell's own loopback, which the supervisor's gateway accepts on. Linked into cordon-cell alone. */
#ifndef CORDON_RUNNER_CELL_NETWORK_H
#define CORDON_RUNNER_CELL_NETWORK_H

#include <stdbool.h>

/* Listens on CELL_PROXY_PORT and sends the socket to the supervisor with one byte; keeps none of it. */
bool cell_network_open(void);

#endif
