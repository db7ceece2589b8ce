/* gateway.c - one thread accepts; one thread a connection reads a request, judges it, and moves its bytes. */
#include "gateway/gateway.h"

#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "gateway/body.h"
#include "gateway/dial.h"
#include "gateway/request.h"

enum { STOP_WAIT_MS = 2000, GRANT_ARENA_BYTES = 4 << 20 };

/* What was asked and what came of it. */
struct event {
    char host[256], address[TARGET_ADDRESS_BYTES], method[17];
    uint16_t port;
    bool is_allowed;
    const char *reason; /* of a refusal or failure */
    uint64_t sent_bytes, received_bytes, ms;
};

struct gateway {
    struct arena arena; /* of the grant */
    struct capability_set grant;
    int listener_fd, stop_fd;
    pthread_t acceptor;
    pthread_mutex_t lock; /* of all below */
    pthread_cond_t is_quiet;
    uint32_t active, total, references;
    uint32_t event_count, dropped;
    struct event events[LIMIT_EVENTS];
};

struct connection {
    struct gateway *gateway;
    struct pump pump;
    struct reader reader;
    struct request request;
    struct event event;
};

/* The last one out frees: a thread may still be in the resolver when the cell has long ended. */
static void gateway_release(struct gateway *gateway)
{
    pthread_mutex_lock(&gateway->lock);
    bool is_last = --gateway->references == 0;
    pthread_mutex_unlock(&gateway->lock);
    if (!is_last) return;
    pthread_mutex_destroy(&gateway->lock);
    pthread_cond_destroy(&gateway->is_quiet);
    cleanup_fd(&gateway->stop_fd);
    arena_clear(&gateway->arena);
    free(gateway);
}

/* Lets the client read the answer: closed with bytes unread, a socket resets and takes the answer along. */
static void linger(struct connection *connection)
{
    struct reader *reader = &connection->reader;
    uint64_t deadline_ms = io_now_ms() + LIMIT_LINGER_MS;
    shutdown(connection->pump.client_fd, SHUT_WR);
    for (size_t taken = 0; taken < LIMIT_LINGER_BYTES; taken += reader->end) {
        reader->start = reader->end = 0;
        if (!reader_fill(reader, &connection->pump, deadline_ms)) return;
    }
}

/* A refusal that the program's client shows. */
static void answer(struct connection *connection, const char *status, const char *what)
{
    char text[512], body[384];
    const struct event *event = &connection->event;
    int length = *event->host ? snprintf(body, sizeof body, "cordon: net %.200s:%u: %s\n", event->host,
                                         event->port, what)
                              : snprintf(body, sizeof body, "cordon: %s\n", what);
    length = snprintf(text, sizeof text,
                      "HTTP/1.1 %s\r\nContent-Type: text/plain\r\nContent-Length: %d\r\nConnection: "
                      "close\r\n\r\n%s",
                      status, length, body);
    if (pump_write(&connection->pump, connection->pump.client_fd, view_make(text, (size_t)length)))
        linger(connection);
}

/* The head of the one request. NULL, or why it is refused. */
static const char *head_read(struct connection *connection)
{
    struct reader *reader = &connection->reader;
    uint64_t deadline_ms = io_now_ms() + LIMIT_HEAD_MS;
    for (;;) {
        struct view text = view_make(reader->bytes, reader->end);
        size_t end = view_find(text, VIEW("\r\n\r\n"));
        if (end != SIZE_MAX) {
            reader->start = end + 4;
            return request_parse(&connection->request, view_slice(text, 0, end + 4));
        }
        if (!reader_fill(reader, &connection->pump, deadline_ms))
            return reader->end == sizeof reader->bytes ? "the head is too long" : "the head did not come";
    }
}

static void request_serve(struct connection *connection)
{
    struct event *event = &connection->event;
    struct request *request = &connection->request;
    struct pump *pump = &connection->pump;
    event->reason = head_read(connection);
    snprintf(event->host, sizeof event->host, "%s", request->host);
    snprintf(event->method, sizeof event->method, "%.*s", VIEW_ARGS(request->method));
    event->port = request->port;
    if (event->reason) {
        answer(connection, "400 Bad Request", event->reason);
        return;
    }
    event->reason = target_judge(&connection->gateway->grant, request->host, request->port);
    if (!event->reason)
        event->reason = dial(pump, &connection->gateway->grant, request->host, request->port, event->address);
    if (event->reason) {
        answer(connection, "403 Forbidden", event->reason);
        return;
    }
    event->is_allowed = true;
    struct reader *reader = &connection->reader;
    if (request->is_connect) {
        if (pump_write(pump, pump->client_fd, VIEW("HTTP/1.1 200 Connection established\r\n\r\n")))
            pump_run(pump, view_make(reader->bytes + reader->start, reader->end - reader->start), false);
        return;
    }
    char head[LIMIT_HEAD_BYTES + 1024];
    size_t length = request_write(request, head, sizeof head);
    pump->sent_bytes = length;
    bool is_sent = length && pump_write(pump, pump->server_fd, view_make(head, length)) &&
                   body_pass(pump, reader, request);
    if (is_sent)
        pump_run(pump, (struct view){0}, true);
    else
        event->reason = "the request was cut off";
}

