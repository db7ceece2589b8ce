#include "base/own_folder.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/view.h"

/* Whether nobody but us and root can change what the folder holds. Above the last, one that everybody may
 * write to will do where the sticky bit keeps them from what is not theirs, as in /tmp. */
bool own_folder_check(int fd, bool is_last)
{
    struct stat status;
    if (fstat(fd, &status) < 0) return false;
    bool is_sticky = !is_last && status.st_mode & S_ISVTX;
    if (status.st_mode & (S_IWGRP | S_IWOTH) && !is_sticky) return false;
    return status.st_uid == geteuid() || (!is_last && status.st_uid == 0);
}

/* Down the path, through no link and no folder that another user can write to; the last two parts are made.
 */
static int folder_open(const char *path)
{
    int fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    struct view rest = view_of_cstr(path + 1), part;
    bool has_more = *path == '/';
    while (has_more && fd >= 0) {
        char name[NAME_MAX + 1];
        has_more = view_split(rest, '/', &part, &rest);
        if (part.length == 0 || part.length > NAME_MAX) break;
        memcpy(name, part.bytes, part.length);
        name[part.length] = '\0';
        bool is_near_end = !has_more || view_find_byte(rest, '/') == SIZE_MAX;
        if (is_near_end) mkdirat(fd, name, 0755);
        int below = openat(fd, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        close(fd);
        fd = below;
        if (fd >= 0 && !own_folder_check(fd, !has_more)) cleanup_fd(&fd);
    }
    if (has_more) cleanup_fd(&fd);
    return fd;
}

int own_folder_open(char *path)
{
    const char *home = secure_getenv("HOME"), *own = secure_getenv("XDG_CACHE_HOME");
    int length = -1;
    if (geteuid() == 0)
        length = snprintf(path, PATH_MAX, "/var/cache/cordon");
    else if (own && own[0] == '/')
        length = snprintf(path, PATH_MAX, "%s/cordon", own);
    else if (home && home[0] == '/')
        length = snprintf(path, PATH_MAX, "%s/.cache/cordon", home);
    return length > 0 && length < PATH_MAX - 128 ? folder_open(path) : -1;
}
