#include "runner/path.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <sys/syscall.h>

#include "base/cleanup.h"

int path_open(const char *path, int flags, const char *what, struct error *err)
{
    struct open_how how = {
        .flags = (unsigned)(flags | O_CLOEXEC),
        .resolve = RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
    };
    int fd = (int)syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof how);
    if (fd >= 0) return fd;
    if (errno == ELOOP) {
        AUTO_FREE char *resolved = realpath(path, NULL);
        error_set(err, ERROR_POLICY, "'%s' leads through a link to '%s'", path,
                  resolved ? resolved : "nothing");
        error_remedy(err, "%s %s if that is what is meant", what, resolved ? resolved : "another path");
        return -1;
    }
    error_set_errno(err, ERROR_POLICY, errno, "cannot %s '%s'", what, path);
    error_remedy(err, errno == ENOSYS ? "cells need openat2, of Linux 5.6"
                                      : "create it first, or correct the path");
    return -1;
}
