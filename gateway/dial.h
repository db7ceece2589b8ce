/* dial.h - from a host's name to a connected socket: resolved once, judged by address, connected to that very
 * address. */
#ifndef CORDON_GATEWAY_DIAL_H
#define CORDON_GATEWAY_DIAL_H

#include "gateway/connection.h"

/* NULL: the pump's server is connected, and the event has the address. Otherwise why not; static. The
 * decision is in the journal before the first try. */
const char *dial(struct connection *connection, const struct capability_set *grant, const char *host,
                 uint16_t port);

#endif
