#include "gateway/connection.h"

#include <stdio.h>
#include <sys/socket.h>

#include "base/io.h"
#include "gateway/dial.h"
#include "gateway/keyring_inner.h"
#include "gateway/secret_use.h"

/* Lets the client read the answer: closed with bytes unread, a socket resets and takes the answer along. */
static void linger(struct connection *connection)
{
    struct reader *reader = &connection->reader;
    uint64_t deadline_ms = io_now_ms() + LIMIT_LINGER_MS;
    shutdown(connection->pump.client.fd, SHUT_WR);
    for (size_t taken = 0; taken < LIMIT_LINGER_BYTES; taken += reader->end) {
        reader->start = reader->end = 0;
        if (!reader_fill(reader, &connection->pump, deadline_ms)) return;
    }
}

void connection_refuse(struct connection *connection, const char *status, const char *what)
{
    char text[512], body[384];
    const struct event *event = &connection->event;
    connection_decide(connection, what);
    int length = *event->host ? snprintf(body, sizeof body, "cordon: net %.200s:%u: %s\n", event->host,
                                         event->port, what)
                              : snprintf(body, sizeof body, "cordon: %s\n", what);
    length = snprintf(text, sizeof text,
                      "HTTP/1.1 %s\r\nContent-Type: text/plain\r\nContent-Length: %d\r\nConnection: "
                      "close\r\n\r\n%s",
                      status, length, body);
    if (pump_write(&connection->pump, &connection->pump.client, view_make(text, (size_t)length)))
        linger(connection);
}

const char *connection_head_read(struct connection *connection, const char *host, uint16_t port)
{
    struct reader *reader = &connection->reader;
    uint64_t deadline_ms = io_now_ms() + LIMIT_HEAD_MS;
    for (;;) {
        struct view text = view_make(reader->bytes, reader->end);
        size_t end = view_find(text, VIEW("\r\n\r\n"));
        if (end != SIZE_MAX) {
            reader->start = end + 4;
            text = view_slice(text, 0, end + 4);
            return host ? request_parse_within(&connection->request, text, host, port)
                        : request_parse(&connection->request, text);
        }
        if (!reader_fill(reader, &connection->pump, deadline_ms))
            return reader->end == sizeof reader->bytes ? "the head is too long" : "the head did not come";
    }
}

/* Whether the request is for a secret; it is then served. */
static bool keyring_serve(struct connection *connection)
{
    const struct keyring *keyring = connection->keyring;
    uint32_t secret = secret_find(keyring->rules, keyring->count, &connection->request);
    if (secret == SECRET_NONE) return false;
    connection_serve_secret(connection, secret);
    return true;
}

const char *connection_judge(struct connection *connection)
{
    const struct request *request = &connection->request;
    if (view_ends_with(view_of_cstr(request->host), VIEW(SECRET_DOMAIN)))
        return "no such endpoint; those of secrets are asked by plain HTTP on port 80";
    if (connection->keyring) {
        const char *token = connection->keyring->token;
        const char *fault = secret_placeholder_judge(NULL, request, token);
        if (fault) return fault;
        connection->reader.watch = view_of_cstr(token);
    }
    bool is_limited = false;
    const char *fault =
        target_judge(connection->grant, request->host, request->port, request->method, &is_limited);
    if (fault || !is_limited || !request_overrides(request)) return fault;
    return "a header that takes another method or path";
}

void connection_serve(struct connection *connection)
{
    struct event *event = &connection->event;
    struct request *request = &connection->request;
    struct pump *pump = &connection->pump;
    event->reason = connection_head_read(connection, NULL, 0);
    snprintf(event->host, sizeof event->host, "%s", request->host);
    snprintf(event->method, sizeof event->method, "%.*s", VIEW_ARGS(request->method));
    event->port = request->port;
    if (event->reason) {
        connection_refuse(connection, "400 Bad Request", event->reason);
        return;
    }
    if (connection_is_intercepted(connection)) {
        connection_intercept(connection);
        return;
    }
    if (connection->keyring && keyring_serve(connection)) return;
    event->reason = connection_judge(connection);
    if (!event->reason) event->reason = dial(connection, connection->grant, request->host, request->port);
    if (event->reason) {
        connection_refuse(connection, "403 Forbidden", event->reason);
        return;
    }
    event->is_allowed = true;
    struct reader *reader = &connection->reader;
    if (request->is_connect) {
        if (pump_write(pump, &pump->client, VIEW("HTTP/1.1 200 Connection established\r\n\r\n")))
            pump_run(pump, view_make(reader->bytes + reader->start, reader->end - reader->start), false);
        return;
    }
    char head[LIMIT_HEAD_BYTES + 1024];
    size_t length = request_write(request, head, sizeof head);
    pump->sent_bytes = length;
    bool is_sent = length && pump_write(pump, &pump->server, view_make(head, length)) &&
                   body_pass(pump, reader, request);
    if (is_sent)
        pump_run(pump, (struct view){0}, true);
    else
        event->reason = reader->has_found ? "a placeholder where no secret goes" : "the request was cut off";
}
