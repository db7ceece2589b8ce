/* secret_serve.c - a request that gets its secret: written anew in memory that is wiped, over verified TLS to
 * the secret's own host, and the answer with the secret taken out. */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/socket.h>

#include "base/io.h"
#include "gateway/answer_pass.h"
#include "gateway/connection.h"
#include "gateway/dial.h"
#include "gateway/keyring_inner.h"
#include "gateway/secret_use.h"

/* All that may hold the secret on its way. */
struct space {
    char head[LIMIT_HEAD_BYTES + 2 * SECRET_VALUE_MAX + 4096]; /* the encoded secret, and what is added */
};

enum { GRANT_BYTES = 300 };

static struct capability grant_make(char text[GRANT_BYTES], const char *host, uint16_t port)
{
    bool is_address = strchr(host, ':') != NULL;
    int length =
        snprintf(text, GRANT_BYTES, "%s%s%s:%u", is_address ? "[" : "", host, is_address ? "]" : "", port);
    return (struct capability){CAPABILITY_NET, true, view_make(text, (size_t)length)};
}

/* The secret's host is its own grant, and nobody else's; so are the addresses that its rule names. */
static const char *host_dial(struct connection *connection, const struct secret_rule *rule)
{
    char texts[1 + SECRET_PATTERNS_MAX][GRANT_BYTES];
    struct capability items[1 + SECRET_PATTERNS_MAX];
    uint32_t count = 1;
    items[0] = grant_make(texts[0], rule->host, rule->port);
    for (; rule->addresses && rule->addresses[count - 1]; count++)
        items[count] = grant_make(texts[count], rule->addresses[count - 1], rule->port);
    struct capability_set grant = {items, count, count};
    return dial(connection, &grant, rule->host, rule->port);
}

const char *connection_secure(struct connection *connection, const char *host)
{
    struct pump *pump = &connection->pump;
    pump->server.tls = tls_client_new(connection->keyring->trust, pump->server.fd, host);
    if (!pump->server.tls) return "no memory for TLS";
    return pump_handshake(pump, &pump->server, io_now_ms() + LIMIT_CONNECT_MS);
}

/* The answer ends before its time: the client must not take it for a whole one. */
static void connection_reset(struct connection *connection)
{
    struct linger now = {.l_onoff = 1};
    setsockopt(connection->pump.client.fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

/* A server that waits for word of what it sent (its tickets of TLS) before it sends its answer gets it at
 * once. */
static void answer_hasten(const struct pump *pump)
{
    int yes = 1;
    setsockopt(pump->server.fd, IPPROTO_TCP, TCP_QUICKACK, &yes, sizeof yes);
}

void connection_answer(struct connection *connection, struct answer_space *space, struct view secret,
                       bool is_sent)
{
    struct event *event = &connection->event;
    struct pump *pump = &connection->pump;
    bool has_begun = false;
    answer_hasten(pump);
    /* A server that answers before the whole body came may close its side. */
    event->reason = connection->reader.has_found
                        ? "a placeholder where no secret goes"
                        : answer_pass(pump, space, secret, &connection->request, &has_begun);
    event->scrubbed = space->scrub.found;
    if (!event->reason && !is_sent)
        event->reason = "the request was cut off";
    else if (event->reason && has_begun)
        connection_reset(connection);
    else if (event->reason)
        connection_refuse(connection, "502 Bad Gateway", event->reason);
}

static void exchange(struct connection *connection, struct space *space, struct answer_space *answer,
                     const struct secret_rule *rule, struct view value)
{
    struct event *event = &connection->event;
    struct pump *pump = &connection->pump;
    size_t length = secret_request_write(rule, value, &connection->request, space->head, sizeof space->head);
    if (!length) {
        event->reason = "the request is too long with its secret";
        connection_refuse(connection, "431 Request Header Fields Too Large", event->reason);
        return;
    }
    event->reason = host_dial(connection, rule);
    if (!event->reason && rule->is_tls) event->reason = connection_secure(connection, rule->host);
    if (event->reason) {
        connection_refuse(connection, "502 Bad Gateway", event->reason);
        return;
    }
    event->is_allowed = true;
    pump->sent_bytes = length;
    bool is_sent = pump_write(pump, &pump->server, view_make(space->head, length));
    explicit_bzero(space->head, length);
    connection->request.method = view_of_cstr(event->method); /* a body takes the place of the head */
    connection->reader.watch = view_of_cstr(connection->keyring->token);
    is_sent = is_sent && body_pass(pump, &connection->reader, &connection->request);
    connection_answer(connection, answer, value, is_sent);
}

void connection_serve_rule(struct connection *connection, const struct secret_rule *rule, struct view value)
{
    struct event *event = &connection->event;
    event->reason = secret_request_judge(rule, &connection->request, connection->keyring->token);
    if (event->reason) {
        connection_refuse(connection, "403 Forbidden", event->reason);
        return;
    }
    struct space *space = vault_memory_new(sizeof *space);
    struct answer_space *answer = vault_memory_try(sizeof *answer);
    if (!space || !answer) {
        event->reason = "no memory for secrets that is locked";
        connection_refuse(connection, "503 Service Unavailable", event->reason);
    } else {
        exchange(connection, space, answer, rule, value);
    }
    vault_memory_free(answer, sizeof *answer);
    vault_memory_free(space, sizeof *space);
}

void connection_serve_secret(struct connection *connection, uint32_t index)
{
    const struct secret_rule *rule = &connection->keyring->rules[index];
    snprintf(connection->event.secret, sizeof connection->event.secret, "%s", rule->name);
    connection_serve_rule(connection, rule, vault_value(connection->keyring->vault, index));
}
