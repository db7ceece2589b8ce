/* intercept.c - a tunnel whose TLS the gateway ends itself, with a certificate of the cell's own authority:
 * so that a client which speaks only TLS can have secrets added and is held to methods and paths. */
#include <stdio.h>

#include "base/io.h"
#include "gateway/answer_pass.h"
#include "gateway/connection.h"
#include "gateway/dial.h"
#include "gateway/keyring_inner.h"
#include "gateway/secret_use.h"

bool connection_is_intercepted(const struct connection *connection)
{
    const struct request *request = &connection->request;
    const struct keyring *keyring = connection->keyring;
    if (!keyring || !keyring->authority || !request->is_connect) return false;
    return target_is_listed(&keyring->intercepts, request->host, request->port);
}

/* NULL: something of this host may be asked for, with a secret or by a grant. */
static const char *host_judge(const struct connection *connection)
{
    const struct keyring *keyring = connection->keyring;
    const struct request *request = &connection->request;
    for (uint32_t i = 0; i < keyring->count; i++)
        if (secret_is_for(&keyring->rules[i], request->host, request->port)) return NULL;
    return target_is_listed(connection->grant, request->host, request->port) ? NULL : "not granted";
}

/* Without a secret: over verified TLS to the granted host, as the program asked. */
static void request_relay(struct connection *connection, struct answer_space *space)
{
    const struct request *request = &connection->request;
    struct event *event = &connection->event;
    struct pump *pump = &connection->pump;
    char head[LIMIT_HEAD_BYTES + 1024];
    size_t length = request_write(request, head, sizeof head);
    event->reason = length ? dial(connection, connection->grant, request->host, request->port)
                           : "the request is too long";
    if (!event->reason) event->reason = connection_secure(connection, request->host);
    if (event->reason) {
        connection_refuse(connection, "502 Bad Gateway", event->reason);
        return;
    }
    event->is_allowed = true;
    pump->sent_bytes = length;
    bool is_sent = pump_write(pump, &pump->server, view_make(head, length));
    connection->request.method = view_of_cstr(event->method); /* a body takes the place of the head */
    is_sent = is_sent && body_pass(pump, &connection->reader, request);
    connection_answer(connection, space, (struct view){0}, is_sent);
}

static void request_within_serve(struct connection *connection)
{
    const struct keyring *keyring = connection->keyring;
    const struct request *request = &connection->request;
    struct event *event = &connection->event;
    uint32_t secret = secret_find(keyring->rules, keyring->count, request);
    if (secret != SECRET_NONE) {
        connection_serve_secret(connection, secret);
        return;
    }
    event->reason = connection_judge(connection);
    if (event->reason) {
        connection_refuse(connection, "403 Forbidden", event->reason);
        return;
    }
    struct answer_space *space = vault_memory_try(sizeof *space);
    if (space) {
        request_relay(connection, space);
    } else {
        event->reason = "no memory";
        connection_refuse(connection, "503 Service Unavailable", event->reason);
    }
    vault_memory_free(space, sizeof *space);
}

void connection_intercept(struct connection *connection)
{
    struct request *request = &connection->request;
    struct event *event = &connection->event;
    struct pump *pump = &connection->pump;
    struct reader *reader = &connection->reader;
    event->is_intercepted = true;
    event->reason =
        reader->start != reader->end ? "bytes behind the head of a tunnel" : host_judge(connection);
    if (event->reason) {
        connection_refuse(connection, "403 Forbidden", event->reason);
        return;
    }
    if (!pump_write(pump, &pump->client, VIEW("HTTP/1.1 200 Connection established\r\n\r\n"))) return;
    pump->client.tls = authority_server(connection->keyring->authority, pump->client.fd, request->host);
    if (!pump->client.tls || pump_handshake(pump, &pump->client, io_now_ms() + LIMIT_HEAD_MS)) {
        event->reason = "the program does not take the certificate of the cell's authority";
        return;
    }
    reader->start = reader->end = 0;
    char host[sizeof request->host];
    uint16_t port = request->port;
    snprintf(host, sizeof host, "%s", request->host);
    event->reason = connection_head_read(connection, host, port);
    snprintf(event->method, sizeof event->method, "%.*s", VIEW_ARGS(request->method));
    if (event->reason)
        connection_refuse(connection, "400 Bad Request", event->reason);
    else
        request_within_serve(connection);
}
