/* http_server.h - the HTTP door of a service: HTTP/1.1 and JSON by libmicrohttpd, a thread for each
 * connection, everything bounded. docs/service.md and docs/openapi.json have the interface. */
#ifndef CORDON_CORDON_HTTP_SERVER_H
#define CORDON_CORDON_HTTP_SERVER_H

#include "base/digest.h"
#include "cordon/http_jobs.h"
#include "cordon/metrics.h"
#include "cordon/service.h"

enum {
    HTTP_BODY_BYTES = 20 << 20,    /* of one request: the largest source with the usual escapes, twice */
    HTTP_BODIES_BYTES = 256 << 20, /* of all of them together */
    HTTP_HEADER_BYTES = 32 << 10,  /* request line and headers */
    HTTP_IDLE_S = 30,              /* a connection without progress */
    HTTP_UPLOAD_MS = 60000,        /* a body that takes longer is given up */
    HTTP_SPARE_CONNECTIONS = 64,   /* beside those that work and wait: health, metrics, refusals */
};

struct MHD_Daemon;

struct http_server {
    const struct service *service;
    const char *actor; /* --actor: of requests that name none */
    bool has_token;
    struct digest token; /* compared as digests: their time says nothing */
    struct http_jobs jobs;
    struct metrics metrics;
    _Atomic uint64_t body_bytes; /* that are held for all requests */
    _Atomic unsigned requests;   /* with a body, that are not answered to their end */
    struct MHD_Daemon *daemon;
    int listen_fd;
};

/* One request, from its first line to its answer. */
struct http_request {
    struct arena arena; /* owns what the parsed request points at */
    char *body;
    size_t length, capacity;
    unsigned long long started_ms;
    unsigned refusal_status; /* its head was refused: the body is read and dropped, then this is the answer;
                                0: not */
    const char *refusal;
    struct caller caller;
    char actor[RECORD_ACTOR_BYTES + 1], client[RECORD_TEXT_BYTES + 1],
        traceparent[RECORD_TRACEPARENT_BYTES + 1];
    struct service_request asked;
    struct http_job job;
};

void http_request_free(struct http_server *server, struct http_request *request);

/* Serves what connects to `listen_fd`, until http_server_stop. The service outlives the server. */
bool http_server_start(struct http_server *server, unsigned slots, unsigned queue, struct error *err);

/* Takes no more connections; what runs may go on for `wait_ms` and is ended then, or at once where
 * `is_urgent` says so (asked again and again). */
void http_server_stop(struct http_server *server, unsigned wait_ms, bool (*is_urgent)(void *), void *context);

#endif
