/* audit_log.c - the writer. Everything that changes the files happens under the lock: flock on the head file,
 * so that the kernel releases it with a process that is killed; a mutex among the threads of one handle. */
#include "cordon/audit_log.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>

#include "base/io.h"
#include "cordon/audit_chain.h"
#include "cordon/audit_file.h"
#include "cordon/audit_tail.h"

/* A writer that holds the lock is done in microseconds; who waits this long waits for something else. */
enum { LOCK_DEADLINE_MS = 10000, LOG_ARENA_BYTES = 4 << 20 };

struct audit_log {
    struct arena arena;
    struct audit_settings settings;
    const char *path, *head_path, *sources_path;
    pthread_mutex_t mutex; /* guards all below */
    int log_fd, head_fd, anchor_fd;
    struct stat seen; /* the log as this handle left it; st_ino 0: never */
    struct chain_head head;
};

static bool complain(const struct audit_log *log, struct error *err, int reason, const char *what)
{
    error_set_errno(err, ERROR_SYSTEM, reason, "the audit log: %s", what);
    error_place(err, view_of_cstr(log->path), 0, 0);
    return error_remedy(err,
                        "nothing runs without a log: make the place writable, or name another: --log PATH");
}

static bool paths_set(struct audit_log *log, struct error *err)
{
    struct arena *arena = &log->arena;
    if (!audit_place(arena, &log->settings, &log->path, err)) return false;
    log->path = arena_copy(arena, view_of_cstr(log->path)).bytes;
    log->head_path = arena_format(arena, "%s.head", log->path).bytes;
    log->sources_path = arena_format(arena, "%s.sources", log->path).bytes;
    return (log->path && log->head_path && log->sources_path) ||
           error_set(err, ERROR_LIMIT, "the audit log: its path is too long");
}

static bool lock_take(struct audit_log *log, struct error *err)
{
    unsigned long long deadline = io_now_ms() + LOCK_DEADLINE_MS;
    for (long pause_ns = 20000;;) {
        struct stat ours, there;
        if (log->head_fd < 0) log->head_fd = audit_file_open(log->head_path, O_RDWR | O_CREAT);
        if (log->head_fd < 0) return complain(log, err, errno, "cannot open its head");
        if (flock(log->head_fd, LOCK_EX | LOCK_NB) == 0) {
            /* A head that was put in the place of ours would be another lock. */
            if (fstat(log->head_fd, &ours) == 0 && stat(log->head_path, &there) == 0 &&
                ours.st_ino == there.st_ino && ours.st_dev == there.st_dev)
                return true;
            cleanup_fd(&log->head_fd);
            log->seen.st_ino = 0;
            continue;
        }
        if (errno != EWOULDBLOCK && errno != EINTR) return complain(log, err, errno, "cannot lock its head");
        if (io_now_ms() > deadline) return complain(log, err, ETIMEDOUT, "another process holds its lock");
        nanosleep(&(struct timespec){0, pause_ns}, NULL);
        if (pause_ns < 1000000) pause_ns *= 2;
    }
}

static bool head_write(struct audit_log *log, struct error *err)
{
    char text[CHAIN_HEAD_BYTES + 1];
    chain_head_format(text, &log->head);
    if (pwrite(log->head_fd, text, CHAIN_HEAD_BYTES, 0) != CHAIN_HEAD_BYTES)
        return complain(log, err, errno, "cannot write its head");
    return true;
}

/* One line with its LF in one write. A short one is taken back; where even that fails, the next writer closes
 * it. */
static bool line_write(struct audit_log *log, struct view line, struct error *err)
{
    ssize_t put = write(log->log_fd, line.bytes, line.length);
    int reason = put < 0 ? errno : ENOSPC;
    if (put == (ssize_t)line.length) return true;
    if (put > 0 && ftruncate(log->log_fd, log->seen.st_size) < 0) reason = errno;
    log->seen.st_ino = 0;
    return complain(log, err, reason, "cannot append");
}

/* Links a body to the chain and writes it, then the head. */
static bool body_write(struct audit_log *log, uint64_t seq, struct view body, struct error *err)
{
    struct chain_link link = {.seq = seq};
    char lead[160];
    snprintf(link.prev, sizeof link.prev, "%s",
             log->head.digest.hex[0] ? log->head.digest.hex : CHAIN_GENESIS);
    unsigned lead_length = chain_link_format(lead, &link);
    size_t length = lead_length + body.length; /* the body's brace gives way to the lead, the LF comes on */
    AUTO_FREE char *line = malloc(length);
    if (!line) return complain(log, err, ENOMEM, "cannot append");
    memcpy(line, lead, lead_length);
    memcpy(line + lead_length, body.bytes + 1, body.length - 1);
    line[length - 1] = '\n';
    if (!line_write(log, view_make(line, length), err)) return false;
    log->seen.st_size += (off_t)length;
    log->head.seq = seq;
    log->head.digest = digest_sha256(view_make(line, length - 1));
    return head_write(log, err) && (log->anchor_fd < 0 || audit_anchor_send(log->anchor_fd, &log->head, err));
}

static bool log_reopen(struct audit_log *log, struct error *err)
{
    cleanup_fd(&log->log_fd);
    log->log_fd = audit_file_open(log->path, O_RDWR | O_APPEND | O_CREAT);
    if (log->log_fd < 0 || fstat(log->log_fd, &log->seen) < 0)
        return complain(log, err, errno, "cannot open");
    return true;
}

