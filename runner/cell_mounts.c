#include "runner/cell_mounts.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

/* A mount of the cell has some 100 bytes there; the grants are at most 64. */
enum { TABLE_BYTES = 256 * 1024, FIELD_PLACE = 4, FIELD_OPTIONS = 5, FIELD_COUNT = 6 };

/* mountinfo writes white space and backslashes as three octal digits. */
static void place_decode(char *text)
{
    char *to = text;
    for (char *from = text; *from; to++) {
        unsigned byte;
        bool is_octal = from[0] == '\\' && strlen(from) >= 4 && sscanf(from + 1, "%3o", &byte) == 1;
        *to = is_octal ? (char)byte : *from;
        from += is_octal ? 4 : 1;
    }
    *to = '\0';
}

/* A remount needs the flags that the mount has: those of the host's cannot be taken away here. */
static bool mount_seal(const char *place, unsigned long more)
{
    static const unsigned long flags[][2] = {{ST_NOSUID, MS_NOSUID},
                                             {4 /* ST_NODEV */, MS_NODEV},
                                             {1024 /* ST_NOATIME */, MS_NOATIME},
                                             {2048 /* ST_NODIRATIME */, MS_NODIRATIME},
                                             {4096 /* ST_RELATIME */, MS_RELATIME}};
    struct statvfs status;
    unsigned long all = MS_REMOUNT | MS_BIND | MS_NOEXEC | more;
    if (statvfs(place, &status) < 0) return false;
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        if (status.f_flag & flags[i][0]) all |= flags[i][1];
    return mount(NULL, place, NULL, all, NULL) == 0;
}

static bool line_seal(char *line, unsigned *whole_count)
{
    char *fields[FIELD_COUNT];
    for (int i = 0; i < FIELD_COUNT; i++)
        if (!(fields[i] = strsep(&line, " "))) return errno = EBADMSG, false;
    if (strncmp(fields[FIELD_OPTIONS], "rw", 2) != 0) return true;
    place_decode(fields[FIELD_PLACE]);
    bool is_whole = strcmp(fields[FIELD_PLACE], "/") == 0 || strcmp(fields[FIELD_PLACE], "/proc") == 0;
    *whole_count += is_whole;
    return mount_seal(fields[FIELD_PLACE], is_whole ? MS_RDONLY : 0);
}

/* What bubblewrap left to us, for the program too. */
static bool capabilities_drop(void)
{
    struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct none[2] = {0};
    if (prctl(PR_CAPBSET_DROP, CAP_SYS_ADMIN, 0, 0, 0) < 0 ||
        prctl(PR_CAPBSET_DROP, CAP_SETPCAP, 0, 0, 0) < 0)
        return false;
    return syscall(SYS_capset, &head, none) == 0;
}

bool cell_mounts_seal(void)
{
    static char table[TABLE_BYTES];
    size_t length = 0;
    unsigned whole_count = 0;
    /* The mounts that bubblewrap made belong to another user namespace than ours; a copy is our own. */
    if (unshare(CLONE_NEWNS) < 0) return false;
    int fd = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
    if (fd < 0) return false;
    for (ssize_t got; (got = read(fd, table + length, sizeof table - 1 - length)) > 0;) length += (size_t)got;
    close(fd);
    if (length == sizeof table - 1) return errno = E2BIG, false;
    char *rest = table;
    for (char *line; (line = strsep(&rest, "\n"));)
        if (*line && !line_seal(line, &whole_count)) return false;
    if (whole_count != 2) return errno = EBADMSG, false; /* a root or a /proc that could be written to */
    return capabilities_drop();
}
