/* gateway.h - the door of what a running cell may talk to outside itself: the egress proxy, and host tools
 * (tool.h, tool_server.h).
 *
 * A cell has no network device but its own loopback. cordon-cell opens a listening socket there and hands it
 * to the supervisor; a gateway accepts on it, decides every request by the host and port that it names,
 * resolves the name itself, and connects to the very address that it has judged. One gateway serves one cell.
 *
 * Threads: gateway_start makes one thread and one more for each connection; no signals. gateway_stop may be
 * called from any thread, once. */
#ifndef CORDON_GATEWAY_GATEWAY_H
#define CORDON_GATEWAY_GATEWAY_H

#include <jansson.h>
#include <stdbool.h>

#include "base/capability.h"
#include "base/error.h"
#include "gateway/journal.h"
#include "gateway/keyring.h"
#include "gateway/secret.h"
#include "gateway/secret_preview.h"
#include "gateway/tool.h"
#include "gateway/tool_http.h"
#include "gateway/tool_server.h"

struct gateway;

/* Serves `listener_fd`, which it owns from now on, until gateway_stop. The grant is copied: its `net` lines
 * decide. The keyring, or NULL, is the gateway's from now on. The journal, or NULL, is shared; it gets
 * "gateway.decision" for every request, before a connection is made, and "gateway.connection" behind every
 * one that was allowed. NULL: the descriptor and the keyring are gone and `err` says why. */
struct gateway *gateway_start(const struct capability_set *grant, struct keyring *keyring,
                              struct journal *journal, int listener_fd, struct error *err);

/* Ends every connection and frees it. Returns what was asked and what came of it, in the order of their ends:
 * {"connections": [{"host", "port", "address", "method", "decision", "reason", "sent_bytes",
 * "received_bytes", "ms", "count"?, "secret"?, "scrubbed"?, "intercepted"?}], "dropped": n}; a new reference,
 * or NULL without memory. NULL is none. */
json_t *gateway_stop(struct gateway *gateway);

#endif