/* The log and its head as they are now: both are as this handle left them, or are read again. */
static bool state_load(struct audit_log *log, struct error *err)
{
    struct stat now;
    bool is_there = stat(log->path, &now) == 0;
    if (is_there && log->seen.st_ino == now.st_ino && log->seen.st_dev == now.st_dev &&
        log->seen.st_size == now.st_size)
        return true;
    if (!log_reopen(log, err)) return false;
    struct audit_tail tail;
    if (!audit_tail_read(&tail, log->log_fd, log->head_fd, err))
        return error_place(err, view_of_cstr(log->path), 0, 0);
    log->head = tail.head;
    if (tail.is_torn && !line_write(log, VIEW("\n"), err)) return false;
    log->seen.st_size += tail.is_torn;
    if (tail.state == TAIL_WHOLE) return true;
    char body[512];
    audit_tail_body(&tail, body, sizeof body);
    return body_write(log, tail.next_seq, view_of_cstr(body), err);
}

static bool log_rotate(struct audit_log *log, struct error *err)
{
    char name[4096], body[160], time[AUDIT_TIME_BYTES];
    if (!audit_file_next(log->path, name, sizeof name))
        return complain(log, err, EEXIST, "cannot be rotated");
    if (log->settings.sync != AUDIT_SYNC_NEVER && fdatasync(log->log_fd) < 0)
        return complain(log, err, errno, "cannot be written to the disk");
    if (rename(log->path, name) < 0) return complain(log, err, errno, "cannot be rotated");
    if (!log_reopen(log, err)) return false;
    snprintf(body, sizeof body, "{\"time\":\"%s\",\"event\":\"rotate\",\"log\":\"%s\",\"after\":\"%s\"}",
             audit_time_now(time), log->head.log, name + strlen(name) - AUDIT_ROTATED_DIGITS);
    return body_write(log, log->head.seq + 1, view_of_cstr(body), err);
}

static bool append_locked(struct audit_log *log, struct view body, struct error *err)
{
    uint64_t limit = log->settings.rotate_bytes ? log->settings.rotate_bytes : AUDIT_ROTATE_BYTES;
    if (!state_load(log, err)) return false;
    if (log->seen.st_size > 0 && (uint64_t)log->seen.st_size + body.length > limit && !log_rotate(log, err))
        return false;
    return body_write(log, log->head.seq + 1, body, err);
}

bool audit_log_append(struct audit_log *log, struct view body, bool is_intent, struct error *err)
{
    bool must_sync =
        log->settings.sync == AUDIT_SYNC_ALWAYS || (log->settings.sync == AUDIT_SYNC_RUN && is_intent);
    if (body.length < 2 || body.length > CHAIN_LINE_BYTES - 1024)
        return error_set(err, ERROR_LIMIT, "the audit log: a record of %zu bytes", body.length);
    pthread_mutex_lock(&log->mutex);
    bool is_written = lock_take(log, err);
    if (is_written) {
        is_written = append_locked(log, body, err);
        flock(log->head_fd, LOCK_UN);
    }
    /* Outside of the lock: several that wait for the disk wait together. */
    AUTO_FD int fd = is_written && must_sync ? fcntl(log->log_fd, F_DUPFD_CLOEXEC, 0) : -1;
    if (!is_written) log->seen.st_ino = 0;
    pthread_mutex_unlock(&log->mutex);
    if (is_written && must_sync && (fd < 0 || fdatasync(fd) < 0))
        return complain(log, err, errno, "cannot be written to the disk");
    return is_written;
}

bool audit_log_keep(struct audit_log *log, const char *sha256, struct view bytes, bool *is_kept,
                    struct error *err)
{
    *is_kept = false;
    if (!log->settings.keeps_sources) return true;
    bool is_durable = log->settings.sync != AUDIT_SYNC_NEVER;
    *is_kept = audit_store_put(log->sources_path, sha256, bytes, is_durable);
    return *is_kept || complain(log, err, errno, "cannot keep the source");
}

struct audit_log *audit_log_open(const struct audit_settings *settings, struct error *err)
{
    struct audit_log *log = calloc(1, sizeof *log);
    if (!log) {
        error_set(err, ERROR_SYSTEM, "no memory for the audit log");
        return NULL;
    }
    arena_init(&log->arena, LOG_ARENA_BYTES);
    pthread_mutex_init(&log->mutex, NULL);
    log->settings = *settings;
    log->log_fd = log->head_fd = log->anchor_fd = -1;
    bool is_open = paths_set(log, err);
    if (is_open && !audit_folder_make(log->path))
        is_open = complain(log, err, errno, "cannot make its folder");
    if (is_open && settings->anchor) {
        log->anchor_fd = audit_anchor_open(settings->anchor, err);
        is_open = log->anchor_fd >= 0;
    }
    /* The place is tried before any work is done for a record that could not be kept. */
    if (is_open && (is_open = lock_take(log, err))) {
        is_open = state_load(log, err);
        flock(log->head_fd, LOCK_UN);
    }
    if (is_open) return log;
    audit_log_close(log);
    return NULL;
}

void audit_log_close(struct audit_log *log)
{
    if (!log) return;
    cleanup_fd(&log->log_fd);
    cleanup_fd(&log->head_fd);
    cleanup_fd(&log->anchor_fd);
    pthread_mutex_destroy(&log->mutex);
    arena_clear(&log->arena);
    free(log);
}
