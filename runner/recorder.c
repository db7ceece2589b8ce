#include "runner/recorder.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#ifndef SECCOMP_USER_NOTIF_FLAG_CONTINUE
#define SECCOMP_USER_NOTIF_FLAG_CONTINUE 1u
#endif

union passed_fd {
    struct cmsghdr head;
    char room[CMSG_SPACE(sizeof(int))];
};

bool recorder_install(const void *filter, unsigned short length, int channel)
{
    struct sock_fprog program = {.len = length, .filter = (struct sock_filter *)(uintptr_t)filter};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) return false;
    int listener =
        (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);
    if (listener < 0) return false;
    union passed_fd control = {0};
    char byte = 0;
    struct iovec part = {&byte, 1};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = control.room,
                             .msg_controllen = sizeof control.room};
    control.head = (struct cmsghdr){
        .cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
    memcpy(CMSG_DATA(&control.head), &listener, sizeof listener);
    bool is_sent = sendmsg(channel, &message, MSG_NOSIGNAL) == 1;
    close(listener);
    return is_sent;
}

bool recorder_receive(struct recorder *recorder, int channel)
{
    union passed_fd control = {0};
    char byte;
    struct iovec part = {&byte, 1};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = control.room,
                             .msg_controllen = sizeof control.room};
    if (recvmsg(channel, &message, MSG_CMSG_CLOEXEC) != 1 || control.head.cmsg_type != SCM_RIGHTS)
        return false;
    memcpy(&recorder->listener, CMSG_DATA(&control.head), sizeof recorder->listener);
    return true;
}

/* Bytes of the calling process; what the program writes there meanwhile only spoils the record. */
static size_t memory_read(uint32_t pid, uint64_t address, char *bytes, size_t size)
{
    char path[32];
    snprintf(path, sizeof path, "/proc/%u/mem", pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return 0;
    ssize_t got = 0;
    /* Up to the end of the page first: the next one need not exist. */
    size_t first = 4096 - (size_t)(address % 4096);
    if (first > size) first = size;
    got = pread(fd, bytes, first, (off_t)address);
    if (got == (ssize_t)first && first < size) {
        ssize_t more = pread(fd, bytes + first, size - first, (off_t)(address + first));
        if (more > 0) got += more;
    }
    close(fd);
    return got > 0 ? (size_t)got : 0;
}

static void address_print(char text[CELL_EVENT_TEXT_BYTES], uint32_t pid, uint64_t address)
{
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
        struct sockaddr_un unix_path;
    } place = {0};
    char host[INET6_ADDRSTRLEN] = "?";
    memory_read(pid, address, (char *)&place, sizeof place - 1);
    switch (place.any.sa_family) {
    case AF_INET:
        inet_ntop(AF_INET, &place.v4.sin_addr, host, sizeof host);
        snprintf(text, CELL_EVENT_TEXT_BYTES, "%s:%u", host, ntohs(place.v4.sin_port));
        break;
    case AF_INET6:
        inet_ntop(AF_INET6, &place.v6.sin6_addr, host, sizeof host);
        snprintf(text, CELL_EVENT_TEXT_BYTES, "[%s]:%u", host, ntohs(place.v6.sin6_port));
        break;
    case AF_UNIX:
        snprintf(text, CELL_EVENT_TEXT_BYTES, "unix:%.*s", (int)sizeof place.unix_path.sun_path - 1,
                 place.unix_path.sun_path);
        break;
    default:
        snprintf(text, CELL_EVENT_TEXT_BYTES, "family %d", place.any.sa_family);
    }
}

/* Counts what was seen before, keeps what is new, and counts what finds no room. */
static void event_keep(struct recorder *recorder, const struct cell_event *event)
{
    for (uint32_t i = 0; i < recorder->count; i++) {
        struct cell_event *known = &recorder->events[i];
        bool is_same = known->kind == event->kind && known->number == event->number &&
                       known->is_denied == event->is_denied && strcmp(known->text, event->text) == 0;
        if (!is_same) continue;
        known->count++;
        return;
    }
    if (recorder->count < CELL_EVENTS_MAX)
        recorder->events[recorder->count++] = *event;
    else
        recorder->dropped++;
}

void recorder_answer(struct recorder *recorder)
{
    union {
        struct seccomp_notif call;
        char room[256]; /* a later kernel's may be longer */
    } asked = {0};
    if (ioctl(recorder->listener, SECCOMP_IOCTL_NOTIF_RECV, &asked) < 0) {
        if (errno == EINTR || errno == ENOENT || errno == EAGAIN) return;
        close(recorder->listener);
        recorder->listener = -1;
        return;
    }
    const struct seccomp_notif *call = &asked.call;
    union {
        struct seccomp_notif_resp answer;
        char room[256];
    } given = {.answer = {.id = call->id, .error = -EPERM}};
    struct cell_event event = {
        .kind = CELL_EVENT_DENIED, .number = call->data.nr, .count = 1, .is_denied = 1};
    switch (call->data.nr) {
    case SYS_execve:
    case SYS_execveat:
        event.kind = CELL_EVENT_EXEC;
        memory_read(call->pid, call->data.args[call->data.nr == SYS_execveat], event.text,
                    sizeof event.text - 1);
        event.text[strlen(event.text)] = '\0';
        if (!recorder->has_started || recorder->allows_exec) {
            given.answer.error = 0;
            given.answer.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
            event.is_denied = 0;
            recorder->programs_started++;
        }
        break;
    case SYS_connect:
        event.kind = CELL_EVENT_CONNECT;
        address_print(event.text, call->pid, call->data.args[1]);
        given.answer.error = -ENETUNREACH;
        break;
    case SYS_socket:
        event.kind = CELL_EVENT_SOCKET;
        event.number = (int32_t)call->data.args[0];
        break;
    default:
        break;
    }
    bool is_boot = event.kind == CELL_EVENT_EXEC && !recorder->has_started;
    recorder->has_started |= is_boot;
    if (!is_boot) event_keep(recorder, &event);
    ioctl(recorder->listener, SECCOMP_IOCTL_NOTIF_SEND, &given);
}
