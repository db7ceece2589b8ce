#include "gateway/tool_channel.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

static enum tool_wait wait_for(const struct tool_channel *channel, short events, int timeout_ms)
{
    struct pollfd waits[] = {{.fd = channel->fd, .events = events},
                             {.fd = channel->stop_fd, .events = POLLIN}};
    int ready;
    do ready = poll(waits, 2, timeout_ms);
    while (ready < 0 && errno == EINTR);
    if (ready < 0 || waits[1].revents) return TOOL_WAIT_END;
    return ready == 0 ? TOOL_WAIT_TIME : TOOL_WAIT_READY;
}

enum tool_wait tool_channel_wait(const struct tool_channel *channel, int timeout_ms)
{
    return wait_for(channel, POLLIN, timeout_ms);
}

bool tool_channel_read(const struct tool_channel *channel, void *bytes, size_t size)
{
    char thrown[4096];
    for (size_t taken = 0; taken < size;) {
        size_t room = size - taken;
        char *place = bytes ? (char *)bytes + taken : thrown;
        if (!bytes && room > sizeof thrown) room = sizeof thrown;
        ssize_t got = recv(channel->fd, place, room, MSG_DONTWAIT);
        if (got > 0)
            taken += (size_t)got;
        else if (got == 0 || (errno != EAGAIN && errno != EINTR) ||
                 wait_for(channel, POLLIN, (int)channel->idle_ms) != TOOL_WAIT_READY)
            return false;
    }
    return true;
}

static bool write_all(const struct tool_channel *channel, struct view bytes)
{
    while (bytes.length) {
        ssize_t put = send(channel->fd, bytes.bytes, bytes.length, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (put > 0)
            bytes = view_slice(bytes, (size_t)put, bytes.length);
        else if ((errno != EAGAIN && errno != EINTR) ||
                 wait_for(channel, POLLOUT, (int)channel->idle_ms) != TOOL_WAIT_READY)
            return false;
    }
    return true;
}

bool tool_channel_write(struct tool_channel *channel, struct view head, struct view body)
{
    pthread_mutex_lock(&channel->lock);
    bool is_put = write_all(channel, head) && write_all(channel, body);
    if (!is_put) shutdown(channel->fd, SHUT_RDWR); /* half a message stands in it */
    pthread_mutex_unlock(&channel->lock);
    return is_put;
}
