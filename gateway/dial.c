#include "gateway/dial.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#include "base/io.h"
#include "gateway/limits.h"
#include "gateway/resolve.h"

static int connect_to(const struct pump *pump, const struct addrinfo *place)
{
    int fd = socket(place->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return -1;
    int failed = connect(fd, place->ai_addr, place->ai_addrlen) == 0 ? 0 : errno;
    if (failed == EINPROGRESS && pump_wait(pump, fd, POLLOUT, io_now_ms() + LIMIT_CONNECT_MS)) {
        socklen_t size = sizeof failed;
        if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &failed, &size) < 0) failed = errno;
    }
    int yes = 1;
    if (failed == 0) setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (failed == 0) return fd;
    close(fd);
    return -1;
}

const char *dial(struct connection *connection, const struct capability_set *grant, const char *host,
                 uint16_t port)
{
    struct pump *pump = &connection->pump;
    const char *reason;
    struct addrinfo *places = resolve(pump, host, port, &reason);
    if (!places) return reason;
    reason = "no answer";
    for (const struct addrinfo *place = places; place && pump->server.fd < 0; place = place->ai_next) {
        const char *fault = target_judge_address(grant, host, place->ai_addr);
        target_address_text(place->ai_addr, connection->event.address);
        if (fault) {
            reason = fault;
        } else if (!connection_decide(connection, NULL)) {
            reason = "the audit log cannot be written";
            break;
        } else {
            pump->server.fd = connect_to(pump, place);
        }
    }
    freeaddrinfo(places);
    return pump->server.fd >= 0 ? NULL : reason;
}
