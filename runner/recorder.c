#include "runner/recorder.h"

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
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runner/caller.h"

#ifndef SECCOMP_USER_NOTIF_FLAG_CONTINUE
#define SECCOMP_USER_NOTIF_FLAG_CONTINUE 1u
#endif

/* Of kernels later than the headers of Debian 12; where they are not known the kernel says so, and it goes
 * without. */
#define NOTIF_SET_FLAGS SECCOMP_IOW(4, uint64_t)
#define NOTIF_SYNC_WAKE_UP                                                          \
    1u /* the caller waits for us: the kernel may switch to us on its own processor \
        */
#define FILTER_WAIT_KILLABLE 32u /* a signal does not interrupt a call that is being answered */
#define ADDFD_SEND           2u  /* the descriptor is the answer */

/* Where the gateway is, as caller_address writes it. */
#define PROXY_ADDRESS "127.0.0.1:3128"
_Static_assert(CELL_PROXY_PORT == 3128, "PROXY_ADDRESS names the port");

union passed_fd {
    struct cmsghdr head;
    char room[CMSG_SPACE(sizeof(int))];
};

bool recorder_install(const void *filter, unsigned short length, int channel)
{
    struct sock_fprog program = {.len = length, .filter = (struct sock_filter *)(uintptr_t)filter};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) return false;
    int listener = (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
                                SECCOMP_FILTER_FLAG_NEW_LISTENER | FILTER_WAIT_KILLABLE, &program);
    if (listener < 0 && errno == EINVAL)
        listener =
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
    ioctl(recorder->listener, NOTIF_SET_FLAGS, NOTIF_SYNC_WAKE_UP);
    return true;
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

/* One notified call being answered. */
struct call {
    struct recorder *recorder;
    const struct seccomp_notif *asked;
    struct seccomp_notif_resp *answer; /* refuses, until it is set otherwise */
    struct cell_event event;           /* a refused call, until it is set otherwise */
    bool is_noted;
    bool is_answered; /* already, by a descriptor */
};

static void call_continue(struct call *call)
{
    call->answer->error = 0;
    call->answer->flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
    call->event.is_denied = 0;
}

static void exec_answer(struct call *call)
{
    const struct seccomp_notif *asked = call->asked;
    struct recorder *recorder = call->recorder;
    call->event.kind = CELL_EVENT_EXEC;
    caller_text(asked->pid, asked->data.args[asked->data.nr == SYS_execveat], call->event.text,
                sizeof call->event.text);
    if (recorder->has_started && !recorder->allows_exec) return;
    call_continue(call);
    recorder->programs_started++;
    recorder->has_started = true;
}

/* A socket that leads nowhere instead of one of the family that was wanted: one end of a pair whose other end
 * is closed. It is no more than a program may make for itself, no device of the network is behind it, and the
 * program goes on to say where it wanted to go. */
static void socket_answer(struct call *call)
{
    int family = (int)call->asked->data.args[0], type = (int)call->asked->data.args[1];
    call->event.kind = CELL_EVENT_SOCKET;
    call->event.number = family;
    int kind = type & 0xf, pair[2];
    if (call->recorder->has_loopback && (family == AF_INET || family == AF_INET6) && kind == SOCK_STREAM) {
        call_continue(call); /* by registers alone; the network namespace is the wall */
        call->is_noted = false;
        return;
    }
    bool is_told = (family == AF_INET || family == AF_INET6 || family == AF_UNIX) &&
                   (kind == SOCK_STREAM || kind == SOCK_DGRAM);
    if (!is_told) return;
    /* Never a datagram socket: that could be sent to an address. */
    kind = kind == SOCK_DGRAM ? SOCK_SEQPACKET : kind;
    if (socketpair(AF_UNIX, kind | (type & SOCK_NONBLOCK) | SOCK_CLOEXEC, 0, pair) < 0) return;
    struct seccomp_notif_addfd put = {
        .id = call->asked->id,
        .flags = ADDFD_SEND,
        .srcfd = (uint32_t)pair[0],
        .newfd_flags = type & SOCK_CLOEXEC ? O_CLOEXEC : 0,
    };
    call->is_answered = ioctl(call->recorder->listener, SECCOMP_IOCTL_NOTIF_ADDFD, &put) >= 0;
    close(pair[0]);
    close(pair[1]);
}

static void connect_answer(struct call *call, uint64_t address)
{
    call->event.kind = CELL_EVENT_CONNECT;
    caller_address(call->asked->pid, address, call->event.text, sizeof call->event.text);
    call->is_noted &= strcmp(call->event.text, "unix:/var/run/nscd/socket") != 0; /* the C library's own */
    if (call->recorder->has_loopback) {
        /* Whatever the address will be: only loopback can be reached, and sockets of other families are dead
         * ends already. What the gateway does with a request, it says itself. */
        call_continue(call);
        call->event.is_denied = strncmp(call->event.text, "127.", 4) != 0; /* by the namespace */
        call->is_noted &= strcmp(call->event.text, PROXY_ADDRESS) != 0;
        return;
    }
    call->answer->error = -ENETUNREACH;
}