static void *connection_main(void *argument)
{
    struct connection *connection = argument;
    struct gateway *gateway = connection->gateway;
    uint64_t started_ms = io_now_ms();
    request_serve(connection);
    cleanup_fd(&connection->pump.client_fd);
    cleanup_fd(&connection->pump.server_fd);
    connection->event.sent_bytes = connection->pump.sent_bytes;
    connection->event.received_bytes = connection->pump.received_bytes;
    connection->event.ms = io_now_ms() - started_ms;
    pthread_mutex_lock(&gateway->lock);
    if (gateway->event_count < LIMIT_EVENTS)
        gateway->events[gateway->event_count++] = connection->event;
    else
        gateway->dropped++;
    if (--gateway->active == 0) pthread_cond_signal(&gateway->is_quiet);
    pthread_mutex_unlock(&gateway->lock);
    gateway_release(gateway);
    free(connection);
    return NULL;
}

static void connection_start(struct gateway *gateway, int client_fd)
{
    pthread_mutex_lock(&gateway->lock);
    bool has_room = gateway->active < LIMIT_CONNECTIONS_AT_ONCE && gateway->total < LIMIT_CONNECTIONS_TOTAL;
    if (has_room) {
        gateway->active++;
        gateway->total++;
        gateway->references++;
    } else {
        gateway->dropped++;
    }
    pthread_mutex_unlock(&gateway->lock);
    struct connection *connection = has_room ? calloc(1, sizeof *connection) : NULL;
    pthread_attr_t attributes;
    pthread_t thread;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attributes, 256 * 1024);
    if (connection) {
        connection->gateway = gateway;
        connection->pump =
            (struct pump){.client_fd = client_fd, .server_fd = -1, .stop_fd = gateway->stop_fd};
    }
    bool is_started = connection && pthread_create(&thread, &attributes, connection_main, connection) == 0;
    pthread_attr_destroy(&attributes);
    if (is_started) return;
    close(client_fd);
    free(connection);
    if (!has_room) return;
    pthread_mutex_lock(&gateway->lock);
    gateway->active--;
    gateway->references--;
    gateway->dropped++;
    pthread_mutex_unlock(&gateway->lock);
}

static void *acceptor_main(void *argument)
{
    struct gateway *gateway = argument;
    for (;;) {
        struct pollfd waits[] = {{.fd = gateway->listener_fd, .events = POLLIN},
                                 {.fd = gateway->stop_fd, .events = POLLIN}};
        if (poll(waits, 2, -1) < 0) continue;
        if (waits[1].revents) break;
        int fd = accept4(gateway->listener_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd >= 0) connection_start(gateway, fd);
        if (fd < 0 && waits[0].revents & (POLLERR | POLLNVAL)) break;
    }
    cleanup_fd(&gateway->listener_fd);
    return NULL;
}

static bool grant_copy(struct gateway *gateway, const struct capability_set *grant)
{
    for (uint32_t i = 0; i < grant->count; i++) {
        struct capability item = grant->items[i];
        if (item.kind != CAPABILITY_NET) continue;
        item.argument = arena_copy(&gateway->arena, item.argument);
        if (!capability_set_add(&gateway->grant, &gateway->arena, item)) return false;
    }
    return true;
}

struct gateway *gateway_start(const struct capability_set *grant, int listener_fd, struct error *err)
{
    struct gateway *gateway = calloc(1, sizeof *gateway);
    if (!gateway) {
        close(listener_fd);
        error_set(err, ERROR_LIMIT, "no memory for the gateway");
        return NULL;
    }
    arena_init(&gateway->arena, GRANT_ARENA_BYTES);
    pthread_mutex_init(&gateway->lock, NULL);
    pthread_cond_init(&gateway->is_quiet, NULL);
    gateway->references = 1;
    gateway->listener_fd = listener_fd;
    gateway->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (gateway->stop_fd >= 0 && grant_copy(gateway, grant) &&
        pthread_create(&gateway->acceptor, NULL, acceptor_main, gateway) == 0)
        return gateway;
    cleanup_fd(&gateway->listener_fd);
    gateway_release(gateway);
    error_set(err, ERROR_SYSTEM, "cannot start the gateway");
    return NULL;
}

static json_t *event_json(const struct event *event)
{
    const char *decision = event->is_allowed ? "allow" : "refuse";
    return json_pack("{s:s, s:i, s:s, s:s, s:s, s:s?, s:I, s:I, s:I}", "host", event->host, "port",
                     (int)event->port, "address", event->address, "method", event->method, "decision",
                     decision, "reason", event->reason, "sent_bytes", (json_int_t)event->sent_bytes,
                     "received_bytes", (json_int_t)event->received_bytes, "ms", (json_int_t)event->ms);
}

json_t *gateway_stop(struct gateway *gateway)
{
    if (!gateway) return NULL;
    eventfd_write(gateway->stop_fd, 1); /* and never read: every thread sees it */
    pthread_join(gateway->acceptor, NULL);
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += STOP_WAIT_MS / 1000;
    pthread_mutex_lock(&gateway->lock);
    while (gateway->active && pthread_cond_timedwait(&gateway->is_quiet, &gateway->lock, &until) == 0)
        continue;
    json_t *connections = json_array();
    for (uint32_t i = 0; i < gateway->event_count; i++)
        json_array_append_new(connections, event_json(&gateway->events[i]));
    json_t *whole = json_pack("{s:o, s:i}", "connections", connections, "dropped",
                              (int)(gateway->dropped + gateway->active));
    pthread_mutex_unlock(&gateway->lock);
    gateway_release(gateway);
    return whole;
}
