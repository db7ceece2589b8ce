/* connection.h - one connection of the program's: its request is read, judged, sent on and answered. Inside
 * the gateway. */
#ifndef CORDON_GATEWAY_CONNECTION_H
#define CORDON_GATEWAY_CONNECTION_H

#include "base/capability.h"
#include "gateway/body.h"
#include "gateway/keyring.h"
#include "gateway/pump.h"
#include "gateway/request.h"
#include "gateway/target.h"

/* What was asked and what came of it. */
struct event {
    char host[256], address[TARGET_ADDRESS_BYTES], method[17];
    char secret[SECRET_NAME_MAX + 1]; /* by name, of a request that had one; "": none */
    uint16_t port;
    bool is_allowed;
    const char *reason; /* of a refusal or failure */
    uint64_t sent_bytes, received_bytes, ms;
    uint64_t scrubbed; /* times that the secret was taken out of the answer */
};

struct connection {
    const struct capability_set *grant;
    const struct keyring *keyring; /* NULL: no secrets */
    struct pump pump;
    struct reader reader;
    struct request request;
    struct event event;
};

/* Serves the one request of the connection; the event says what came of it. */
void connection_serve(struct connection *connection);

/* A refusal that the program's client shows. */
void connection_refuse(struct connection *connection, const char *status, const char *what);

/* secret_serve.c: a request that gets the secret of this index. */
void connection_serve_secret(struct connection *connection, uint32_t index);

#endif
