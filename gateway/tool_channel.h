/* tool_channel.h - one non-blocking stream whose other end is a program that nobody trusts: whole reads and
 * writes within a time, and an end to everything when it is stopped. One reader; writers take turns by
 * themselves. */
#ifndef CORDON_GATEWAY_TOOL_CHANNEL_H
#define CORDON_GATEWAY_TOOL_CHANNEL_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/view.h"

struct tool_channel {
    int fd, stop_fd;      /* stop_fd readable: nothing goes on */
    pthread_mutex_t lock; /* of writing */
    uint32_t idle_ms;     /* of a message under way: nothing comes, or nobody reads */
};

enum tool_wait { TOOL_WAIT_READY, TOOL_WAIT_TIME, TOOL_WAIT_END };

/* Until a byte can be read, or for so long (-1: for ever). */
enum tool_wait tool_channel_wait(const struct tool_channel *channel, int timeout_ms);

/* All of it. False: the stream ended, failed or was stopped, or nothing came for idle_ms. NULL as `bytes`
 * reads over it. */
bool tool_channel_read(const struct tool_channel *channel, void *bytes, size_t size);

/* Both parts, with no other writer's in between. False: likewise; the stream is of no use then and was shut
 * down. */
bool tool_channel_write(struct tool_channel *channel, struct view head, struct view body);

#endif
