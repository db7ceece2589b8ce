/* resolve.h - a name's addresses, without waiting longer than one wants to. */
#ifndef CORDON_GATEWAY_RESOLVE_H
#define CORDON_GATEWAY_RESOLVE_H

#include <netdb.h>

#include "gateway/pump.h"

/* The addresses of a host, for freeaddrinfo; NULL with a static reason. The system's resolver has no deadline
 * and cannot be stopped, so it runs in a thread of its own, which is left behind where the pump's deadline or
 * LIMIT_RESOLVE_MS passes or the pump is stopped; it takes nothing of the caller's with it. Any thread. */
struct addrinfo *resolve(const struct pump *pump, const char *host, uint16_t port, const char **fault);

#endif
