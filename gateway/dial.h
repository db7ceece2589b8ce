/* dial.h - from a host's name to a connected socket: resolved once, judged by address, connected to that very
 * address. */
#ifndef CORDON_GATEWAY_DIAL_H
#define CORDON_GATEWAY_DIAL_H

#include "gateway/pump.h"
#include "gateway/target.h"

/* NULL: pump->server.fd is connected, and `address` has where to. Otherwise why not; static. May block in the
 * resolver. */
const char *dial(struct pump *pump, const struct capability_set *grant, const char *host, uint16_t port,
                 char address[TARGET_ADDRESS_BYTES]);

#endif
