/* connection.h - one connection of the program's: its request is read, judged, sent on and answered. Inside
 * the gateway. */
#ifndef CORDON_GATEWAY_CONNECTION_H
#define CORDON_GATEWAY_CONNECTION_H

#include <jansson.h>

#include "base/capability.h"
#include "gateway/body.h"
#include "gateway/journal.h"
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
    bool is_intercepted; /* within TLS that the gateway ended */
    const char *reason;  /* of a refusal or failure */
    uint64_t sent_bytes, received_bytes, ms;
    uint32_t count;    /* of those that the record has as one: their bytes and times together */
    uint64_t scrubbed; /* times that the secret was taken out of the answer */
};

enum decided { UNDECIDED, DECIDED_REFUSE, DECIDED_ALLOW };

struct connection {
    const struct capability_set *grant;
    const struct keyring *keyring; /* NULL: no secrets */
    struct journal *journal;       /* NULL: nobody keeps one */
    uint32_t number;               /* of the run, from 1; for the journal */
    enum decided decided;          /* as the journal has it */
    struct pump pump;
    struct reader reader;
    struct request request;
    struct event event;
};

/* Serves the one request of the connection; the event says what came of it. */
void connection_serve(struct connection *connection);

/* A refusal that the program's client shows. */
void connection_refuse(struct connection *connection, const char *status, const char *what);

/* NULL, or why a request without a secret is refused; static. */
const char *connection_judge(struct connection *connection);

/* The head of the one request; within a tunnel to `host`, or, where that is NULL, a proxy's. NULL, or why it
 * is refused; static. */
const char *connection_head_read(struct connection *connection, const char *host, uint16_t port);

/* secret_serve.c: TLS to the connected server, verified for this host. NULL, or why not; static. */
const char *connection_secure(struct connection *connection, const char *host);
/* Passes the server's answer, without the secret; the event says what came of it. */
struct answer_space;
void connection_answer(struct connection *connection, struct answer_space *space, struct view secret,
                       bool is_sent);

/* intercept.c: whether the tunnel that is asked for is one whose TLS the gateway ends; serves the request in
 * it. */
bool connection_is_intercepted(const struct connection *connection);
void connection_intercept(struct connection *connection);

/* secret_serve.c: a request that gets the secret of this index. */
void connection_serve_secret(struct connection *connection, uint32_t index);
/* The same by a rule that need not be the keyring's, with this value: to the rule's host and no other. */
void connection_serve_rule(struct connection *connection, const struct secret_rule *rule, struct view value);

/* event.c: an event as it stands on record; a new reference, NULL without memory. */
json_t *connection_event_json(const struct event *event);

/* event.c: the decision goes into the journal, once; a NULL `refusal` allows. Before anything of it is done.
 * False: it is not there, so nothing may be done. */
bool connection_decide(struct connection *connection, const char *refusal);

/* event.c: behind it all, with the counts in the event. */
void connection_end(struct connection *connection);

#endif
