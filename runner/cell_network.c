#include "runner/cell_network.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "runner/cell_protocol.h"

enum { BACKLOG = 64 };

static bool listener_send(int fd)
{
    union {
        struct cmsghdr head;
        char room[CMSG_SPACE(sizeof(int))];
    } passed = {0};
    char byte = 0;
    struct iovec part = {&byte, 1};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = passed.room, .msg_controllen = sizeof passed.room};
    passed.head = (struct cmsghdr){
        .cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
    memcpy(CMSG_DATA(&passed.head), &fd, sizeof fd);
    return sendmsg(CELL_FD_CONTROL, &message, MSG_NOSIGNAL) == 1;
}

bool cell_network_open(void)
{
    struct sockaddr_in place = {
        .sin_family = AF_INET, .sin_port = htons(CELL_PROXY_PORT), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return false;
    bool is_sent = bind(fd, (struct sockaddr *)&place, sizeof place) == 0 && listen(fd, BACKLOG) == 0 &&
                   listener_send(fd);
    close(fd);
    return is_sent;
}
