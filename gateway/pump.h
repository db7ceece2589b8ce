/* pump.h - bytes between two sockets, with deadlines, caps and a stop. Sockets are non-blocking. One thread a
 * pump. */
#ifndef CORDON_GATEWAY_PUMP_H
#define CORDON_GATEWAY_PUMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/view.h"

struct pump {
    int client_fd, server_fd;            /* server_fd: -1 before it is connected */
    int stop_fd;                         /* readable: end everything */
    uint64_t sent_bytes, received_bytes; /* to and from the server */
};

/* Waits until `fd` is ready for `events` (poll's). False: the deadline (milliseconds of io_now_ms) passed, or
 * the gateway stops. */
bool pump_wait(const struct pump *pump, int fd, short events, uint64_t deadline_ms);

/* Writes all, within the idle limit. */
bool pump_write(const struct pump *pump, int fd, struct view bytes);

/* Both ways until both have ended, one fails, a cap is reached or nothing moves for the idle limit. `early`
 * are bytes of the client that were read too far; they go first. Where `is_answer_only`, the client has said
 * all that it may, and what more it says is not passed on. */
void pump_run(struct pump *pump, struct view early, bool is_answer_only);

#endif
