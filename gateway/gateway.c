/* gateway.c - one thread accepts; one thread a connection serves it. */
#include "gateway/gateway.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "gateway/connection.h"

enum { STOP_WAIT_MS = 2000, GRANT_ARENA_BYTES = 4 << 20 };

struct gateway {
    struct arena arena; /* of the grant */
    struct capability_set grant;
    struct keyring *keyring; /* NULL: no secrets */
    struct journal *journal; /* NULL: nobody keeps one */
    int listener_fd, stop_fd;
    pthread_t acceptor;
    pthread_mutex_t lock; /* of all below */
    pthread_cond_t is_quiet;
    uint32_t active, total, arrived, references;
    uint32_t event_count, dropped;
    struct event events[LIMIT_EVENTS];
};

/* A connection and whose it is. */
struct guest {
    struct gateway *gateway;
    struct connection connection;
};

/* The last one out frees: a thread may still be at a server when the cell has long ended. */
static void gateway_release(struct gateway *gateway)
{
    pthread_mutex_lock(&gateway->lock);
    bool is_last = --gateway->references == 0;
    pthread_mutex_unlock(&gateway->lock);
    if (!is_last) return;
    pthread_mutex_destroy(&gateway->lock);
    pthread_cond_destroy(&gateway->is_quiet);
    cleanup_fd(&gateway->stop_fd);
    keyring_free(gateway->keyring);
    journal_free(gateway->journal);
    arena_clear(&gateway->arena);
    free(gateway);
}

static bool event_is_like(const struct event *one, const struct event *other)
{
    return one->port == other->port && one->is_allowed == other->is_allowed && one->reason == other->reason &&
           one->is_intercepted == other->is_intercepted && strcmp(one->method, other->method) == 0 &&
           strcmp(one->secret, other->secret) == 0 && strcmp(one->address, other->address) == 0 &&
           strcmp(one->host, other->host) == 0;
}

/* On record; where there is no room for more, together with one like it. The lock is held. */
static void event_add(struct gateway *gateway, const struct event *event)
{
    if (gateway->event_count < LIMIT_EVENTS) {
        gateway->events[gateway->event_count] = *event;
        gateway->events[gateway->event_count++].count = 1;
        return;
    }
    for (uint32_t i = 0; i < gateway->event_count; i++) {
        struct event *like = &gateway->events[i];
        if (!event_is_like(like, event)) continue;
        like->count++;
        like->sent_bytes += event->sent_bytes;
        like->received_bytes += event->received_bytes;
        like->ms += event->ms;
        like->scrubbed += event->scrubbed;
        return;
    }
    gateway->dropped++;
}

static void *connection_main(void *argument)
{
    struct guest *guest = argument;
    struct gateway *gateway = guest->gateway;
    struct connection *connection = &guest->connection;
    uint64_t started_ms = io_now_ms();
    connection_serve(connection);
    pump_close(&connection->pump);
    connection->event.sent_bytes = connection->pump.sent_bytes;
    connection->event.received_bytes = connection->pump.received_bytes;
    connection->event.ms = io_now_ms() - started_ms;
    connection_end(connection);
    pthread_mutex_lock(&gateway->lock);
    event_add(gateway, &connection->event);
    if (--gateway->active == 0) pthread_cond_signal(&gateway->is_quiet);
    pthread_mutex_unlock(&gateway->lock);
    gateway_release(gateway);
    free(guest);
    return NULL;
}

/* Turned away before anything was read; on record. */
static void connection_drop(struct gateway *gateway, int client_fd, uint32_t number)
{
    struct connection turned = {.journal = gateway->journal, .number = number};
    connection_decide(&turned, "too many connections");
    close(client_fd);
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
    uint32_t number = ++gateway->arrived;
    pthread_mutex_unlock(&gateway->lock);
    struct guest *guest = has_room ? calloc(1, sizeof *guest) : NULL;
    pthread_attr_t attributes;
    pthread_t thread;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attributes, 256 * 1024);
    if (guest) {
        struct connection *connection = &guest->connection;
        guest->gateway = gateway;
        connection->grant = &gateway->grant;
        connection->keyring = gateway->keyring;
        connection->journal = gateway->journal;
        connection->number = number;
        connection->pump =
            (struct pump){.client = {.fd = client_fd}, .server = {.fd = -1}, .stop_fd = gateway->stop_fd};
        connection->reader.link = &connection->pump.client;
    }
    bool is_started = guest && pthread_create(&thread, &attributes, connection_main, guest) == 0;
    pthread_attr_destroy(&attributes);
    if (is_started) return;
    connection_drop(gateway, client_fd, number);
    free(guest);
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
        int fd = accept4(gateway->listener_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC), yes = 1;
        if (fd >= 0) setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
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

/* The host's signals are not for our threads, and none of them dies of a connection that is gone. */
static bool acceptor_start(struct gateway *gateway)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool is_started = pthread_create(&gateway->acceptor, NULL, acceptor_main, gateway) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return is_started;
}

struct gateway *gateway_start(const struct capability_set *grant, struct keyring *keyring,
                              struct journal *journal, int listener_fd, struct error *err)
{
    struct gateway *gateway = calloc(1, sizeof *gateway);
    if (!gateway) {
        close(listener_fd);
        keyring_free(keyring);
        error_set(err, ERROR_LIMIT, "no memory for the gateway");
        return NULL;
    }
    arena_init(&gateway->arena, GRANT_ARENA_BYTES);
    pthread_mutex_init(&gateway->lock, NULL);
    pthread_cond_init(&gateway->is_quiet, NULL);
    gateway->references = 1;
    gateway->keyring = keyring;
    gateway->journal = journal_share(journal);
    gateway->listener_fd = listener_fd;
    gateway->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (gateway->stop_fd >= 0 && grant_copy(gateway, grant) && acceptor_start(gateway)) return gateway;
    cleanup_fd(&gateway->listener_fd);
    gateway_release(gateway);
    error_set(err, ERROR_SYSTEM, "cannot start the gateway");
    return NULL;
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
        json_array_append_new(connections, connection_event_json(&gateway->events[i]));
    json_t *whole = json_pack("{s:o, s:i}", "connections", connections, "dropped",
                              (int)(gateway->dropped + gateway->active));
    pthread_mutex_unlock(&gateway->lock);
    gateway_release(gateway);
    return whole;
}
