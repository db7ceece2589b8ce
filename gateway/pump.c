#include "gateway/pump.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "gateway/limits.h"
#include "gateway/tls.h"

enum { PUMP_BYTES = 16 * 1024 };

bool pump_wait(const struct pump *pump, int fd, short events, uint64_t deadline_ms)
{
    if (pump->deadline_ms && pump->deadline_ms < deadline_ms) deadline_ms = pump->deadline_ms;
    for (;;) {
        uint64_t now = io_now_ms();
        if (now >= deadline_ms) return false;
        struct pollfd waits[] = {{.fd = fd, .events = events}, {.fd = pump->stop_fd, .events = POLLIN}};
        int ready = poll(waits, 2, (int)(deadline_ms - now));
        if (ready < 0 && errno != EINTR) return false;
        if (ready > 0) return waits[1].revents == 0;
    }
}

/* Waits for what a TLS call wants. False: it failed, or the deadline passed. */
static bool tls_wait(const struct pump *pump, const struct link *link, int outcome, uint64_t deadline_ms)
{
    if (outcome != TLS_WANTS_READ && outcome != TLS_WANTS_WRITE) return false;
    return pump_wait(pump, link->fd, outcome == TLS_WANTS_READ ? POLLIN : POLLOUT, deadline_ms);
}

static ssize_t memory_read(struct memory_link *memory, char *bytes, size_t length)
{
    if (length > memory->given.length) length = memory->given.length;
    if (length) memcpy(bytes, memory->given.bytes, length);
    memory->given = view_slice(memory->given, length, memory->given.length);
    return (ssize_t)length;
}

static bool memory_write(struct memory_link *memory, struct view bytes)
{
    memory->is_over |= bytes.length > memory->size - memory->length;
    if (memory->is_over) return false;
    if (bytes.length) memcpy(memory->taken + memory->length, bytes.bytes, bytes.length);
    memory->length += bytes.length;
    return true;
}

ssize_t pump_read(const struct pump *pump, const struct link *from, char *bytes, size_t length,
                  uint64_t deadline_ms)
{
    if (from->memory) return memory_read(from->memory, bytes, length);
    while (from->tls) {
        int got = tls_read(from->tls, bytes, length);
        if (got >= 0) return got;
        if (!tls_wait(pump, from, got, deadline_ms)) return -1;
    }
    for (;;) {
        ssize_t got = recv(from->fd, bytes, length, 0);
        if (got >= 0) return got;
        if (errno != EAGAIN && errno != EINTR) return -1;
        if (!pump_wait(pump, from->fd, POLLIN, deadline_ms)) return -1;
    }
}

bool pump_write(const struct pump *pump, const struct link *to, struct view bytes)
{
    if (to->memory) return memory_write(to->memory, bytes);
    while (bytes.length) {
        ssize_t put = to->tls ? tls_write(to->tls, bytes.bytes, bytes.length)
                              : send(to->fd, bytes.bytes, bytes.length, MSG_NOSIGNAL);
        uint64_t deadline_ms = io_now_ms() + LIMIT_IDLE_MS;
        if (put > 0) {
            bytes = view_slice(bytes, (size_t)put, bytes.length);
        } else if (to->tls) {
            if (!tls_wait(pump, to, (int)put, deadline_ms)) return false;
        } else if (errno != EINTR && (errno != EAGAIN || !pump_wait(pump, to->fd, POLLOUT, deadline_ms))) {
            return false;
        }
    }
    return true;
}

const char *pump_handshake(const struct pump *pump, const struct link *link, uint64_t deadline_ms)
{
    for (;;) {
        int outcome = tls_handshake(link->tls);
        if (outcome > 0) return NULL;
        if (!tls_wait(pump, link, outcome, deadline_ms)) return tls_fault(link->tls);
    }
}

void pump_close(struct pump *pump)
{
    struct link *links[] = {&pump->client, &pump->server};
    for (int i = 0; i < 2; i++) {
        tls_free(links[i]->tls);
        links[i]->tls = NULL;
        cleanup_fd(&links[i]->fd);
    }
}

/* One direction. */
struct flow {
    int from, to;
    uint64_t *total;
    char bytes[PUMP_BYTES];
    size_t start, end;
    bool has_ended; /* nothing more comes */
};

/* False: the connection is to be closed. */
static bool flow_move(struct flow *flow, bool is_readable, bool is_writable)
{
    if (is_readable && flow->start == flow->end && !flow->has_ended) {
        ssize_t got = recv(flow->from, flow->bytes, sizeof flow->bytes, 0);
        if (got < 0 && errno != EAGAIN && errno != EINTR) return false;
        flow->start = 0;
        flow->end = got > 0 ? (size_t)got : 0;
        flow->has_ended = got == 0;
        *flow->total += flow->end;
        if (*flow->total > LIMIT_BYTES) return false;
        if (flow->has_ended) shutdown(flow->to, SHUT_WR);
        is_writable = true; /* likely; a full socket says so */
    }
    if (is_writable && flow->start < flow->end) {
        ssize_t put = send(flow->to, flow->bytes + flow->start, flow->end - flow->start, MSG_NOSIGNAL);
        if (put < 0 && errno != EAGAIN && errno != EINTR) return false;
        if (put > 0) flow->start += (size_t)put;
    }
    return true;
}

static bool flow_wants_read(const struct flow *flow)
{
    return flow->start == flow->end && !flow->has_ended;
}

void pump_run(struct pump *pump, struct view early, bool is_answer_only)
{
    pump->sent_bytes += early.length;
    if (!pump_write(pump, &pump->server, early)) return;
    struct flow up = {.from = pump->client.fd, .to = pump->server.fd, .total = &pump->sent_bytes};
    struct flow down = {.from = pump->server.fd, .to = pump->client.fd, .total = &pump->received_bytes};
    up.has_ended = is_answer_only;
    while (!down.has_ended || down.start < down.end || !up.has_ended || up.start < up.end) {
        /* A request's answer is over when the server says so; a tunnel lives until both sides ended. */
        if (is_answer_only && down.has_ended && down.start == down.end) return;
        struct pollfd waits[] = {
            {.fd = pump->client.fd,
             .events = (short)((flow_wants_read(&up) ? POLLIN : 0) | (down.start < down.end ? POLLOUT : 0))},
            {.fd = pump->server.fd,
             .events = (short)((flow_wants_read(&down) ? POLLIN : 0) | (up.start < up.end ? POLLOUT : 0))},
            {.fd = pump->stop_fd, .events = POLLIN},
        };
        int ready = poll(waits, 3, LIMIT_IDLE_MS);
        if (ready == 0 || (ready < 0 && errno != EINTR) || (ready > 0 && waits[2].revents)) return;
        if (ready < 0) continue;
        short client = waits[0].revents, server = waits[1].revents;
        if (client & (POLLERR | POLLNVAL) || server & (POLLERR | POLLNVAL)) return;
        if (client & POLLHUP && !(waits[0].events & POLLIN)) return; /* nobody is there to be answered */
        if (!flow_move(&up, client & (POLLIN | POLLHUP), server & POLLOUT)) return;
        if (!flow_move(&down, server & (POLLIN | POLLHUP), client & POLLOUT)) return;
    }
}
