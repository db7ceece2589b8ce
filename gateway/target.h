/* target.h - whether a host and an address may be connected to. Pure. */
#ifndef CORDON_GATEWAY_TARGET_H
#define CORDON_GATEWAY_TARGET_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/capability.h"

/* Room for an address in text. */
enum { TARGET_ADDRESS_BYTES = 64 };

/* NULL: a grant covers the host and port, and the method ("CONNECT": a tunnel, in which nobody sees methods).
 * `is_limited`: not every method. Otherwise why not. Static. `host` is lower case, without brackets. */
const char *target_judge(const struct capability_set *grant, const char *host, uint16_t port,
                         struct view method, bool *is_limited);

/* Whether a grant, of whatever methods, covers the host and port. */
bool target_is_listed(const struct capability_set *grant, const char *host, uint16_t port);

/* NULL: the address may be connected to for this host. An address that is not of the public internet must be
 * granted itself: a granted name that leads to it is not enough, since whoever answers for the name would
 * choose (DNS rebinding). `localhost` is granted by its name. */
const char *target_judge_address(const struct capability_set *grant, const char *host,
                                 const struct sockaddr *address);

/* Whether the address is one of the public internet: not loopback, private, link-local, shared (CGNAT),
 * documentation, multicast, reserved, or an IPv6 form that stands for such an IPv4 address. Source: the IANA
 * special-purpose address registries (RFC 6890 and its updates). */
bool target_is_public(const struct sockaddr *address);

/* "192.0.2.1" or "2001:db8::1". Returns `text`. */
const char *target_address_text(const struct sockaddr *address, char text[TARGET_ADDRESS_BYTES]);

#endif
