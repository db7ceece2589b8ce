#include "cordon/audit_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"

int audit_file_open(const char *path, int flags)
{
    /* O_NONBLOCK: a FIFO in this place must not hang us. */
    int fd = open(path, flags | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK, 0640);
    struct stat status;
    if (fd < 0 || (fstat(fd, &status) == 0 && S_ISREG(status.st_mode))) return fd;
    close(fd);
    errno = EINVAL; /* /dev/null would keep nothing */
    return -1;
}

bool audit_folder_make(const char *path)
{
    char folder[PATH_MAX];
    size_t length = strlen(path);
    if (length >= sizeof folder) return errno = ENAMETOOLONG, false;
    while (length > 0 && path[length - 1] != '/') length--;
    if (length <= 1) return true; /* the working folder, or the root */
    memcpy(folder, path, length);
    folder[length - 1] = '\0';
    if (access(folder, F_OK) == 0) return true;
    for (char *at = folder + 1; *at; at++) {
        if (*at != '/') continue;
        *at = '\0';
        if (mkdir(folder, 0755) < 0 && errno != EEXIST) return false;
        *at = '/';
    }
    return mkdir(folder, geteuid() == 0 ? 0750 : 0700) == 0 || errno == EEXIST;
}

bool audit_file_next(const char *path, char *name, size_t size_bytes)
{
    for (unsigned number = 1; number < 1000000; number++) {
        int length = snprintf(name, size_bytes, "%s.%06u", path, number);
        if (length < 0 || (size_t)length >= size_bytes) return false;
        if (access(name, F_OK) < 0 && errno == ENOENT) return true;
    }
    return false;
}

const char *audit_time_now(char out[AUDIT_TIME_BYTES])
{
    struct timespec now;
    struct tm utc;
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    size_t used = strftime(out, AUDIT_TIME_BYTES, "%Y-%m-%dT%H:%M:%S", &utc);
    snprintf(out + used, AUDIT_TIME_BYTES - used, ".%03dZ", (int)(now.tv_nsec / 1000000));
    return out;
}

/* Beside its last name, so that nobody ever sees half of it. */
static bool store_write(const char *folder, const char *name, struct view bytes, bool is_durable)
{
    char path[PATH_MAX];
    struct error err;
    int length = snprintf(path, sizeof path, "%s/.new-XXXXXX", folder);
    if (length < 0 || (size_t)length >= sizeof path) return errno = ENAMETOOLONG, false;
    AUTO_FD int fd = mkostemp(path, O_CLOEXEC);
    if (fd < 0) return false;
    bool is_written = io_write_all(fd, bytes, &err) && fchmod(fd, 0440) == 0 &&
                      (!is_durable || fdatasync(fd) == 0) && rename(path, name) == 0;
    int reason = errno;
    if (!is_written) unlink(path);
    return errno = reason, is_written;
}

bool audit_store_put(const char *folder, const char *sha256, struct view bytes, bool is_durable)
{
    char below[PATH_MAX], name[PATH_MAX];
    struct stat status;
    int length = snprintf(below, sizeof below, "%s/%.2s", folder, sha256);
    if (length < 0 || (size_t)length >= sizeof below - DIGEST_HEX_BYTES - 2)
        return errno = ENAMETOOLONG, false;
    snprintf(name, sizeof name, "%.*s/%s", length, below, sha256);
    if (stat(name, &status) == 0 && S_ISREG(status.st_mode) && (size_t)status.st_size == bytes.length)
        return true;
    if (mkdir(folder, 0750) < 0 && errno != EEXIST) return false;
    if (mkdir(below, 0750) < 0 && errno != EEXIST) return false;
    return store_write(below, name, bytes, is_durable);
}

int audit_anchor_open(const char *name, struct error *err)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const char *path = strcmp(name, "syslog") == 0 ? "/dev/log" : name;
    int length = snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    bool is_short = length > 0 && (size_t)length < sizeof address.sun_path;
    AUTO_FD int fd = is_short ? socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0) : -1;
    if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) == 0) return STEAL_FD(fd);
    error_set_errno(err, ERROR_SYSTEM, is_short ? errno : ENAMETOOLONG,
                    "the audit log: its heads cannot be sent to %.120s", path);
    error_remedy(err, "start what listens there, or change `log: {anchor}` in the policy");
    return -1;
}

bool audit_anchor_send(int fd, const struct chain_head *head, struct error *err)
{
    char line[256];
    int length = snprintf(line, sizeof line, "<%d>cordon[%d]: audit log %s seq %" PRIu64 " sha256 %s",
                          LOG_AUTHPRIV | LOG_NOTICE, (int)getpid(), head->log, head->seq, head->digest.hex);
    if (send(fd, line, (size_t)length, MSG_NOSIGNAL) == length) return true;
    return error_set_errno(err, ERROR_SYSTEM, errno, "the audit log: its head cannot be sent to its anchor");
}
