#include "cordon/isolate_channel.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

enum channel_state channel_send(int channel, int fd)
{
    char byte = 'c', room[CMSG_SPACE(sizeof fd)] = {0};
    struct iovec part = {&byte, 1};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (fd >= 0) {
        message.msg_control = room;
        message.msg_controllen = sizeof room;
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        *header = (struct cmsghdr){
            .cmsg_len = CMSG_LEN(sizeof fd), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
        memcpy(CMSG_DATA(header), &fd, sizeof fd);
    }
    if (sendmsg(channel, &message, MSG_NOSIGNAL | MSG_DONTWAIT) == 1) return CHANNEL_DONE;
    return errno == EAGAIN || errno == EINTR || errno == ETOOMANYREFS ? CHANNEL_NOT_NOW : CHANNEL_GONE;
}

enum channel_state channel_receive(int channel, int *fd, bool waits)
{
    char byte, room[CMSG_SPACE(sizeof *fd)] = {0};
    struct iovec part = {&byte, 1};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = room, .msg_controllen = sizeof room};
    ssize_t got = recvmsg(channel, &message, MSG_CMSG_CLOEXEC | (waits ? 0 : MSG_DONTWAIT));
    *fd = -1;
    if (got < 0) return errno == EINTR || errno == EAGAIN ? CHANNEL_NOT_NOW : CHANNEL_GONE;
    const struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    if (got > 0 && header && header->cmsg_type == SCM_RIGHTS) memcpy(fd, CMSG_DATA(header), sizeof *fd);
    return got > 0 ? CHANNEL_DONE : CHANNEL_GONE;
}
