#include "runner/turnstile.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "base/own_folder.h"

enum { LOOK_MS = 10 };

/* A lock on one of the files NAME-0 to NAME-(count - 1), or -1 where all are taken. */
static int place_take(int folder, const char *name, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        char file[48];
        snprintf(file, sizeof file, "%s-%" PRIu64, name, i);
        int fd = openat(folder, file, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0) return fd;
        if (fd < 0) return -1;
        close(fd);
    }
    return -1;
}

static bool busy(const struct limits *limits, const char *why, struct error *err)
{
    error_set(err, ERROR_BUSY, "busy: %" PRIu64 " cells run, and %s", limits->values[LIMIT_CELLS], why);
    return error_remedy(err, "try again, or raise the limits cells, queue or queue_time");
}

bool turnstile_enter(int *place, const struct limits *limits, int cancel_fd, struct error *err)
{
    char path[PATH_MAX];
    uint64_t count = limits->values[LIMIT_CELLS];
    *place = -1;
    if (count == 0) return true;
    AUTO_FD int folder = own_folder_open(path);
    if (folder < 0) {
        error_set(err, ERROR_SYSTEM, "cells cannot be counted: no folder that only this user can write to");
        return error_remedy(err, "set XDG_CACHE_HOME to one, or the limit cells to 0");
    }
    if ((*place = place_take(folder, "cell", count)) >= 0) return true;
    AUTO_FD int queue = place_take(folder, "queue", limits->values[LIMIT_QUEUE]);
    if (queue < 0) return busy(limits, "no more may wait (queue)", err);
    uint64_t until_ms = io_now_ms() + limits->values[LIMIT_QUEUE_TIME];
    while ((*place = place_take(folder, "cell", count)) < 0) {
        if (io_now_ms() >= until_ms) return busy(limits, "none has ended in time (queue_time)", err);
        struct pollfd wait = {.fd = cancel_fd, .events = POLLIN};
        if (poll(&wait, 1, LOOK_MS) > 0)
            return error_set(err, ERROR_BUSY, "canceled while it waited for a cell");
    }
    return true;
}
