#include "runner/cell_files.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

union passed_fds {
    struct cmsghdr head;
    char room[CMSG_SPACE(CELL_FILES_MAX * sizeof(int))];
};

/* The folders above a name, which the supervisor has checked: relative, without "..". */
static bool folders_make(int scratch, const char *name)
{
    char path[CELL_FILE_NAME_BYTES];
    size_t length = strlen(name);
    if (length >= sizeof path) return errno = ENAMETOOLONG, false;
    for (size_t at = 1; at < length; at++) {
        if (name[at] != '/') continue;
        memcpy(path, name, at);
        path[at] = '\0';
        if (mkdirat(scratch, path, 0755) < 0 && errno != EEXIST) return false;
    }
    return true;
}

static bool file_copy(int scratch, int from, const char *name)
{
    if (!folders_make(scratch, name)) return false;
    int to = openat(scratch, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (to < 0) return false;
    ssize_t sent;
    off_t at = 0; /* the descriptor's own place may be anywhere */
    while ((sent = sendfile(to, from, &at, 1 << 20)) > 0) continue;
    /* A time by which the supervisor knows a copy that nobody has changed. */
    struct timespec times[2] = {{.tv_sec = CELL_FILE_TIME}, {.tv_sec = CELL_FILE_TIME}};
    bool is_done = sent == 0 && fchmod(to, 0644) == 0 && futimens(to, times) == 0;
    int failed = errno;
    close(to);
    errno = failed;
    return is_done;
}

bool cell_files_receive(char *const *names, uint32_t count)
{
    union passed_fds control = {0};
    int fds[CELL_FILES_MAX];
    char byte;
    struct iovec part = {&byte, 1};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = control.room,
                             .msg_controllen = sizeof control.room};
    if (count == 0) return true;
    ssize_t got = recvmsg(CELL_FD_CONTROL, &message, MSG_CMSG_CLOEXEC);
    bool is_whole = got == 1 && count <= CELL_FILES_MAX && control.head.cmsg_type == SCM_RIGHTS &&
                    control.head.cmsg_len == CMSG_LEN(count * sizeof(int));
    if (!is_whole) return errno = EPROTO, false;
    memcpy(fds, CMSG_DATA(&control.head), count * sizeof(int));
    int scratch = open("/scratch", O_PATH | O_DIRECTORY | O_CLOEXEC);
    bool is_done = scratch >= 0;
    for (uint32_t i = 0; i < count; i++) {
        is_done = is_done && file_copy(scratch, fds[i], names[i]);
        int failed = errno;
        close(fds[i]);
        errno = failed;
    }
    if (scratch >= 0) close(scratch);
    return is_done;
}

void cell_report_send(const struct cell_report *report, bool with_scratch)
{
    union {
        struct cmsghdr head;
        char room[CMSG_SPACE(sizeof(int))];
    } control = {0};
    struct iovec part = {(void *)(uintptr_t)report, sizeof *report};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    int scratch = with_scratch ? open("/scratch", O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (scratch >= 0) {
        control.head = (struct cmsghdr){
            .cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
        memcpy(CMSG_DATA(&control.head), &scratch, sizeof scratch);
        message.msg_control = control.room;
        message.msg_controllen = sizeof control.room;
    }
    ssize_t sent = sendmsg(CELL_FD_CONTROL, &message, MSG_NOSIGNAL);
    (void)sent; /* nobody left to tell */
    if (scratch >= 0) close(scratch);
}
