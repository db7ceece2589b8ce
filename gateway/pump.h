/* pump.h - bytes between two sockets, with deadlines, caps and a stop. Sockets are non-blocking; either may
 * speak TLS. One thread a pump. */
#ifndef CORDON_GATEWAY_PUMP_H
#define CORDON_GATEWAY_PUMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/view.h"

struct ssl_st;

/* A side that is no socket but the caller's memory: what it says, and what it is told. */
struct memory_link {
    struct view given; /* what it has not said yet */
    char *taken;
    size_t length, size;
    bool is_over; /* it was told more than there is room for */
};

/* One side. */
struct link {
    int fd;                     /* -1: not connected */
    struct ssl_st *tls;         /* NULL: plain */
    struct memory_link *memory; /* NULL: a socket */
};

struct pump {
    struct link client, server;
    int stop_fd;                         /* readable: end everything */
    uint64_t sent_bytes, received_bytes; /* to and from the server */
    uint64_t deadline_ms;                /* of io_now_ms, for all of it; 0: none */
};

/* Waits until `fd` is ready for `events` (poll's). False: the deadline (milliseconds of io_now_ms) passed, or
 * the gateway stops. */
bool pump_wait(const struct pump *pump, int fd, short events, uint64_t deadline_ms);

/* What there is, at least a byte. 0: the other side has ended; -1: it failed, or the deadline passed. */
ssize_t pump_read(const struct pump *pump, const struct link *from, char *bytes, size_t length,
                  uint64_t deadline_ms);

/* Writes all, within the idle limit. */
bool pump_write(const struct pump *pump, const struct link *to, struct view bytes);

/* The handshake of a link that speaks TLS. NULL, or why it failed; static. */
const char *pump_handshake(const struct pump *pump, const struct link *link, uint64_t deadline_ms);

/* Both ways until both have ended, one fails, a cap is reached or nothing moves for the idle limit. `early`
 * are bytes of the client that were read too far; they go first. Where `is_answer_only`, the client has said
 * all that it may, and what more it says is not passed on. Both sides are plain. */
void pump_run(struct pump *pump, struct view early, bool is_answer_only);

/* Closes both. */
void pump_close(struct pump *pump);

#endif
