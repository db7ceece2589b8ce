#include "runner/traffic.h"

#include <errno.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"

/* Output is drained beyond its limit, so that a program that talks too much still ends by itself; this many
 * times the limit is a flood. */
enum { FLOOD_FACTOR = 16, FLOOD_FLOOR_BYTES = 1024 * 1024 };

static bool drain_keep(struct run *run, struct drain *drain, struct view bytes)
{
    if (drain->length + bytes.length > drain->capacity) {
        size_t grown = drain->capacity ? 2 * drain->capacity : 4096;
        while (grown < drain->length + bytes.length) grown *= 2;
        char *moved = arena_alloc(run->arena, grown);
        if (!moved) return false;
        if (drain->length) memcpy(moved, drain->bytes, drain->length);
        drain->bytes = moved;
        drain->capacity = grown;
    }
    memcpy(drain->bytes + drain->length, bytes.bytes, bytes.length);
    drain->length += bytes.length;
    return true;
}

void traffic_output(struct run *run, enum cell_stream stream)
{
    struct drain *drain = &run->drains[stream];
    char chunk[CHUNK_BYTES];
    ssize_t got = read(*drain->fd, chunk, sizeof chunk);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) {
        cleanup_fd(drain->fd);
        return;
    }
    drain->total_bytes += (uint64_t)got;
    struct view kept = view_slice(view_make(chunk, (size_t)got), 0, drain->cap - drain->length);
    if (kept.length) {
        bool is_kept = drain_keep(run, drain, kept);
        bool is_read = !run->io->on_output || run->io->on_output(run->io->context, stream, kept);
        if (!is_kept) run_stop(run, LIMIT_OUTPUT, false);
        if (!is_read) run_stop(run, LIMIT_NONE, true);
    }
    if (drain->total_bytes > FLOOD_FACTOR * (uint64_t)drain->cap + FLOOD_FLOOR_BYTES)
        run_stop(run, LIMIT_OUTPUT, false);
}

/* Writes without the SIGPIPE that would be the host's: it is blocked in this thread, and taken off if it
 * came. */
static ssize_t write_quietly(int fd, const char *bytes, size_t length)
{
    sigset_t pipe_signal, before, pending;
    sigemptyset(&pipe_signal);
    sigaddset(&pipe_signal, SIGPIPE);
    sigpending(&pending);
    bool was_pending = sigismember(&pending, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe_signal, &before);
    ssize_t put = write(fd, bytes, length);
    int failed = errno;
    if (put < 0 && failed == EPIPE && !was_pending) {
        struct timespec now = {0};
        sigtimedwait(&pipe_signal, NULL, &now);
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = failed;
    return put;
}

void traffic_input_read(struct run *run)
{
    ssize_t got = read(run->stdin_source, run->pending, sizeof run->pending);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    run->pending_start = 0;
    run->pending_end = got > 0 ? (size_t)got : 0;
    if (got <= 0) run->stdin_source = -1;
}

void traffic_input_write(struct run *run)
{
    ssize_t put = write_quietly(run->cell->at.stdin_fd, run->pending + run->pending_start,
                                run->pending_end - run->pending_start);
    if (put < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (put < 0) { /* the program reads no more */
        run->stdin_source = -1;
        run->pending_start = run->pending_end;
        return;
    }
    run->pending_start += (size_t)put;
}

/* The first byte of a cell with a network brings the listener. Without one it is the report's: the cell was
 * not made. */
static void listener_take(struct run *run, int fd)
{
    run->had_listener = true;
    if (fd < 0) return;
    bool is_taken = run->io->on_network && run->io->on_network(run->io->network, fd);
    if (!run->io->on_network) close(fd);
    if (run->io->on_network && !is_taken) run_stop(run, LIMIT_NONE, false);
}

void traffic_report(struct run *run)
{
    bool is_first = run->spec->has_network && !run->had_listener;
    union {
        struct cmsghdr head;
        char room[CMSG_SPACE(sizeof(int))];
    } passed = {0};
    struct iovec part = {(char *)&run->told + run->told_bytes,
                         is_first ? 1 : sizeof run->told - run->told_bytes};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = passed.room, .msg_controllen = sizeof passed.room};
    ssize_t got = recvmsg(run->cell->at.control_fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    int fd = -1;
    if (got > 0 && message.msg_controllen >= CMSG_LEN(sizeof(int)) && passed.head.cmsg_type == SCM_RIGHTS)
        memcpy(&fd, CMSG_DATA(&passed.head), sizeof fd);
    if (got > 0 && is_first) {
        listener_take(run, fd);
        if (fd >= 0) return;
    } else if (fd >= 0) {
        cleanup_fd(&run->scratch_fd);
        run->scratch_fd = fd;
    }
    if (got > 0) run->told_bytes += (size_t)got;
    if (got == 0) run->is_told = true;
}

void traffic_complaint(struct run *run)
{
    char spare[256];
    size_t room = sizeof run->complaint - 1 - run->complaint_length;
    ssize_t got = room ? read(run->cell->at.complaint_fd, run->complaint + run->complaint_length, room)
                       : read(run->cell->at.complaint_fd, spare, sizeof spare);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) cleanup_fd(&run->cell->at.complaint_fd);
    if (got > 0 && room) run->complaint_length += (size_t)got;
}

void traffic_finish(struct run *run)
{
    for (int stream = CELL_STDOUT; stream <= CELL_STDERR; stream++) {
        struct drain *drain = &run->drains[stream];
        uint64_t before;
        do {
            before = drain->total_bytes;
            if (*drain->fd >= 0) traffic_output(run, (enum cell_stream)stream);
        } while (*drain->fd >= 0 && drain->total_bytes != before);
    }
    size_t before;
    do {
        before = run->told_bytes;
        traffic_report(run);
    } while (run->told_bytes != before);
    if (run->cell->at.complaint_fd >= 0) traffic_complaint(run);
}