static bool path_is_below(const char *path, const char *const *folders)
{
    for (; *folders; folders++) {
        size_t length = strlen(*folders);
        if (strncmp(path, *folders, length) == 0 && (path[length] == '/' || path[length] == '\0'))
            return true;
    }
    return false;
}

/* Whether an open of this path reaches for what the cell does not have. The runtime's own folders are
 * searched for what may be there, and are not noted. */
static bool path_is_outside(const char *path, bool is_writing)
{
    static const char *const own[] = {"/scratch", "/tmp", "/dev/shm", NULL};
    static const char *const runtime[] = {"/usr",      "/lib",         "/lib64",
                                          "/program",  "/proc/self",   "/proc/thread-self",
                                          "/dev/null", "/dev/urandom", NULL};
    static const char *const init[] = {"/proc/1", NULL}; /* cordon-cell itself could read that */
    if (path[0] != '/') return false;
    if (path_is_below(path, init)) return true;
    bool is_plain = !strstr(path, "/..");
    if (is_plain && path_is_below(path, own)) return false;
    if (is_plain && !is_writing && path_is_below(path, runtime)) return false;
    if (access(path, is_writing ? W_OK : F_OK) == 0) return false;
    if (!is_writing || errno != ENOENT) return true;
    char folder[CELL_EVENT_TEXT_BYTES];
    size_t length = strlen(path); /* to be made: its folder counts */
    while (length > 1 && path[length - 1] != '/') length--;
    memcpy(folder, path, length);
    folder[length] = '\0';
    return access(folder, W_OK) != 0;
}

static void open_answer(struct call *call, int folder_fd, uint64_t path, uint64_t flags, uint64_t mode)
{
    struct recorder *recorder = call->recorder;
    bool makes = (flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE;
    if (makes && mode & (S_ISUID | S_ISGID)) return; /* registers, so it is decided here */
    call_continue(call);
    if (!recorder->has_booted) { /* dozens of files of the interpreter's own, up to the program's */
        call->is_noted = false;
        caller_text(call->asked->pid, path, call->event.text, sizeof call->event.text);
        recorder->has_booted = strcmp(call->event.text, recorder->program_file) == 0;
        return;
    }
    char pid[16];
    snprintf(pid, sizeof pid, "%u", call->asked->pid);
    recorder->is_files_reached |= caller_fd_count(pid) + 1 >= recorder->files;
    caller_path(call->asked->pid, folder_fd, path, call->event.text, sizeof call->event.text);
    bool is_writing = (flags & O_ACCMODE) != O_RDONLY || makes || flags & O_TRUNC;
    call->is_noted = path_is_outside(call->event.text, is_writing);
    call->event.kind = CELL_EVENT_OPEN;
    call->event.is_denied = 1;
}

static void call_answer(struct call *call)
{
    const uint64_t *args = (const uint64_t *)call->asked->data.args;
    switch (call->asked->data.nr) {
    case SYS_execve:
    case SYS_execveat:
        exec_answer(call);
        break;
    case SYS_socket:
        socket_answer(call);
        break;
    case SYS_connect:
        connect_answer(call, args[1]);
        break;
    case SYS_sendto:
        connect_answer(call, args[4]);
        break;
    case SYS_openat:
        open_answer(call, (int)args[0], args[1], args[2], args[3]);
        break;
#ifdef SYS_open /* not on newer architectures */
    case SYS_open:
        open_answer(call, AT_FDCWD, args[0], args[1], args[2]);
        break;
    case SYS_creat:
        open_answer(call, AT_FDCWD, args[0], O_CREAT | O_WRONLY | O_TRUNC, args[1]);
        break;
#endif
    default:
        break;
    }
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
    union {
        struct seccomp_notif_resp answer;
        char room[256];
    } given = {.answer = {.id = asked.call.id, .error = -EPERM}};
    struct call call = {
        .recorder = recorder,
        .asked = &asked.call,
        .answer = &given.answer,
        .event = {.kind = CELL_EVENT_DENIED, .number = asked.call.data.nr, .count = 1, .is_denied = 1},
        .is_noted = true,
    };
    bool has_booted = recorder->has_booted; /* what the interpreter does before is no attempt */
    call_answer(&call);
    if (!call.is_answered) ioctl(recorder->listener, SECCOMP_IOCTL_NOTIF_SEND, &given);
    if (call.is_noted && has_booted) event_keep(recorder, &call.event);
}
