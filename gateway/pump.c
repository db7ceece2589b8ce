#include "gateway/pump.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/io.h"
#include "gateway/limits.h"

enum { PUMP_BYTES = 16 * 1024 };

bool pump_wait(const struct pump *pump, int fd, short events, uint64_t deadline_ms)
{
    for (;;) {
        uint64_t now = io_now_ms();
        if (now >= deadline_ms) return false;
        struct pollfd waits[] = {{.fd = fd, .events = events}, {.fd = pump->stop_fd, .events = POLLIN}};
        int ready = poll(waits, 2, (int)(deadline_ms - now));
        if (ready < 0 && errno != EINTR) return false;
        if (ready > 0) return waits[1].revents == 0;
    }
}

bool pump_write(const struct pump *pump, int fd, struct view bytes)
{
    while (bytes.length) {
        ssize_t put = send(fd, bytes.bytes, bytes.length, MSG_NOSIGNAL);
        if (put > 0) bytes = view_slice(bytes, (size_t)put, bytes.length);
        if (put < 0 && errno == EINTR) continue;
        if (put < 0 && errno != EAGAIN) return false;
        if (put < 0 && !pump_wait(pump, fd, POLLOUT, io_now_ms() + LIMIT_IDLE_MS)) return false;
    }
    return true;
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
    if (!pump_write(pump, pump->server_fd, early)) return;
    struct flow up = {.from = pump->client_fd, .to = pump->server_fd, .total = &pump->sent_bytes};
    struct flow down = {.from = pump->server_fd, .to = pump->client_fd, .total = &pump->received_bytes};
    up.has_ended = is_answer_only;
    while (!down.has_ended || down.start < down.end || !up.has_ended || up.start < up.end) {
        /* A request's answer is over when the server says so; a tunnel lives until both sides ended. */
        if (is_answer_only && down.has_ended && down.start == down.end) return;
        struct pollfd waits[] = {
            {.fd = pump->client_fd,
             .events = (short)((flow_wants_read(&up) ? POLLIN : 0) | (down.start < down.end ? POLLOUT : 0))},
            {.fd = pump->server_fd,
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
